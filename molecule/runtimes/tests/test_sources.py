# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches from an archive, from uv with a catalogue of one's own, and from a place of the operator's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molecule.runtimes.tests.conftest import CALM, HOST
from tests.support import remote
from tests.support.deploy import Run, deploy, good
from tests.support.load import load
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

PORT = 8911
SHARE = "/var/tmp/pyhost-share"
ENTRY = {**CALM, "name": "elder", "python": "3.11", "domains": ["elder.example.com"]}


def elder(folder: Path, *words: str, **settings: Any) -> Run:
    return deploy([ENTRY], folder, HOST, *words, **settings)


def real(branch: str = "3.11") -> str:
    return remote.shell(HOST, f"readlink -f /opt/python/{branch}/bin/python").strip()


@pytest.fixture(scope="module", autouse=True)
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No Python 3.11 of ours is there at first, and nothing of these tests in the end."""
    remote.shell(HOST, "rm -rf /opt/python/3.11")
    yield
    good(deploy([{"name": "elder", "state": "absent", "purge": True}], tmp_path_factory.mktemp("clean"), HOST))
    remote.shell(HOST, f"rm -rf /opt/python/3.11 /opt/python/store /opt/mine {SHARE}")


def test_an_archive_is_unpacked_once(archive: dict[str, Any], tmp_path: Path) -> None:
    settings = {"python_sources": [archive, "distro"]}
    predicted = good(elder(tmp_path, "--check", **settings))
    assert predicted.changed[HOST] > 0
    assert "3.11" not in remote.shell(HOST, "ls /opt/python").split()
    good(elder(tmp_path, **settings))
    assert real().startswith("/opt/python/store/3.11-")
    assert "3.11" in remote.shell(HOST, "/opt/python/3.11/bin/python --version")
    # Every tenant can run it, and none can write to it.
    assert not remote.shell(HOST, "find /opt/python/store ! -type l -perm /022 -o ! -user root").strip()
    assert get(HOST, "elder.example.com").status == 200
    assert good(elder(tmp_path, **settings)).changed == {HOST: 0}


@pytest.mark.soak
def test_uv_brings_what_its_catalogue_names(archive: dict[str, Any], tmp_path: Path) -> None:
    """The app moves on to it, for the operator has put this source first."""
    before = real()
    row = {
        "name": "cpython",
        "arch": {"family": "x86_64", "variant": None},
        "os": "linux",
        "libc": "gnu",
        "major": 3,
        "minor": 11,
        "patch": 2,
        "prerelease": "",
        "url": f"http://127.0.0.1:{PORT}/python.tar.gz",
        "sha256": archive["sha256"],
        "variant": None,
        "build": "20260101",
    }
    files = {
        "python.tar.gz": Path(archive["file"]).read_bytes(),
        "catalogue.json": json.dumps({"cpython-3.11.2-linux-x86_64-gnu": row}).encode(),
    }
    remote.put(HOST, SHARE, files)
    uv = {"source": "uv", "branches": ["3.11"], "catalogue": f"http://127.0.0.1:{PORT}/catalogue.json"}
    serve = f"python3 -m http.server --bind 127.0.0.1 --directory {SHARE} {PORT}"
    with remote.program(HOST, "share", serve, PORT), load(HOST, "elder.example.com") as seen:
        run = good(elder(tmp_path, python_sources=[uv, "distro"]))
    assert seen.failed == {}
    assert real() != before
    assert real().startswith("/opt/python/store/3.11-")
    # The same version at another path; what was there stays for what still runs in it.
    assert "built (interpreter moved" in run.rows[HOST]["elder"]["virtualenv"]
    assert remote.shell(HOST, f"{before} --version").startswith("Python 3.11")
    assert good(elder(tmp_path, python_sources=[uv, "distro"])).changed == {HOST: 0}


@pytest.mark.soak
def test_a_python_of_the_operators_own_is_adopted(tmp_path: Path) -> None:
    remote.shell(HOST, f"mkdir -p /opt/mine && cp -a $(dirname $(dirname {real()}))/. /opt/mine/")
    settings = {"python_sources": ["path"], "python_paths": ["/opt/mine"]}
    good(elder(tmp_path, **settings))
    assert real() == "/opt/mine/bin/python3.11"
    assert get(HOST, "elder.example.com").status == 200
    assert good(elder(tmp_path, **settings)).changed == {HOST: 0}
