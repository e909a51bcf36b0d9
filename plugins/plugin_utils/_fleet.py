# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host compiles a Python for all, and where the result waits for the others. PRIVATE to the collection.

A Python that was linked against an old C library runs with a newer one and not the other way round, so the host with
the oldest one builds. What it made is kept on the controller, an archive and a note beside it, also for later runs.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pack import sha256_file

BUILD_PACKAGES = (
    "build-essential",
    "libbz2-dev",
    "libffi-dev",
    "libgdbm-dev",
    "liblzma-dev",
    "libncurses-dev",
    "libreadline-dev",
    "libsqlite3-dev",
    "libssl-dev",
    "uuid-dev",
    "zlib1g-dev",
)
"""Packages of Debian that every module of a Python is compiled with (devguide.python.org, build dependencies)."""

RUN_PACKAGES = (
    "libbz2-1.0",
    "libffi8",
    "libgdbm6",
    "liblzma5",
    "libncursesw6",
    "libreadline8",
    "libsqlite3-0",
    "libssl3",
    "libuuid1",
    "zlib1g",
)
"""What those modules need where they were not compiled."""

T64 = ("libgdbm6", "libreadline8", "libssl3")
"""Those of them whose names end with t64 since times have 64 bits on every machine."""

T64_SINCE = {"debian": (13,), "ubuntu": (24, 4)}


def libc_version(text: str) -> tuple[int, ...]:
    """Of ``glibc 2.36`` the numbers, () for a library that has none."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", text.partition(" ")[2]))


def builders(builds: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, str]:
    """The host that builds, for each ``NAME MACHINE`` that a host wants and nobody has built yet.

    ``builds`` are the hosts in the order of the play, each with rows of ``name``, ``machine`` (uname -m), ``libc`` and
    ``published``.
    """
    chosen: dict[str, tuple[tuple[int, ...], str]] = {}
    for host, rows in builds.items():
        for row in rows:
            key, libc = f"{row['name']} {row['machine']}", libc_version(row["libc"])
            if not row["published"] and (key not in chosen or libc < chosen[key][0]):
                chosen[key] = (libc, host)
    return {key: host for key, (_libc, host) in chosen.items()}


def published(folder: Path, name: str, machine: str, libc: str) -> dict[str, Any]:
    """What was published as ``name`` and runs with ``libc``: ``path``, ``sha256``, ``modules``; or an empty mapping."""
    note = folder / f"{name}-{machine}.json"
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
        path = folder / str(found["archive"])
        usable = path.is_file() and libc_version(found["libc"]) <= libc_version(libc)
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {**found, "path": str(path)} if usable else {}


def publish(folder: Path, name: str, machine: str, about: dict[str, Any], fetch: Callable[[str], None]) -> Path:
    """Keep what ``fetch`` brings to a path; ``about`` has its ``sha256``, ``libc`` and ``modules``. Returns its path.

    Raises `PyhostError` when it is not what the host has packed.
    """
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as work:
        archive = Path(work) / "archive"
        fetch(str(archive))
        found = sha256_file(archive)
        if found != about["sha256"]:
            raise PyhostError(f"{name}: SHA-256 of what was fetched is {found}, expected {about['sha256']}")
        final = folder / f"{name}-{machine}-{found[:12]}.tar.gz"
        note = Path(work) / "note"
        note.write_text(json.dumps({**about, "archive": final.name}, indent=1, sort_keys=True), encoding="utf-8")
        for path in (archive, note):
            path.chmod(0o644)
        os.replace(archive, final)
        os.replace(note, folder / f"{name}-{machine}.json")
    return final


def packages(mine: bool, system: Mapping[str, str]) -> list[str]:
    """Packages for a host that builds (``mine``), or gets what another one has built; ``system`` is its os-release."""
    if mine:
        return list(BUILD_PACKAGES)
    version = tuple(int(part) for part in re.findall(r"[0-9]+", system.get("VERSION_ID", "")))
    renamed = version >= T64_SINCE.get(system.get("ID", ""), (1000,))
    return [f"{name}t64" if renamed and name in T64 else name for name in RUN_PACKAGES]
