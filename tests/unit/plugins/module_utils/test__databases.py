# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Dumps and loads with clients that are shell scripts; the real ones are in the scenarios.
import gzip
import io
import json

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _databases
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

ENVIRONMENT = {
    "DB_URL": "postgresql://…", "DB_HOST": "/var/run/postgresql", "DB_PORT": "5432", "DB_USER": "ramen_db.1a2b3c",
    "DB_PASSWORD": "p w", "DB_NAME": "ramen_db", "MY_DATA_HOST": "10.0.0.2", "MY_DATA_PORT": "3306",
    "MY_DATA_USER": "ramen_my.1a2b3c", "MY_DATA_PASSWORD": "geheim", "MY_DATA_NAME": "ramen_my", "MY_DATA_TRUST": "/etc/ca.pem",
    "CACHE_HOST": "x", "GREETING": "hi",
}  # fmt: skip
LAUNCH = {
    "process": {"environment": ENVIRONMENT},
    "services": {"my-data": "mariadb", "db": "postgresql", "cache": "redis", "queue": "rabbitmq"},
}


def test_an_apps_databases_are_those_that_its_environment_tells_of():
    cache, one, two = _databases.bindings(LAUNCH)
    assert (cache.service, cache.member, cache.fields["host"]) == ("cache", "database-cache.jsonl.gz", "x")
    assert (one.service, one.type, one.member, one.fields["user"]) == (
        "db", "postgresql", "database-db.sql.gz", "ramen_db.1a2b3c",
    )  # fmt: skip
    assert (two.service, two.type, two.fields["host"], two.fields["trust"]) == (
        "my-data", "mariadb", "10.0.0.2", "/etc/ca.pem",
    )  # fmt: skip
    assert _databases.bindings({"process": {"environment": ENVIRONMENT}}) == []


@pytest.fixture
def clients(home, monkeypatch):
    """Makes programs of shell scripts, which write their words and environment down."""
    monkeypatch.setattr(_databases, "_path", lambda: f"{home}:/usr/bin:/bin")

    def make(**scripts):
        for name, script in scripts.items():
            path = home / name.replace("_", "-").replace("pg-", "pg_")
            path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {home}/words; env > {home}/env\n{script}\n')
            path.chmod(0o755)
        return _databases.bindings(LAUNCH)[1:]

    return make


def told(home):
    words = (home / "words").read_text().splitlines()
    environment = dict(line.split("=", 1) for line in (home / "env").read_text().splitlines() if "=" in line)
    return words, environment


def test_no_password_is_a_word(clients, home):
    one, two = clients(pg_dump="echo dump", mariadb_dump="echo dump")
    out = io.BytesIO()
    assert _databases.dump(one, out) == 5
    assert gzip.decompress(out.getvalue()) == b"dump\n"
    words, environment = told(home)
    assert "p w" not in " ".join(words)
    expected = {
        "PGHOST": "/var/run/postgresql",
        "PGUSER": "ramen_db.1a2b3c",
        "PGPASSWORD": "p w",
        "PGDATABASE": "ramen_db",
    }
    assert expected.items() <= environment.items()
    _databases.dump(two, io.BytesIO())
    words, environment = told(home)
    assert "geheim" not in " ".join(words)
    assert environment["MYSQL_PWD"] == "geheim"
    assert {"--host=10.0.0.2", "--ssl-ca=/etc/ca.pem", "--single-transaction", "ramen_my"} <= set(words)


def test_a_dump_that_fails_says_why(clients):
    one, _two = clients(pg_dump="echo half; echo 'connection refused' >&2; exit 1")
    with pytest.raises(PyhostError, match=r"^db: pg_dump failed \(exit status 1\)\nconnection refused$"):
        _databases.dump(one, io.BytesIO())


DEFINED = r"""/*!50003 CREATE*/ /*!50017 DEFINER=`u.1`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON a */;;
CREATE DEFINER=`u.1`@`%` PROCEDURE `p`()
/*!50013 DEFINER=`u.1`@`localhost` SQL SECURITY DEFINER */
INSERT INTO a VALUES ('CREATE DEFINER=`u.1`@`localhost` '),('\nDEFINER=`a`@`b`');
"""


def test_what_mariadb_has_made_belongs_to_whoever_loads_it(clients, home):
    (home / "dump.sql").write_text(DEFINED)
    _one, two = clients(mariadb_dump=f"cat {home}/dump.sql")
    out = io.BytesIO()
    _databases.dump(two, out)
    assert gzip.decompress(out.getvalue()).decode().splitlines() == [
        "/*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER t BEFORE INSERT ON a */;;",
        "CREATE  PROCEDURE `p`()",
        "/*!50013  SQL SECURITY DEFINER */",
        DEFINED.splitlines()[3],
    ]


def test_what_is_missing(clients):
    one, two = clients(pg_dump="")
    assert _databases.missing([one, two]) == ["mariadb-client"]
    with pytest.raises(PyhostError, match="^my-data: mariadb-dump is not on this host; install mariadb-client there$"):
        _databases.dump(two, io.BytesIO())


def test_a_load_is_one_transaction_and_its_end_comes_last(clients, home):
    one, _two = clients(psql=f"cat > {home}/sql")
    _databases.load(one, io.BytesIO(gzip.compress(b"SELECT 1;\n")))
    lines = (home / "sql").read_text().strip().splitlines()
    assert (lines[0], lines[-3:]) == ("BEGIN;", ["SELECT 1;", "", "COMMIT;"])


@pytest.mark.parametrize("cut", [0, 9, 30, -9, -1])
def test_nothing_is_committed_of_a_dump_that_breaks_off(clients, home, cut):
    one, _two = clients(psql=f"cat > {home}/sql")
    whole = gzip.compress(json.dumps(list(range(1000))).encode())
    if cut:
        with pytest.raises(PyhostError, match="the dump is damaged"):
            _databases.load(one, io.BytesIO(whole[:cut]))
        assert "COMMIT" not in (home / "sql").read_text()


def test_a_client_that_ends_early_says_why(clients):
    one, _two = clients(psql="head -c 10 >/dev/null; echo 'permission denied' >&2; exit 3")
    with pytest.raises(PyhostError, match=r"^db: psql failed \(exit status 3\)\npermission denied$"):
        _databases.load(one, io.BytesIO(gzip.compress(b"x" * 9_000_000)))


def test_mariadb_is_emptied_first(clients, home):
    script = f"cat > {home}/sql.$$; if grep -q information_schema {home}/sql.$$; then echo 'DROP TABLE `a`;'; fi"
    _one, two = clients(mariadb=script)
    _databases.load(two, io.BytesIO(gzip.compress(b"CREATE TABLE b (c INT);\n")))
    texts = [path.read_text() for path in home.glob("sql.*") if "CREATE TABLE" in path.read_text()]
    assert [line for line in texts[0].splitlines() if line] == [
        "SET FOREIGN_KEY_CHECKS = 0;", "DROP TABLE `a`;", "CREATE TABLE b (c INT);", "SET FOREIGN_KEY_CHECKS = 1;",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "version"), [("17.6 (Debian 17.6-0+deb13u1)", "17.6"), ("11.8.3-MariaDB-0+deb13u1", "11.8.3")]
)
def test_versions(clients, said, version):
    one, _two = clients(psql=f"echo '{said}'")
    assert _databases.version(one) == version
