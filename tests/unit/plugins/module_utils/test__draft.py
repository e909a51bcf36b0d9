# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import (
    App,
    Cron,
    Health,
    Hooks,
    Limits,
    Location,
    Logs,
    Process,
    Source,
)
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve

SYSTEM = Settings("system", "", "3.13", ("native", "rosti"), ("gunicorn", "uwsgi", "uvicorn", "command"))
RAMEN = {"name": "ramen", "source": {"path": "../ramen"}}


def ramen(**more):
    return {**RAMEN, **more}


def problems(entry):
    with pytest.raises(Problems) as caught:
        resolve([entry], SYSTEM)
    return [str(problem) for problem in caught.value.problems]


def test_defaults():
    assert resolve([RAMEN], SYSTEM) == (
        App("ramen", Source("path", "../ramen"), python="3.13", listen=("127.0.0.1:8000",)),
    )


def test_everything_given():
    entry = {
        "name": "ramen",
        "platform": "rosti",
        "source": {"git": "https://example.com/ramen.git", "version": "main"},
        "approot": "./shop/",
        "python": "3.11",
        "server": "gunicorn",
        "entrypoint": "shop.wsgi",
        "domains": ["Ramen.Example.com"],
        "listen": ["127.0.0.1:8000", "[0::1]:8000"],
        "locations": [{"location": "/static/", "alias": "static/", "expires": "30d"}],
        "environment": {"A": "100%\n'\"", "B": 5},
        "workers": 3,
        "requirements": ["./requirements.txt"],
        "constraints": ["constraints.txt"],
        "installer": "pip",
        "pip_index_url": "https://pypi.org/simple",
        "collectstatic": False,
        "config": {"uwsgi_processes": 4, "uwsgi_enable_threads": True},
        "processes": {
            "worker": "celery -A shop worker",
            "beat": {"command": "b", "count": 0, "stop_signal": "INT", "stop_wait": 9, "memory": "1G"},
        },
        "cron": {"tidy": {"schedule": "@daily", "command": "python tidy.py", "overlap": "queue", "max_age": 60}},
        "logs": {"size": "1M", "keep": 2, "days": 7},
        "health": {"path": "/up", "status": 200, "timeout": 5, "good": 1, "seconds": 3, "command": "python probe.py"},
        "hooks": {"release": "python manage.py migrate"},
        "strategy": "restart",
        "maintenance": True,
        "error_pages": {503: "./errors//busy.html", "404": "404.html"},
        "limits": {"memory": "512M", "cpu": "50%", "tasks": 100},
        "build_timeout": 60,
        "drain": 0,
        "state": "present",
        "purge": True,
    }
    assert resolve([entry], SYSTEM) == (
        App(
            name="ramen",
            platform="rosti",
            source=Source("git", "https://example.com/ramen.git", "main"),
            approot="shop",
            python="3.11",
            server="gunicorn",
            entrypoint="shop.wsgi:application",
            domains=("ramen.example.com",),
            listen=("127.0.0.1:8000", "[::1]:8000"),
            locations=(Location("/static/", "static/", "30d"),),
            environment={"A": "100%\n'\"", "B": "5"},
            workers=3,
            requirements=("requirements.txt",),
            constraints=("constraints.txt",),
            installer="pip",
            pip_index_url="https://pypi.org/simple",
            collectstatic=False,
            config={"uwsgi_processes": 4, "uwsgi_enable_threads": True},
            processes={
                "worker": Process("celery -A shop worker", stop_wait=1),
                "beat": Process("b", 0, "INT", 9, "1G"),
            },
            cron={"tidy": Cron("@daily", "python tidy.py", "queue", 60)},
            logs=Logs("1M", 2, 7),
            health=Health("/up", "200", 5, 1, 3, "python probe.py"),
            hooks=Hooks("python manage.py migrate"),
            strategy="restart",
            maintenance=True,
            error_pages={"404": "404.html", "503": "errors/busy.html"},
            limits=Limits("512M", "50%", "100"),
            build_timeout=60,
            drain=0,
            purge=True,
        ),
    )


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ({"size": "2xlarge"}, "workers", 10),
        ({"command": "python serve.py"}, "server", "command"),
        ({"server": "command", "command": "x"}, "command", "x"),
        ({"requirements": []}, "requirements", ()),
        ({"domains": ["a.de"]}, "listen", ()),
        ({"domains": (), "listen": []}, "listen", ("127.0.0.1:8000",)),
        ({"source": {"git": "git@example.com:x"}}, "source", Source("git", "git@example.com:x")),
        (
            {"source": {"archive": "https://example.com/x.zip", "checksum": "sha256:" + "AB" * 32}},
            "source",
            Source("archive", "https://example.com/x.zip", "", "sha256:" + "ab" * 32),
        ),
        ({"source": {"archive": "x.zip"}}, "source", Source("archive", "x.zip")),
        # watching takes four seconds, or half of the time there is
        ({"health": {}}, "health", Health(timeout=30, seconds=4)),
        ({"health": {"timeout": 8}}, "health", Health(timeout=8, seconds=4)),
        ({"health": {"timeout": 7}}, "health", Health(timeout=7, seconds=3)),
        ({"health": {"timeout": 1}}, "health", Health(timeout=1, seconds=0)),
        ({"health": {"timeout": 5, "seconds": 4}}, "health", Health(timeout=5, seconds=4)),
        ({"health": {"seconds": 0}}, "health", Health(seconds=0)),
        ({"health": {"timeout": 900, "seconds": 600}}, "health", Health(timeout=900, seconds=600)),
        ({"health": {"timeout": 3}, "hooks": {}}, "hooks", Hooks()),
        ({"error_pages": {}}, "error_pages", {}),
        # two instances cannot share a port
        ({"command": "x", "port": 8080}, "strategy", "restart"),
        ({"command": "x", "port": 0}, "strategy", "beside"),
        ({"network": "private", "domains": ["a.de"]}, "network", "private"),
    ],
)
def test_completed(more, field, value):
    assert getattr(resolve([ramen(**more)], SYSTEM)[0], field) == value


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"locations": ["/static/", {"location": "/a/"}, {"location": "/b", "alias": "b/"}]},
            [
                'ramen: locations[0]: "/static/" is a string where a mapping belongs; '
                "write {location: /static/, alias: static/}",
                "ramen: locations[1].alias: missing; write alias: static/",
                'ramen: locations[2].alias: "b/" ends with "/" and location "/b" does not; '
                'write location "/b/" and alias "b/" for a directory, or location "/b" and alias "b" for one file',
            ],
        ),
        (
            {"health": {"seconds": 30}},
            ["ramen: health.seconds: 30 leaves no time below health.timeout, 30"],
        ),
        (
            {"health": {"seconds": 6, "timeout": 5}},
            ["ramen: health.seconds: 6 leaves no time below health.timeout, 5"],
        ),
        (
            {"tls": {"certificate": "a.pem"}, "domains": ["a.de"]},
            ["ramen: tls: certificate and key belong together; write both"],
        ),
        (
            {"tls": {"certificate": "a.pem", "key": "a.key", "self_signed": True}, "domains": ["a.de"]},
            ["ramen: tls: certificate and self_signed exclude each other; keep one"],
        ),
        (
            {"tls": {"hsts": 60}},
            [
                "ramen: tls: names no certificate; write acme: true, or certificate and key, or self_signed: true",
                "ramen: domains: missing; tls is for domains",
            ],
        ),
        ({"port": 8080}, ["ramen: port: belongs to command, which is not given; remove it"]),
        (
            {"command": "x", "port": 8080, "strategy": "beside"},
            [
                "ramen: strategy: beside cannot be where port is given, for two instances cannot share it; remove one",
            ],
        ),
        (
            {"network": "private"},
            ["ramen: domains: missing; with network: private there is no other way to the app"],
        ),
        (
            {"network": "private", "domains": ["a.de"], "listen": ["127.0.0.1:8000"]},
            ["ramen: listen: is of the host's network, and network is private; remove listen or network"],
        ),
        (
            {"workers": 3, "size": "small"},
            ["ramen: workers: size and workers exclude each other; remove one of the two"],
        ),
        (
            {"server": "gunicorn", "command": "x"},
            ['ramen: server: "gunicorn" does not run a command; remove server or command'],
        ),
        (
            {"server": "command"},
            ["ramen: command: missing; server: command needs it, for example command: python serve.py"],
        ),
        (
            {"command": "x", "entrypoint": "wsgi"},
            ["ramen: entrypoint: entrypoint and command exclude each other; remove one of the two"],
        ),
        (
            {"source": "../ramen"},
            ['ramen: source: "../ramen" is a string where a mapping belongs; write {path: ../ramen}'],
        ),
        ({"source": None}, ["ramen: source: null is no value; write {path: ../ramen} or leave the key out"]),
        (
            {"source": {}},
            ["ramen: source: names no place; write one of path, git and archive, for example {path: ../ramen}"],
        ),
        (
            {"source": {"path": "x", "git": "https://example.com/x"}},
            [
                "ramen: source: path and git exclude each other; keep one of path, git and archive, "
                "for example {path: ../ramen}",
            ],
        ),
        (
            {"source": {"path": "x", "version": "main", "checksum": "sha256:" + "0" * 64}},
            [
                "ramen: source.version: version belongs to git, which source does not have; remove it",
                "ramen: source.checksum: checksum belongs to archive, which source does not have; remove it",
            ],
        ),
        (
            {"source": {"archive": "HTTPS://example.com/x.zip"}},
            [
                'ramen: source.checksum: missing; "HTTPS://example.com/x.zip" is fetched, '
                'so write checksum: "sha256:…"',
            ],
        ),
        (
            {"listen": [8000, "127.0.0.1:8001"]},
            ['ramen: listen[0]: "8000" has no address; write "127.0.0.1:8000", or "0.0.0.0:8000" for all addresses'],
        ),
        (
            {"listen": ["127.0.0.1:8000", "0.0.0.0:8000"]},
            ['ramen: listen[1]: "0.0.0.0:8000" clashes with listen[0], "127.0.0.1:8000"; remove one of the two'],
        ),
        (
            {"domains": ["a.de", "A.de"]},
            ['ramen: domains[1]: "A.de" clashes with domains[0], "a.de"; remove one of the two'],
        ),
    ],
)
def test_problems(more, expected):
    assert problems(ramen(**more)) == expected
