# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL and Redis on the app's own host, from a host that has neither."""

from __future__ import annotations

import pytest

from molecule.services.tests.conftest import APPS, HOST, Tenants, counts, tried
from tests.support.deploy import good
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import get

BOTH = ("db", "cache")


def listening() -> list[tuple[str, str]]:
    """Addresses of the host, each with a port, at which something listens."""
    lines = shell(HOST, "ss --listening --tcp --numeric --no-header").splitlines()
    return [line.split()[3].rpartition(":")[::2] for line in lines]


def open_to_all() -> set[str]:
    """The ports that more than the host itself reaches."""
    return {port for place, port in listening() if not place.startswith(("127.", "[::1]"))}


@pytest.fixture(scope="module")
def others() -> set[str]:
    """Ports of what earlier scenarios left on the host."""
    return open_to_all()


@pytest.fixture(scope="module")
def bound(others: set[str], tenants: Tenants) -> Tenants:
    good(tenants.deploy(*(tenants.entry(name, BOTH) for name in APPS)))
    return tenants


def test_visits_are_counted_in_both_and_a_second_run_changes_nothing(bound: Tenants) -> None:
    first, second = counts("ramen"), counts("ramen")
    assert set(first) == {"postgresql", "redis"}
    assert {name: second[name] - first[name] for name in first} == {"postgresql": 1, "redis": 1}
    assert counts("udon")["redis"] < second["redis"] + 20
    again = good(bound.deploy(*(bound.entry(name, BOTH) for name in APPS)))
    assert again.changed[HOST] == 0


def test_nothing_listens_beyond_loopback(bound: Tenants, others: set[str]) -> None:
    assert open_to_all() <= {"22", "80", *others}
    assert "6379" not in {port for _place, port in listening()}


def _sql(password: str, user: str, database: str, statement: str = "SELECT 1") -> str:
    where = f"host='127.0.0.1', user={user!r}, password={password!r}, dbname={database!r}"
    return f"import psycopg; print(psycopg.connect({where}).execute({statement!r}).fetchone())"


def test_a_neighbour_does_not_come_in(bound: Tenants) -> None:
    own = bound.password("udon", "db")
    login = shell(
        HOST, "runuser -u postgres -- psql -Atc \"SELECT rolname FROM pg_roles WHERE rolname ~ '^udon_db[.]'\""
    )
    user = login.strip()
    assert tried("udon", _sql(own, user, "udon_db")) == "(1,)"
    for database in ("ramen_db", "postgres", "template1"):
        assert "pg_hba.conf rejects" in tried("udon", _sql(own, user, database))
    for statement in ("COPY (SELECT 1) TO PROGRAM 'id'", "SELECT pg_read_file('/etc/passwd')", "SET ROLE ramen_db",
                      "SELECT rolpassword FROM pg_authid", "CREATE ROLE more SUPERUSER"):  # fmt: skip
        assert "permission denied" in tried("udon", _sql(own, user, "udon_db", statement))
    secret = bound.password("udon", "cache")
    there = "import redis; print(redis.Redis(unix_socket_path='/run/pyhost-redis/ramen_cache/redis.sock').ping())"
    assert "Permission denied" in tried("udon", there)
    for port in (7000, 7001):
        own_or_not = tried("udon", f"import redis; print(redis.Redis(port={port}, password={secret!r}).ping())")
        assert own_or_not == "True" or "invalid username-password" in own_or_not
        for words in ("'CONFIG', 'SET', 'dir', '/tmp'", "'ACL', 'LIST'", "'SHUTDOWN'"):
            code = f"import redis; print(redis.Redis(port={port}, password={secret!r}).execute_command({words}))"
            assert "REFUSED" in tried("udon", code)


