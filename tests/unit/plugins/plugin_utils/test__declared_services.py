# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service, type_problems
from ansible_collections.pyhost.platform.plugins.plugin_utils._declared_services import Inventory, read

HOSTS = Inventory("web1", {"web1": "203.0.113.9", "db1": "10.0.0.5", "far": "198.41.0.4", "named": "db.example.com"})


def told(entries, rotation=""):
    return [str(problem) for problem in read(entries, rotation, HOSTS)[1]]


def test_defaults():
    found, wrong = read([{"name": "db", "type": "postgresql"}, {"name": "c", "type": "redis"}], "2026-11", HOSTS)
    assert wrong == []
    assert found == {
        "db": Service("db", "postgresql", "web1", "", "2026-11", 0),
        "c": Service("c", "redis", "web1", "", "2026-11", 256),
    }


def test_another_host_is_reached_by_its_private_address():
    entries = [
        {"name": "db", "type": "postgresql", "host": "db1", "rotation": "own"},
        {"name": "far", "type": "mariadb", "host": "far", "address": "10.0.0.7"},
    ]
    found, wrong = read(entries, "all", HOSTS)
    assert wrong == []
    assert [(one.address, one.rotation) for one in found.values()] == [("10.0.0.5", "own"), ("10.0.0.7", "all")]


def test_the_own_host_by_its_name_is_no_other_host():
    found, wrong = read([{"name": "db", "type": "postgresql", "host": "web1", "address": "10.0.0.1"}], "", HOSTS)
    assert (found["db"].address, wrong) == ("", [])


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({}, ["pyhost_services: this is a mapping where a list belongs; write [{name: db, type: postgresql}]"]),
        (["db"], ['pyhost_services[0]: "db" is a string where a mapping belongs; write {name: db, type: postgresql}']),
        ([{"type": "redis"}], ["pyhost_services[0].name: missing; write name: db"]),
        (
            [{"name": "DB", "type": "redis"}],
            ['pyhost_services[0].name: "DB" cannot name a service; write 1 to 16 of a-z, 0-9, _ and -, a letter first, '
             'such as "db"'],
        ),
        ([{"name": "db", "type": "postgres"}],
         ['pyhost_services[0].type: "postgres" is unknown; did you mean "postgresql"?']),
        (
            [{"name": "db", "type": "redis"}, {"name": "db", "type": "redis"}],
            ['pyhost_services[1].name: "db" is the name of pyhost_services[0], too; rename one'],
        ),
        ([{"name": "db", "type": "redis", "host": "db2"}],
         ['pyhost_services[0].host: "db2" is no host of the inventory; did you mean "db1"?']),
        (
            [{"name": "db", "type": "redis", "host": "far"}, {"name": "e", "type": "redis", "host": "named"}],
            ["pyhost_services[0].address: missing; ansible_host of far is no private address, so write for example "
             'address: "10.0.0.5"',
             "pyhost_services[1].address: missing; ansible_host of named is no private address, so write for example "
             'address: "10.0.0.5"'],
        ),
        (
            [{"name": "db", "type": "redis", "host": "far", "address": "0.0.0.0"}],
            ['pyhost_services[0].address: "0.0.0.0" is no address of one network interface; write for example "10.0.0.5"',
             "pyhost_services[0].address: missing; ansible_host of far is no private address, so write for example "
             'address: "10.0.0.5"'],
        ),
        (
            [{"name": "m", "type": "memcached", "host": "db1"}],
            ["pyhost_services[0].host: memcached has no way to tell apps of other hosts apart; remove host, and each "
             "host has its own"],
        ),
        (
            [{"name": "db", "type": "mariadb", "memory": 64}],
            ["pyhost_services[0].memory: is of Redis and memcached, and type is mariadb; remove it"],
        ),
        (
            [{"name": "db", "type": "mariadb", "rotation": "a b"}],
            ['pyhost_services[0].rotation: "a b" is no word of letters, digits and . _ : -; write for example "2026-11"'],
        ),
    ],
)  # fmt: skip
def test_problems(entries, expected):
    assert told(entries) == expected


