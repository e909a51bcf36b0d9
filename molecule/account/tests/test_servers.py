# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of older ways to the web work in an account, too, but for the one that is built with packages of the host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.loopback import get, load

pytestmark = pytest.mark.soak

HOST = place.host("pyhost-account12")
testinfra_hosts = [f"ansible://{HOST}"]

PORTS = {"fastcgi": 8701, "scgi": 8702, "cgi": 8703, "wsgiref": 8704}
SETTINGS = {"pyhost_scope": "account", "pyhost_root": "~/old", "pyhost_boot": "none"}


def apps(**more: Any) -> list[dict[str, Any]]:
    common = {"source": {"path": "hello"}, "health": {"timeout": 120}}
    return [
        {"name": server, "server": server, "listen": [f"127.0.0.1:{port}"], **common, **more}
        for server, port in PORTS.items()
    ]


def run(folder: Path, entries: list[dict[str, Any]]) -> Run:
    return deploy(entries, folder, HOST, scope="account", root="~/old", boot="none")


def test_mod_wsgi_is_refused(tmp_path: Path) -> None:
    entry = {"name": "old", "server": "mod_wsgi", "source": {"path": "hello"}}
    said = run(tmp_path, [entry]).message()
    assert '"mod_wsgi" is built with packages of the host' in said
    assert "write another server, such as gunicorn" in said


def test_each_answers(tmp_path: Path) -> None:
    good(run(tmp_path, apps()))
    for port in PORTS.values():
        assert "It works" in get(HOST, port).text
    assert good(run(tmp_path, apps())).changed == {HOST: 0}


@pytest.mark.parametrize("server", ["fastcgi", "scgi", "wsgiref"])
def test_a_rollout_loses_no_request(server: str, tmp_path: Path) -> None:
    entry = next(one for one in apps(environment={"GREETING": server}) if one["name"] == server)
    with load(HOST, PORTS[server]) as seen:
        good(run(tmp_path, [entry]))
    assert seen.answers["200"] > 50
    assert seen.failed == {}


def test_removal(tmp_path: Path) -> None:
    for server in PORTS:
        good(playbook("remove", {**SETTINGS, "app": server, "purge": True}, tmp_path, HOST))