def test_passwords_are_only_where_they_have_to_be(bound: Tenants) -> None:
    entries = [bound.entry(name, BOTH, environment={"VERSION": "2"}) for name in APPS]
    run = good(bound.deploy(*entries, words=("-vvv", "--diff")))
    for password in (bound.password(app, service) for app in APPS for service in BOTH):
        assert password not in run.output
        found = shell(HOST, f"grep -rlsF {password} /etc /var /run /tmp /opt/pyhost /home --exclude-dir=proc || true")
        assert found
        for path in found.split():
            assert "/launches/" in path
            assert shell(HOST, f"stat -L -c %A {path}")[7:10] == "---"
        assert password not in shell(HOST, "journalctl --no-pager; ps axww -o args")


def test_a_rotation_loses_no_request(bound: Tenants) -> None:
    entry = bound.entry("ramen", BOTH, environment={"VERSION": "2"})
    before = counts("ramen")
    old = bound.password("ramen", "cache")
    with load(HOST, "ramen.example.com") as seen:
        good(bound.deploy(entry, services_rotation="second"))
    assert seen.failed == {}
    assert bound.password("ramen", "cache") != old
    after = counts("ramen")
    assert after["postgresql"] > before["postgresql"]
    assert after["redis"] > before["redis"]
    logins = shell(
        HOST, "runuser -u postgres -- psql -Atc \"SELECT count(*) FROM pg_roles WHERE rolname ~ '^ramen_db[.]'\""
    )
    assert logins.strip() == "1"
    refused = tried("ramen", f"import redis; print(redis.Redis(port=7000, password={old!r}).ping())")
    assert "invalid username-password" in refused
    bound.variables["services_rotation"] = "second"
    assert good(bound.deploy(entry)).changed[HOST] == 0


def test_a_service_that_does_not_answer_is_named_and_the_old_version_serves_on(bound: Tenants) -> None:
    unit = "pyhost-redis-ramen_cache.service"
    broken = f"/etc/systemd/system/{unit}.d"
    start = "[Service]\\nExecStartPre=/bin/false\\n"
    shell(
        HOST, f"mkdir {broken}; printf '{start}' > {broken}/broken.conf; systemctl daemon-reload; systemctl stop {unit}"
    )
    try:
        changed = {"environment": {"VERSION": "3"}}
        run = bound.deploy(bound.entry("ramen", BOTH, **changed), bound.entry("udon", (), **changed))
        assert run.status != 0
        failed = run.rows[HOST]["ramen"]["failed"]
        assert "the service cache (redis on" in failed["error"]
        assert run.rows[HOST]["udon"]["failed"] is None
        launch = shell(HOST, "cat /home/ramen/current/launch.json")
        assert '"VERSION": "2"' in launch
    finally:
        shell(HOST, f"rm -r {broken}; systemctl daemon-reload; systemctl reset-failed {unit}")
    good(bound.deploy(bound.entry("ramen", BOTH, environment={"VERSION": "3"})))
    assert get(HOST, "ramen.example.com").json["version"] == "3"


def test_unbinding_ends_access_and_keeps_data_until_it_is_purged(bound: Tenants) -> None:
    kept = "ramen: its data of the service db (postgresql) is kept on"
    run = good(bound.deploy(bound.entry("ramen", ["cache"], environment={"VERSION": "3"})))
    assert kept in run.output
    assert set(counts("ramen")) == {"redis"}
    names = "runuser -u postgres -- psql -Atc \"SELECT rolname FROM pg_roles WHERE rolname ~ '^ramen' UNION ALL "
    names += "SELECT datname FROM pg_database WHERE datname ~ '^ramen'\""
    assert sorted(shell(HOST, names).split()) == ["ramen_db", "ramen_db"]
    again = good(bound.deploy(bound.entry("ramen", ["cache"], environment={"VERSION": "3"})))
    assert again.changed[HOST] == 0
    assert kept in again.output
    good(bound.deploy(bound.entry("ramen", ["cache"], environment={"VERSION": "3"}, purge=True)))
    assert shell(HOST, names) == ""
    assert set(counts("ramen")) == {"redis"}
