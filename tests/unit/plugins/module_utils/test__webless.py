# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve

SYSTEM = Settings("system", "", "", ("native",), ("gunicorn", "command", "none"))
ACCOUNT = Settings("account", "~/pyhost", "", ("native",), ("gunicorn", "command", "none"))
WORKERS = {"name": "ramen", "source": {"path": "x"}, "server": "none", "processes": {"worker": "celery"}}
BOTH = "is of apps that answer requests, and server is none; remove one of the two"


@pytest.mark.parametrize("settings", [SYSTEM, ACCOUNT])
def test_nobody_listens(settings):
    (app,) = resolve([WORKERS], settings)
    assert (app.listen, app.domains, app.server) == ((), (), "none")


@pytest.mark.parametrize(
    "more",
    [
        {"domains": ["a.example.com"]},
        {"listen": ["127.0.0.1:8000"]},
        {"locations": [{"location": "/s/", "alias": "s/"}]},
        {"entrypoint": "wsgi"},
        {"port": 8000},
        {"workers": 3},
        {"size": "large"},
        {"config": {"uwsgi_processes": 3}},
        {"maintenance": True},
        {"error_pages": {404: "x.html"}},
        {"strategy": "restart"},
        {"requests": {"body": "1m"}},
        {"nginx_alias_check": "warn"},
    ],
)
def test_what_belongs_to_web_is_refused(more):
    with pytest.raises(Problems) as caught:
        resolve([{**WORKERS, **more}], SYSTEM)
    assert f"ramen: {next(iter(more))}: {BOTH}" in [str(one) for one in caught.value.problems]


def test_a_command_has_its_own_words():
    with pytest.raises(Problems) as caught:
        resolve([{**WORKERS, "command": "x"}], SYSTEM)
    assert str(caught.value.problems[0]).startswith('ramen: server: "none" does not run a command; ')


def test_health_is_to_stay_up():
    health = {"timeout": 20, "seconds": 5, "command": "python probe.py"}
    (app,) = resolve([{**WORKERS, "health": health}], SYSTEM)
    assert (app.health.seconds, app.health.command) == (5, "python probe.py")
    with pytest.raises(Problems) as caught:
        resolve([{**WORKERS, "health": {"path": "/up", "status": "200", "good": 3}}], SYSTEM)
    found = [str(one) for one in caught.value.problems]
    assert found == [f"ramen: health.{name}: {BOTH}" for name in ("good", "path", "status")]


def test_a_private_network_needs_no_domains_then():
    (app,) = resolve([{**WORKERS, "network": "private"}], SYSTEM)
    assert app.network == "private"
