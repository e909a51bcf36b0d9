# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources that bring no Python: said with the reason, and the host is as it was."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from molecule.runtimes.tests.conftest import CALM, HOST
from tests.support import remote
from tests.support.deploy import deploy

testinfra_hosts = [f"ansible://{HOST}"]

PICTURE = """\
mkdir -p /opt/python/store/.locks
find /opt/python /home /etc/systemd /etc/nginx -xdev -path '*/store/.locks/*' -prune -o -path '*/logs' -prune -o -type d \\
    -printf '%p %m %u\\n' -o -printf '%p %y %m %u %s %T@ %l\\n' | sort
"""
"""Everything that a source could touch; a lock stays, and the store's own directory was written to and emptied again."""

AB = "ab" * 32


def tar(path: Path, files: dict[str, bytes]) -> dict[str, str]:
    with tarfile.open(path, "w:gz") as out:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o755
            out.addfile(member, io.BytesIO(data))
    return known(path)


def known(path: Path) -> dict[str, str]:
    return {"file": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def truncated(archive: dict[str, Any], folder: Path) -> dict[str, str]:
    path = folder / "half.tar.gz"
    path.write_bytes(Path(archive["file"]).read_bytes()[:100_000])
    return known(path)


CASES: dict[str, tuple[str, Callable[[dict[str, Any], Path], Any], str]] = {
    "wrong checksum": (
        "3.12",
        lambda archive, _folder: {**archive, "branch": "3.12", "sha256": AB},
        f"SHA-256 of {{file}} is {{sha256}}, expected {AB}",
    ),
    "no such file": (
        "3.12",
        lambda _archive, _folder: {"source": "archive", "branch": "3.12", "file": "/no/such.tar.gz", "sha256": AB},
        "/no/such.tar.gz cannot be read: No such file or directory",
    ),
    "truncated": (
        "3.12",
        lambda archive, folder: {"source": "archive", "branch": "3.12", **truncated(archive, folder)},
        "half.tar.gz is damaged",
    ),
    "another branch": (
        "3.12",
        lambda archive, _folder: {**archive, "branch": "3.12"},
        "Python 3.12: what was brought holds no bin/python3.12",
    ),
    "no Python": (
        "3.12",
        lambda _archive, folder: {
            "source": "archive",
            "branch": "3.12",
            **tar(folder / "odd.tar.gz", {"python/bin/python3.12": b"#!/bin/sh\necho no\n"}),
        },
        "Python 3.12: the interpreter that was brought does not work on this host",
    ),
    "unknown branch": ("3.99", lambda _archive, _folder: "distro", 'python: "3.99" cannot be had on this host'),
    "unreachable": (
        "3.12",
        lambda _archive, _folder: {
            "source": "archive",
            "branch": "3.12",
            "url": "http://127.0.0.1:9/python.tar.gz",
            "sha256": AB,
        },
        "http://127.0.0.1:9/python.tar.gz",
    ),
    "sources that do not build": (
        "3.12",
        lambda _archive, folder: {
            "source": "build",
            "branch": "3.12",
            **tar(folder / "source.tar.gz", {"Python-3.12/configure": b"#!/bin/sh\necho no libfoo here; exit 3\n"}),
        },
        "Python 3.12: configure failed; its last lines:\nno libfoo here",
    ),
}


SOON = ("wrong checksum", "no Python")
"""One that is found on the controller, one on the host; the soak tries all."""


@pytest.mark.parametrize("case", [pytest.param(one, marks=() if one in SOON else pytest.mark.soak) for one in CASES])
def test_what_brings_no_python(case: str, archive: dict[str, Any], tmp_path: Path) -> None:
    branch, source, says = CASES[case]
    before = remote.shell(HOST, PICTURE)
    entry = {**CALM, "name": "elder", "python": branch, "domains": ["elder.example.com"]}
    run = deploy([entry], tmp_path, HOST, python_sources=["distro", source(archive, tmp_path)])
    assert run.status != 0
    assert "Traceback" not in run.output
    assert says.format(**archive) in run.message()
    assert remote.shell(HOST, PICTURE) == before


@pytest.mark.soak
def test_a_path_that_is_no_python(tmp_path: Path) -> None:
    remote.shell(
        HOST,
        "mkdir -p /opt/odd/bin && printf '#!/bin/sh\\necho 3.12\\n' > /opt/odd/bin/python && chmod 755 /opt/odd/bin/python",
    )
    entry = {**CALM, "name": "elder", "python": "3.12", "domains": ["elder.example.com"]}
    run = deploy([entry], tmp_path, HOST, python_sources=["path"], python_paths=["/opt/odd"])
    assert 'elder: python: "3.12" cannot be had on this host' in run.message()
    remote.shell(HOST, "rm -r /opt/odd")
