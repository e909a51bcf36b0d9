# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send what a backup of one app holds. Runs as the cell's user, under the app's lock. PRIVATE to the collection."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from ansible_collections.pyhost.platform.plugins.module_utils import _databases, _datapack, _home
from ansible_collections.pyhost.platform.plugins.module_utils._frames import Member

DATA, SUMS = "data.tar.gz", "data.sha256"
"""Names in an archive: the data directory, and a line for each of its files as sha256sum(1) writes it."""

SCRATCH = "backup.sqlite"
"""Below ``run``: the copy of a SQLite database, while it is packed."""


def backup(home: Path, job: dict[str, Any], out: BinaryIO | None = None) -> dict[str, Any]:
    """Write the data directory and every database to standard output, in the form of `_frames`.

    Databases come first: what a file of the data directory is for, a row of theirs names. Raises `PyhostError`.
    """
    del job
    stream = out or sys.stdout.buffer
    launch = _home.launch(home, _home.current(home))
    for one in _databases.bindings(launch):
        version = _databases.version(one)
        member = Member(stream, one.member, service=one.service, type=one.type, server=version)
        member.finish(bytes=_databases.dump(one, cast(IO[bytes], member)))
    scratch = home / "run" / SCRATCH
    with tempfile.TemporaryFile(dir=home / "run") as sums:
        member = Member(stream, DATA)
        try:
            packed = _datapack.pack(home / "data", cast(IO[bytes], member), sums, scratch)
        finally:
            scratch.unlink(missing_ok=True)
        member.finish(**packed.about())
        member = Member(stream, SUMS)
        sums.seek(0)
        while block := sums.read(1 << 20):
            member.write(block)
        member.finish()
    return {"changed": True, "about": about(home, launch)}


def about(home: Path, launch: dict[str, Any]) -> dict[str, Any]:
    """What a manifest says of the app, without any secret."""
    process = launch.get("process", {})
    release = process.get("release", "")
    return {
        "release": release,
        "source": release.partition("-")[2],
        "launch": os.path.basename(_home.current(home)),
        "python": launch.get("python", ""),
        "server": process.get("server", ""),
        "environment": sorted(process.get("environment", {})),
        "services": dict(launch.get("services", {})),
    }


def look(home: Path) -> dict[str, Any]:
    """What a backup would hold: files and bytes of the data directory, its databases, who holds the app's lock."""
    launch = _home.launch(home, _home.current(home))
    sizes = list(_datapack.walk_size(home / "data"))
    databases = _databases.bindings(launch)
    return {
        "about": about(home, launch),
        "deployed": bool(launch),
        "files": len(sizes),
        "bytes": sum(sizes),
        "databases": [one.service for one in databases],
        "packages": _databases.missing(databases),
    }
