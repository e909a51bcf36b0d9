# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve

SYSTEM = Settings("system", "", "3.13", ("native", "rosti"), ("gunicorn", "uwsgi", "uvicorn", "command"))
RAMEN = {"name": "ramen", "source": {"path": "../ramen"}}
KNOWN = (
    "name, platform, service, source, approot, python, server, entrypoint, command, port, domains, tls, listen, front, locations, environment, "
    "size, workers, requirements, constraints, installer, pip_index_url, collectstatic, config, processes, cron, logs, "
    "services, services_of, after, health, "
    "hooks, strategy, maintenance, error_pages, nginx_alias_check, network, ssh_keys, limits, requests, build_timeout, drain, state, purge"
)
NO_BOOLEAN = "(YAML reads yes, no, on and off as booleans, too)"


def problems(entry):
    with pytest.raises(Problems) as caught:
        resolve([entry], SYSTEM)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"domain": "x"}, ['ramen: domain: unknown key; did you mean "domains"?']),
        ({"zzz": 1}, [f"ramen: zzz: unknown key; known keys are {KNOWN}"]),
        ({5: 1}, [f"ramen: 5: unknown key; known keys are {KNOWN}"]),
        (
            {"uwsgi_harakiri": 5, "uwsgi_x": 5},
            [
                'ramen: uwsgi_harakiri: unknown key here; write it below "config", '
                "for example config: {uwsgi_harakiri: 75}",
                'ramen: uwsgi_x: unknown key here; write it below "config", for example config: {uwsgi_harakiri: 75}',
            ],
        ),
        (
            {"memory": "1G"},
            ['ramen: memory: unknown key here; write it below "limits", for example limits: {memory: 512M}'],
        ),
        (
            {"config": {"uwsgi_proceses": 5}},
            ['ramen: config.uwsgi_proceses: unknown key; did you mean "uwsgi_processes"?'],
        ),
        (
            {"domains": "ramen.example.com"},
            [
                'ramen: domains: "ramen.example.com" is a string where a list belongs; write ["ramen.example.com"]',
            ],
        ),
        (
            {"domains": ["http://a.de", 5, "b.de"]},
            [
                'ramen: domains[0]: "http://a.de" is more than a domain; '
                'write "a.de" without scheme, port, path and last dot',
                'ramen: domains[1]: 5 is a number; quote it: "5"',
            ],
        ),
        ({"domains": None}, ["ramen: domains: null is no value; write [ramen.example.com] or leave the key out"]),
        (
            {"requirements": {}},
            ["ramen: requirements: this is a mapping where a list belongs; write [requirements.txt]"],
        ),
        (
            {"locations": {"location": "/a/", "alias": "a/"}},
            [
                "ramen: locations: this is a mapping where a list belongs; "
                "write [{location: /static/, alias: static/}]",
            ],
        ),
        ({"python": 3.13}, ['ramen: python: 3.13 is a number; quote it: "3.13"']),
        (
            {"python": 3.1},
            [
                'ramen: python: 3.1 is a number; quote it: "3.1" '
                '(YAML reads 3.10 as 3.1, too; write "3.10" if that is what you mean)',
            ],
        ),
        ({"python": "3.11.2"}, ['ramen: python: "3.11.2" is a version where a branch belongs; write "3.11"']),
        ({"approot": ["x"]}, ["ramen: approot: this is a list where a string belongs; write shop"]),
        ({"server": "gunicon"}, ['ramen: server: "gunicon" is unknown; did you mean "gunicorn"?']),
        (
            {"server": "mod_python"},
            [
                'ramen: server: "mod_python" runs code inside of Apache and is no server of this collection, nor a package of any distribution it knows; '
                "give the code a WSGI callable and write server: mod_wsgi, or another one that runs such a callable"
            ],
        ),
        (
            {"platform": "x"},
            ['ramen: platform: "x" is unknown; known values are native, rosti'],
        ),
        ({"size": "huge"}, ['ramen: size: "huge" is unknown; known values are small, medium, large, 2xlarge']),
        ({"workers": True}, ["ramen: workers: true is a boolean where a whole number belongs; write 3"]),
        ({"workers": "7"}, ['ramen: workers: "7" is a string where a whole number belongs; write 7']),
        ({"workers": 0}, ["ramen: workers: 0 is out of range; write a number from 1 to 512"]),
        ({"workers": 513}, ["ramen: workers: 513 is out of range; write a number from 1 to 512"]),
        (
            {"collectstatic": "no"},
            ['ramen: collectstatic: "no" is a string where a boolean belongs; write true or false'],
        ),
        (
            {"environment": "KEY=secret"},
            [
                "ramen: environment: this is a string where a mapping belongs; write {DJANGO_SETTINGS_MODULE: shop.settings}",
            ],
        ),
        (
            {"environment": {"A": True, "B": 1.5, "C": None, "D": ["secret"], "E": 1, 5: "x", "F G": "x", "PORT": "1"}},
            [
                f'ramen: environment.A: true is a boolean; quote it: "true" {NO_BOOLEAN}',
                "ramen: environment.B: this is a number; quote it",
                "ramen: environment.C: null is no value where a string belongs; write one string here",
                "ramen: environment.D: this is a list where a string belongs; write one string here",
                "ramen: environment.5: the name 5 is a number; quote it or choose another",
                'ramen: environment."F G": "F G" cannot name a variable; '
                "write letters, digits and underscores, no digit first",
                'ramen: environment.PORT: "PORT" is set by the platform itself; choose another name',
            ],
        ),
        (
            {
                "processes": {
                    "app": "x",
                    "worker": "a\nb",
                    "list": ["x"],
                    "none": None,
                    1: "x",
                    "keys": {"command": 5, "count": -1, "stop_signal": "SIGTERM", "memory": "1M", "timeout": 3},
                    "more": {"count": 65, "stop_wait": 0, "memory": "lots", "comand": "x"},
                }
            },
            [
                'ramen: processes.app: "app" is a program or a file of the platform itself; choose another name',
                'ramen: processes.worker.command: "a\\nb" contains a control character or a line break; '
                "write it on one line",
                "ramen: processes.list: this is a list where a mapping or the string for command belongs; "
                "write celery -A shop worker",
                "ramen: processes.none: null is no value where a mapping or the string for command belongs; "
                "write celery -A shop worker",
                "ramen: processes.1: the name 1 is a number; quote it or choose another",
                "ramen: processes.keys.timeout: unknown key; known keys are "
                "command, count, stop_signal, stop_wait, memory",
                'ramen: processes.keys.command: 5 is a number; quote it: "5"',
                "ramen: processes.keys.count: -1 is out of range; write a number from 0 to 64",
                'ramen: processes.keys.stop_signal: "SIGTERM" is unknown; '
                "known values are TERM, INT, QUIT, HUP, USR1, USR2, KILL",
                'ramen: processes.keys.memory: "1M" is less than any process needs; write "16M" or more',
                'ramen: processes.more.comand: unknown key; did you mean "command"?',
                "ramen: processes.more.count: 65 is out of range; write a number from 0 to 64",
                "ramen: processes.more.stop_wait: 0 is out of range; write a number from 1 to 86400",
                'ramen: processes.more.memory: "lots" is no amount; '
                'write bytes or a number with K, M, G or T, for example "512M"',
            ],
        ),
        (
            {
                "cron": {
                    "a": {"schedule": "61 * * * *", "command": "x"},
                    "B": {},
                    "c": "@daily",
                    "d": {"schedule": "@daily"},
                }
            },
            [
                'ramen: cron.a.schedule: "61 * * * *": "61" is out of range for the minute; write 0 to 59',
                'ramen: cron.B: "B" cannot name a schedule; write 1 to 63 lower-case letters, digits and hyphens, a letter first, '
                'for example "tidy"',
                'ramen: cron.B.schedule: missing; write schedule: "*/5 * * * *"',
                "ramen: cron.B.command: missing; write command: python manage.py clearsessions",
                'ramen: cron.c: "@daily" is a string where a mapping belongs; write {schedule: "@daily", command: python tidy.py}',
                "ramen: cron.d.command: missing; write command: python manage.py clearsessions",
            ],
        ),
        (
            {"cron": {"a": {"schedule": "@daily", "command": "x", "overlap": "wait", "max_age": 0, "at": 1}}},
            [
                "ramen: cron.a.at: unknown key; known keys are schedule, command, overlap, max_age",
                'ramen: cron.a.overlap: "wait" is unknown; known values are skip, queue, allow',
                "ramen: cron.a.max_age: 0 is out of range; write a number from 1 to 604800",
            ],
        ),
        (
            {"logs": {"size": "1K", "keep": 0, "days": "x"}},
            [
                'ramen: logs.size: "1K" is no size from 64K to 64G; write bytes or a number with K, M or G, for example "10M"',
                "ramen: logs.keep: 0 is out of range; write a number from 1 to 100",
                'ramen: logs.days: "x" is a string where a whole number belongs; write 14',
            ],
        ),
        (
            {"error_pages": {404: "404.html", 200: "ok.html", "4xx": "x.html", 5.5: "x.html", True: "x.html", 500: 1}},
            [
                'ramen: error_pages.200: "200" is no status of an error; write one from "400" to "599"',
                'ramen: error_pages.4xx: "4xx" is no status of an error; write one from "400" to "599"',
                "ramen: error_pages.5.5: the name 5.5 is a number; quote it or choose another",
                "ramen: error_pages.true: the name true is a boolean; quote it or choose another",
                'ramen: error_pages.500: 1 is a number; quote it: "1"',
            ],
        ),
        (
            {"error_pages": {"404": "../x"}},
            ['ramen: error_pages.404: "../x" leaves the source with ".."; write a path below it'],
        ),
        ({"health": {"seconds": 601}}, ["ramen: health.seconds: 601 is out of range; write a number from 0 to 600"]),
        (
            {"hooks": {"release": "a\nb", "relase": "x"}},
            [
                'ramen: hooks.relase: unknown key; did you mean "release"?',
                'ramen: hooks.release: "a\\nb" contains a control character or a line break; write it on one line',
            ],
        ),
        ({"strategy": "restrat"}, ['ramen: strategy: "restrat" is unknown; did you mean "restart"?']),
        ({"state": "abset"}, ['ramen: state: "abset" is unknown; did you mean "absent"?']),
    ],
)
def test_problems(more, expected):
    assert problems({**RAMEN, **more}) == expected


def test_numbers_of_many_digits_are_refused():
    assert problems({**RAMEN, "name": 10**5000, "workers": 10**5000}) == [
        "pyhost_apps[0]: name: this is a number; quote it",
        "pyhost_apps[0]: workers: this is out of range; write a number from 1 to 512",
    ]


def test_strings_of_subclasses_become_plain():
    class Tagged(str):
        pass

    found = resolve([{Tagged("name"): Tagged("ramen"), "source": {"path": Tagged("x")}}], SYSTEM)[0]
    assert {type(found.name), type(found.source.location)} == {str}
