# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every type of service: on the app's own host, on another one with TLS, and killed in the middle."""

from __future__ import annotations

import pytest

from molecule.services.tests.conftest import HOST, TYPES, Tenants, counts, tried
from tests.support import place
from tests.support.deploy import good
from tests.support.remote import shell
from tests.support.web import get

pytestmark = pytest.mark.soak

OTHER = place.other("pyhost-debian12")

WRONG = {
    "mariadb": "import pymysql; print(pymysql.connect(host='127.0.0.1', user={user!r}, password={password!r}, "
    "database='ramen_sql'))",
    "rabbitmq": "import pika; print(pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', 5672, 'ramen_queue', "
    "pika.PlainCredentials({user!r}, {password!r}))))",
    "memcached": "import socket; socket.socket(socket.AF_UNIX).connect('/run/pyhost-memcached/ramen_mem/memcached.sock')",
}
"""What the neighbour tries with its own login."""

SERVICE = {type_: name for name, type_ in TYPES.items()}


@pytest.fixture(scope="module")
def bound(tenants: Tenants) -> Tenants:
    good(tenants.deploy(*(tenants.entry(name, TYPES) for name in ("ramen", "udon"))))
    return tenants


def test_all_types_count_and_a_second_run_changes_nothing(bound: Tenants) -> None:
    first, second = counts("ramen"), counts("ramen")
    assert set(first) == set(TYPES.values())
    assert {name: second[name] - first[name] for name in first} == dict.fromkeys(first, 1)
    again = good(bound.deploy(*(bound.entry(name, TYPES) for name in ("ramen", "udon"))))
    assert again.changed[HOST] == 0


@pytest.mark.parametrize("type_", WRONG)
def test_a_neighbour_does_not_come_in(bound: Tenants, type_: str) -> None:
    record = shell(HOST, "cat /var/lib/pyhost/services.json")
    service = SERVICE[type_]
    user = next(word for word in record.split('"') if word.startswith(f"udon_{service}."))
    password = bound.password("udon", service) if type_ != "memcached" else ""
    said = tried("udon", WRONG[type_].format(user=user, password=password))
    assert said.startswith("REFUSED")
    assert any(word in said for word in ("denied", "refused", "NOT_ALLOWED"))


UNITS = {
    "db": "$(systemctl list-units --plain --no-legend 'postgresql@*' | cut -d ' ' -f 1)",
    "sql": "mariadb.service",
    "cache": "pyhost-redis-ramen_cache.service",
    "queue": "rabbitmq-server.service",
    "mem": "pyhost-memcached-ramen_mem.service",
}


@pytest.mark.parametrize("service", UNITS)
def test_a_killed_service_that_does_not_come_back_is_named(bound: Tenants, service: str) -> None:
    """The version that serves stays, an app without the service moves on, and afterwards the same deploy succeeds."""
    good(bound.deploy(bound.entry("ramen", TYPES), bound.entry("udon", ())))
    stays = shell(HOST, "cat /home/ramen/current/launch.json")
    shell(
        HOST,
        f"unit={UNITS[service]}; folder=/etc/systemd/system/$unit.d; mkdir $folder; echo $folder > /root/broken; "
        "printf '[Service]\\nExecStartPre=/bin/false\\n' > $folder/broken.conf; systemctl daemon-reload; "
        "systemctl kill --kill-whom=all --signal=KILL $unit; sleep 1; systemctl stop $unit",
    )
    changed = {"environment": {"VERSION": f"after {service}"}}
    entries = [bound.entry("ramen", TYPES, **changed), bound.entry("udon", (), **changed)]
    try:
        run = bound.deploy(*entries)
        assert run.status != 0
        assert f"the service {service} ({TYPES[service]} on" in run.rows[HOST]["ramen"]["failed"]["error"]
        assert run.rows[HOST]["udon"]["failed"] is None
        assert get(HOST, "udon.example.com").json["version"] == f"after {service}"
        assert shell(HOST, "cat /home/ramen/current/launch.json") == stays
    finally:
        shell(HOST, 'folder=$(cat /root/broken); rm -r "$folder"; systemctl daemon-reload; systemctl reset-failed')
    good(bound.deploy(*entries))
    assert set(counts("ramen")) == set(TYPES.values())


@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.3, 2.0, 2.8])
def test_a_run_that_is_killed_converges(bound: Tenants, seconds: float) -> None:
    """The host's side is killed while it makes logins of a rotation."""
    word, killer = f"killed-{seconds}", "kills-services"
    mine = '"[p]yhost-host.py services"'
    shell(
        HOST,
        f"rm -f /run/{killer}; systemd-run --quiet --collect --unit={killer} sh -c '"
        f"until pgrep -f {mine}; do sleep 0.02; done; sleep {seconds}; "
        f"until pkill -9 -f {mine}; do sleep 0.02; done; touch /run/{killer}'",
    )
    run = bound.deploy(bound.entry("ramen", TYPES), services_rotation=word)
    killed = shell(HOST, f"systemctl stop {killer} 2>/dev/null || true; ls /run/{killer} || true").split()
    assert (killed, run.status != 0) == ([f"/run/{killer}"], True), run.output
    good(bound.deploy(bound.entry("ramen", TYPES), services_rotation=word))
    assert set(counts("ramen")) == set(TYPES.values())
    assert good(bound.deploy(bound.entry("ramen", TYPES), services_rotation=word)).changed[HOST] == 0
    bound.variables["services_rotation"] = word


def test_another_host_serves_with_tls(bound: Tenants) -> None:
    entry = bound.entry("ramen", TYPES)
    good(bound.deploy(entry, where=OTHER))
    first, second = counts("ramen"), counts("ramen")
    assert {name: second[name] - first[name] for name in first} == dict.fromkeys(TYPES.values(), 1)
    trusted = shell(HOST, "ls /etc/pyhost/services").split()
    assert trusted == ["cache.pem", "db.pem", "queue.pem", "sql.pem"]
    environment = shell(HOST, "cat /home/ramen/current/launch.json")
    assert "sslmode=verify-full" in environment
    assert "rediss://" in environment
    again = good(bound.deploy(entry, where=OTHER))
    assert again.changed[HOST] == 0
    good(bound.deploy({"name": "ramen", "state": "absent", "purge": True}, where=OTHER))
    assert '"bindings": {}' in shell(OTHER, "cat /var/lib/pyhost/services.json")
