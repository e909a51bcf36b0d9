# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done to an app, in its order. Runs as the cell's user. PRIVATE to the collection.

``run/history.jsonl`` has one JSON object per line: ``time`` (UTC, ISO 8601), ``what`` (one of `WHAT`),
``release``, ``launch`` (its digest) and ``who``, and ``why`` where that is known. The newest lines are at the end.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files

WHAT = ("deployed", "rolled back", "release hook")
"""A deploy that failed and brought the old version back says "rolled back", too."""

KEPT = 200
"""Lines that are kept; at twice as many the older ones go."""


def append(home: Path, what: str, release: str, launch: str, who: str, why: str = "") -> None:
    """Record that ``what`` was done, and why; the line is on disk when this returns."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    row = {"time": now, "what": what, "release": release, "launch": launch, "who": who}
    line = json.dumps({**row, "why": why} if why else row)
    path = _path(home)
    if len(read(home)) >= 2 * KEPT:
        _files.write(path, "".join(json.dumps(row) + "\n" for row in read(home)[-KEPT:]))
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o640)
    try:
        size = os.fstat(descriptor).st_size
        whole = not size or os.pread(descriptor, 1, size - 1) == b"\n"
        os.write(descriptor, f"{'' if whole else chr(10)}{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(home: Path) -> list[dict[str, Any]]:
    """Every line that is one of ours; a line that a power cut left half is none."""
    try:
        lines = _files.read_regular(_path(home)).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    rows = (_row(line) for line in lines)
    return [row for row in rows if row]


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    names = ("time", "what", "release", "launch", "who")
    return row if isinstance(row, dict) and all(isinstance(row.get(name), str) for name in names) else {}


def _path(home: Path) -> Path:
    return home / "run" / "history.jsonl"
