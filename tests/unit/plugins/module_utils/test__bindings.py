# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._bindings import Reach, environment, url, vcap

HARD = "p@ss/w:rd%&#?é ="
"""What a URL has to escape; é in UTF-8."""

DB = Reach("db", "postgresql", "ramen_db", "ramen_db.e3b0c4", HARD, "127.0.0.1", 5432)
SQL = Reach("my-sql", "mariadb", "ramen_my-sql", "ramen_my-sql.e3b0c4", HARD, "127.0.0.1", 3306)
CACHE = Reach("cache", "redis", "0", "", HARD, "127.0.0.1", 7000)
QUEUE = Reach("queue", "rabbitmq", "ramen_queue", "ramen_queue.e3b0c4", HARD, "127.0.0.1", 5672)
MEM = Reach("mem", "memcached", "ramen_mem", "", "", "127.0.0.1", 0, "/run/pyhost-memcached/ramen_mem/memcached.sock")


def away(one, **changes):
    return Reach(**{**one.to_dict(), "host": "10.0.0.5", "trust": f"/etc/pyhost/services/{one.service}.pem", **changes})


@pytest.mark.parametrize(
    ("one", "scheme", "user", "host", "port", "path"),
    [
        (DB, "postgresql", "ramen_db.e3b0c4", "127.0.0.1", 5432, "/ramen_db"),
        (SQL, "mysql", "ramen_my-sql.e3b0c4", "127.0.0.1", 3306, "/ramen_my-sql"),
        (CACHE, "redis", "", "127.0.0.1", 7000, "/0"),
        (QUEUE, "amqp", "ramen_queue.e3b0c4", "127.0.0.1", 5672, "/ramen_queue"),
        (away(CACHE), "rediss", "", "10.0.0.5", 7000, "/0"),
        (away(QUEUE, port=5671), "amqps", "ramen_queue.e3b0c4", "10.0.0.5", 5671, "/ramen_queue"),
        (away(DB, host="fd00::5"), "postgresql", "ramen_db.e3b0c4", "fd00::5", 5432, "/ramen_db"),
    ],
)
def test_a_client_reads_from_the_url_what_went_in(one, scheme, user, host, port, path):
    parts = urlsplit(url(one))
    assert (parts.scheme, parts.username, parts.hostname, parts.port, parts.path) == (scheme, user, host, port, path)
    assert unquote(parts.password) == HARD


def test_a_password_is_percent_encoded():
    assert url(DB) == "postgresql://ramen_db.e3b0c4:p%40ss%2Fw%3Ard%25%26%23%3F%C3%A9%20%3D@127.0.0.1:5432/ramen_db"


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (away(DB), {"sslmode": ["verify-full"], "sslrootcert": ["/etc/pyhost/services/db.pem"]}),
        (away(SQL), {"ssl_ca": ["/etc/pyhost/services/my-sql.pem"]}),
        (away(CACHE), {"ssl_cert_reqs": ["required"], "ssl_ca_certs": ["/etc/pyhost/services/cache.pem"]}),
        (
            Reach(**{**DB.to_dict(), "socket": "/var/run/postgresql"}),
            {"host": ["/var/run/postgresql"], "port": ["5432"]},
        ),
        (Reach(**{**SQL.to_dict(), "socket": "/run/mysqld/mysqld.sock"}), {"unix_socket": ["/run/mysqld/mysqld.sock"]}),
    ],
)
def test_what_else_a_url_says(one, words):
    assert parse_qs(urlsplit(url(one)).query) == words


def test_forms_by_type():
    told = environment([DB, CACHE, QUEUE, MEM])
    assert told["DATABASE_URL"] == told["DB_URL"] == told["DOTCLOUD_DB_SQL_URL"] == url(DB)
    assert told["REDIS_URL"] == told["CACHE_URL"] == url(CACHE)
    assert told["AMQP_URL"] == told["BROKER_URL"] == told["CELERY_BROKER_URL"] == url(QUEUE)
    assert told["MEMCACHED_LOCATION"] == "unix:/run/pyhost-memcached/ramen_mem/memcached.sock"
    assert [told[name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")] == [
        "127.0.0.1", "5432", "ramen_db.e3b0c4", HARD, "ramen_db",
    ]  # fmt: skip
    assert [told[f"DOTCLOUD_CACHE_REDIS_{name}"] for name in ("HOST", "PORT", "LOGIN", "PASSWORD")] == [
        "127.0.0.1", "7000", "", HARD,
    ]  # fmt: skip
    assert all(isinstance(text, str) for text in told.values())


def test_the_first_of_a_type_has_its_name_and_each_has_its_own():
    archive = Reach("archive", "postgresql", "ramen_archive", "ramen_archive.e3b0c4", "x", "127.0.0.1", 5432)
    told = environment([SQL, archive, DB])
    assert told["DATABASE_URL"] == told["MYSQL_URL"] == told["MY_SQL_URL"]
    assert told["POSTGRES_URL"] == told["ARCHIVE_URL"] != told["DB_URL"]
    assert (told["PGDATABASE"], told["DB_NAME"]) == ("ramen_archive", "ramen_db")


def test_a_service_called_like_a_common_variable_has_it():
    database = Reach("database", "postgresql", "ramen_database", "u", "p", "127.0.0.1", 5432)
    told = environment([DB, database])
    assert (told["DATABASE_URL"], told["POSTGRES_URL"]) == (url(database), url(DB))


def test_sockets_have_no_host_that_a_client_could_try():
    told = environment([Reach(**{**SQL.to_dict(), "socket": "/run/mysqld/mysqld.sock"})])
    assert told["MYSQL_UNIX_PORT"] == "/run/mysqld/mysqld.sock"
    assert "MYSQL_HOST" not in told
    told = environment([Reach(**{**DB.to_dict(), "socket": "/var/run/postgresql"})])
    assert (told["PGHOST"], told["PGPORT"]) == ("/var/run/postgresql", "5432")


def test_vcap_services_are_as_apps_of_appfog_read_them():
    found = json.loads(environment([SQL, DB, CACHE, QUEUE, MEM])["VCAP_SERVICES"])
    assert found == vcap([SQL, DB, CACHE, QUEUE])
    assert sorted(found) == ["mysql-5.1", "postgresql-9.1", "rabbitmq-2.4", "redis-2.2"]
    mysql = found["mysql-5.1"][0]
    assert (mysql["name"], mysql["label"]) == ("my-sql", "mysql-5.1")
    known = mysql["credentials"]
    assert (known["host"], known["hostname"], known["port"]) == ("127.0.0.1", "127.0.0.1", 3306)
    assert (known["user"], known["username"], known["name"]) == ("ramen_my-sql.e3b0c4",) * 2 + ("ramen_my-sql",)
    rabbit = found["rabbitmq-2.4"][0]["credentials"]
    assert (rabbit["vhost"], rabbit["pass"]) == ("ramen_queue", HARD)


def test_nothing_is_told_without_bindings():
    assert environment([]) == {}
    assert "VCAP_SERVICES" not in environment([MEM])


def test_tls_by_the_variables_of_libpq():
    told = environment([away(DB)])
    assert (told["PGSSLMODE"], told["PGSSLROOTCERT"]) == ("verify-full", "/etc/pyhost/services/db.pem")
