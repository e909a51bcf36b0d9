# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app goes, its data stays until it is purged, and its neighbours do not notice. Runs late: two apps are gone after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.deploy import Run, good, playbook
from tests.support.loopback import get

testinfra_hosts = ["ansible://account"]

APPS = "/home/person/pyhost/apps"
SCOPE = {"pyhost_scope": "account", "pyhost_root": "~/pyhost"}


def _name(host: Any) -> str:
    return str(host.backend.get_pytest_id().removeprefix("ansible://"))


def _remove(host: Any, folder: Path, app: str, **more: Any) -> Run:
    return good(playbook("remove", {**SCOPE, "app": app, **more}, folder, _name(host)))


def _processes(host: Any, app: str) -> str:
    return str(host.run(f"pgrep --full --list-full '{APPS}/{app}[/]'").stdout)


def test_without_purge_the_data_stays(host: Any, tmp_path: Path) -> None:
    home = f"{APPS}/calendar"
    host.check_output(f"echo kept > {home}/data/mine")
    run = _remove(host, tmp_path, "calendar")
    assert run.changed == {_name(host): 1}
    assert _processes(host, "calendar") == ""
    assert not host.socket("tcp://127.0.0.1:8106").is_listening
    assert host.check_output(f"ls -A {home}") == "data"
    assert host.check_output(f"cat {home}/data/mine") == "kept"


def test_with_purge_nothing_stays(host: Any, tmp_path: Path) -> None:
    run = _remove(host, tmp_path, "socket", purge=True)
    assert run.changed == {_name(host): 1}
    assert _processes(host, "socket") == ""
    assert not host.file(f"{APPS}/socket").exists


def test_again_changes_nothing(host: Any, tmp_path: Path) -> None:
    assert _remove(host, tmp_path, "socket", purge=True).changed == {_name(host): 0}


def test_neighbours_serve_on(host: Any) -> None:
    assert sorted(host.check_output(f"ls {APPS}").split()) == [
        "api", "calendar", "hello", "httpbin", "locked", "many", "notes", "port", "shop"
    ]  # fmt: skip
    for port in (8000, 8101, 8104, 8105, 8107, 8108):
        assert get(_name(host), port).status == 200
