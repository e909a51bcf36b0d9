# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons below the home of an account: unpacked and built; apps move to them and back without a failed request.

The host is a Debian 13, whose own Python is 3.13; the archive of 3.11 is made of the Debian 12 host's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from molecule.account.tests.test_boot import install, root
from tests.support import place, pythons
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.loopback import get, load
from tests.support.remote import shell

pytestmark = pytest.mark.soak

ELDER, HOST = place.host("pyhost-account12"), place.other("pyhost-account13")
testinfra_hosts = [f"ansible://{HOST}"]

SETTINGS = {"pyhost_scope": "account", "pyhost_root": "~/many", "pyhost_boot": "none"}
PORT = 8601
HEAD = "import sys\n\n\ndef application(environ, start_response):\n    start_response('200 OK', [])\n"
VERSION = f"{HEAD}    return [sys.version.encode()]\n"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    (folder / "wsgi.py").write_text(VERSION)
    (folder / "requirements.txt").write_text("itsdangerous==2.1.2\n")
    return folder


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return pythons.packed(ELDER, tmp_path_factory.mktemp("material"))


def run(code: Path, folder: Path, python: str, *words: str, sources: Sequence[object] = ()) -> Run:
    app = {"name": "old", "source": {"path": str(code)}, "listen": [f"127.0.0.1:{PORT}"], "python": python}
    more: dict[str, Any] = {"python_sources": list(sources)} if sources else {}
    settings: dict[str, Any] = {name.removeprefix("pyhost_"): value for name, value in SETTINGS.items()}
    return deploy([{**app, "health": {"timeout": 120}}], folder, HOST, *words, **settings, **more)


def serving() -> str:
    return ".".join(get(HOST, PORT).text.split(".")[:2])


def test_an_image_change_and_the_way_back(code: Path, archive: dict[str, Any], tmp_path: Path) -> None:
    good(run(code, tmp_path, "3.13"))
    assert serving() == "3.13"
    with load(HOST, PORT) as seen:
        changed = good(run(code, tmp_path, "3.11", sources=["path", archive]))
    assert serving() == "3.11"
    assert seen.answers["200"] > 50
    assert seen.failed == {}
    assert changed.rows[HOST]["old"]["virtualenv"].startswith("built (Python 3.13")
    assert shell(HOST, "readlink -f ~/many/python/3.11/bin/python").startswith("/home/person/many/python/store/3.11-")
    assert good(run(code, tmp_path, "3.11", sources=["path", archive])).changed == {HOST: 0}
    with load(HOST, PORT) as seen:
        good(playbook("rollback", SETTINGS, tmp_path, HOST, "-e", "app=old"))
    assert serving() == "3.13"
    assert seen.failed == {}


def test_a_rehearsal(code: Path, archive: dict[str, Any], tmp_path: Path) -> None:
    app = {"name": "old", "source": {"path": str(code)}, "listen": [f"127.0.0.1:{PORT}"], "python": "3.13"}
    settings = {**SETTINGS, "pyhost_python_sources": ["path", archive], "pyhost_apps": [app]}
    said = good(playbook("rehearse", settings, tmp_path, HOST, "-e", "python=3.11")).output
    assert re.search(rf"^old +{HOST} +3\.13\.\d+ → 3\.11\.\d+ +ready ", said, re.MULTILINE), said
    assert serving() == "3.13"


def test_without_a_compiler_it_is_said_what_is_missing(code: Path, archive: dict[str, Any], tmp_path: Path) -> None:
    source = {"source": "build", "branch": "3.9", "file": archive["file"], "sha256": archive["sha256"]}
    refused = run(code, tmp_path, "3.9", sources=["path", source])
    assert "Python 3.9: cc and make are missing on this host; nothing can be built" in refused.message()
    assert serving() == "3.13"


def test_one_is_built(code: Path, tmp_path: Path) -> None:
    install(HOST, "gcc", "make", "libc6-dev", "zlib1g-dev", "libssl-dev", "libffi-dev", "dpkg-dev", "xz-utils")
    suite, package, name = pythons.SOURCES["3.9"]
    root(HOST, pythons.FETCH.format(place=pythons.PLACE, suite=suite, package=package))
    file = tmp_path / name
    file.write_bytes(root(HOST, f"cat {pythons.PLACE}/{name}"))
    source = {"source": "build", "branch": "3.9", "file": str(file), "sha256": pythons.sha256(file), "optimised": False}
    settings = ["path", source]
    with load(HOST, PORT) as seen:
        good(run(code, tmp_path, "3.9", "-e", f"pyhost_python_published={tmp_path}/published", sources=settings))
    assert serving() == "3.9"
    assert seen.failed == {}
    again = run(code, tmp_path, "3.9", "-e", f"pyhost_python_published={tmp_path}/published", sources=settings)
    assert good(again).changed == {HOST: 0}
    assert shell(HOST, "find ~/many/python ! -user person").strip() == ""


def test_removal(tmp_path: Path) -> None:
    good(playbook("remove", {**SETTINGS, "app": "old", "purge": True}, tmp_path, HOST))
    pruned = good(playbook("prune", SETTINGS, tmp_path, HOST))
    assert pruned.status == 0