SERVICES = {
    "db": Service("db", "postgresql", "web1"),
    "queue": Service("queue", "rabbitmq", "web1"),
    "away": Service("away", "rabbitmq", "db1", "10.0.0.5"),
}


def of_apps(*apps, scope="system", services=None):
    with pytest.raises(Problems) as caught:
        resolve(
            list(apps),
            Settings(scope, "/r", "", ("native",), ("gunicorn",), SERVICES if services is None else services),
        )
    return [str(problem) for problem in caught.value.problems]


def app(**more):
    return {"name": "ramen", "source": {"path": "x"}, **more}


def test_apps_are_told_with_all_their_problems():
    assert of_apps(app(services=["dbb", "db", "db"], workers=0), app(name="udon", services=["cache"])) == [
        "ramen: workers: 0 is out of range; write a number from 1 to 512",
        'ramen: services[0]: "dbb" is not declared; did you mean "db"?',
        'ramen: services[2]: "db" is named twice; remove one',
        'udon: services[0]: "cache" is not declared; known services are db, queue, away',
    ]


def test_nothing_is_declared():
    assert of_apps(app(services=["db"]), services={}) == [
        'ramen: services[0]: "db" is not declared; pyhost_services declares none'
    ]


def test_services_need_root():
    assert of_apps(app(services=["db"]), scope="account") == [
        "ramen: services: needs root on the host, and pyhost_scope is account; remove it, or give the URL in environment"
    ]


def test_a_private_network_does_not_reach_loopback():
    entry = app(services=["db", "queue", "away"], network="private", domains=["a.example.com"])
    assert of_apps(entry) == [
        "ramen: services[1]: RabbitMQ of the same host is not reached with network: private; remove one, or give it "
        "another host"
    ]


def test_an_absent_app_may_name_anything():
    settings = Settings("system", "", "", ("native",), ("gunicorn",), {})
    [found] = resolve([{"name": "ramen", "state": "absent", "services": ["db"]}], settings)
    assert found.services == ("db",)


def test_whose_services_an_app_shares():
    known = {"services": ["db"]}
    assert of_apps(
        app(**known),
        app(name="a", services_of="rame", **known),
        app(name="b", services_of="b", **known),
        app(name="c", services_of="d", **known),
        app(name="d", services_of="ramen", **known),
        {"name": "e", "state": "absent", "services_of": "gone"},
    ) == [
        'a: services_of: "rame" is no app of pyhost_apps; did you mean "ramen"?',
        'b: services_of: "b" is this app itself; remove it',
        'c: services_of: "d" itself shares those of ramen; write ramen',
    ]


def test_what_cannot_be_shared():
    services = {
        "mem": Service("mem", "memcached", "web1"),
        "cache": Service("cache", "redis", "web1"),
        "far": Service("far", "redis", "db1", "10.0.0.5"),
    }
    both = {"services": ["mem", "cache", "far"], "services_of": "ramen"}
    assert of_apps(app(), app(name="a", **both, network="private", domains=["a.example.com"]), services=services) == [
        'a: services_of: "mem" cannot be that of ramen: a memcached is reached by its socket, which is one app\'s; '
        "remove it here, or services_of",
        'a: services_of: "cache" cannot be that of ramen: its socket is one app\'s, and network: private leaves no other '
        "way; write network: shared, or remove one",
    ]
    assert of_apps(app(), app(name="a", services=["mem"], services_of="ramen"), services=services) != []


def test_a_source_that_asks_for_another_type():
    one = App("ramen", Source("path", "x"), services=("db", "queue"))
    assert type_problems(one, {"db": "postgresql", "cache": "redis"}, SERVICES) == []
    (problem,) = type_problems(one, {"db": "mariadb"}, SERVICES)
    assert str(problem) == (
        'ramen: services[0]: "db" is of type postgresql in pyhost_services, and the source asks for mariadb; declare that '
        "one by this name, or leave it out here and write into environment where it is"
    )
