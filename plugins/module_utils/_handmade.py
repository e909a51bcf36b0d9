# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody changed by hand in code and packages that deploys never change. Runs as the cell's user. PRIVATE.

A release is sealed when it is ready, which sets the time of every inode; a virtualenv has its marker written last.
What is younger was changed afterwards. Names are told, contents are not compared.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home

SLACK = 2.0
"""Seconds by which the clock of a file system may differ."""

SHOWN = 5
"""Names that are told."""

SECONDS = 2.0
MOST = 50_000
"""What a look at one tree may take; a larger one is looked at in part."""


def code(home: Path, release: str) -> list[str]:
    """Files and directories of a release that were changed since it was sealed; empty where that cannot be told."""
    sealed = _files.read_json(home / "releases" / f"{release}.json").get("sealed")
    if not isinstance(sealed, (int, float)) or not release:
        return []
    root = home / "releases" / release
    found: list[str] = []
    end, left = time.monotonic() + SECONDS, MOST
    for directory, names, files in os.walk(root):
        left -= len(files) + 1
        if left < 0 or time.monotonic() > end or len(found) >= SHOWN:
            break
        names[:] = [name for name in names if name != "__pycache__"]
        young = [name for name in files if _young(os.path.join(directory, name), sealed) and not name.endswith(".pyc")]
        found += [os.path.relpath(os.path.join(directory, name), root) for name in sorted(young)]
        if not young and _young(directory, sealed) and not os.path.isdir(os.path.join(directory, "__pycache__")):
            place = os.path.relpath(directory, root)
            found.append("its directory" if place == "." else f"{place}/")
    return found[:SHOWN]


def _young(path: str, sealed: float) -> bool:
    try:
        return os.lstat(path).st_ctime > sealed + SLACK
    except OSError:
        return False


def packages(prefix: Path) -> list[str]:
    """Packages that were installed, changed or removed in a virtualenv since it was built."""
    marker = prefix / _home.MARKER
    told = _files.read_json(marker).get("packages")
    try:
        built = marker.stat().st_mtime
        entries = [one for place in prefix.glob("lib/python3*/site-packages") for one in os.scandir(place)]
    except OSError:
        return []
    if not isinstance(told, dict) or not entries:
        return []
    there = {}
    for entry in entries:
        name = re.fullmatch(r"(.+?)-[^-]+\.(?:dist-info|egg-info)", entry.name)
        if name:
            there[_normal(name[1])] = entry.stat(follow_symlinks=False).st_mtime
    known = {_normal(str(name)) for name in told}
    young = {name for name, when in there.items() if when > built + SLACK or name not in known}
    return sorted([*young, *(f"{name} (removed)" for name in known - set(there))])[:SHOWN]


def _normal(name: str) -> str:
    """The name of a project as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
