# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that an nginx has answered, counted in its access log. PRIVATE to the collection."""

from __future__ import annotations

import os
import re
import stat
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

MOST = 12 << 20
"""Bytes of logs that are read for one app, the newest; one part of a cell's log has 10 MB."""

BLOCK = 1 << 20

PARTS = ("", ".1", ".2")
"""Ends of the names of a log and its older parts, the newest first; older ones are compressed or do not matter."""

_TIME = re.compile(rb"\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]")
_FAILED = re.compile(rb'" 5\d\d ')
"""nginx writes a quote of a client's as \\x22, so the first quote and number is the status."""


def answered(log: Path, most: int = MOST) -> dict[str, Any]:
    """``answered`` requests since ``since`` (UTC, ISO 8601, "" for none), and ``errors`` among them: status 500 to 599.

    The time is that of the oldest line that was counted. What is no regular file counts nothing.
    """
    found: dict[str, Any] = {"answered": 0, "errors": 0, "since": ""}
    for end in PARTS:
        if most <= 0:
            break
        try:
            with _opened(Path(f"{log}{end}")) as stream:
                size = os.fstat(stream.fileno()).st_size
                lines, errors, since = _counted(stream, max(0, size - most), size)
        except OSError:
            break
        most -= size
        found = {
            "answered": found["answered"] + lines,
            "errors": found["errors"] + errors,
            "since": since or found["since"],
        }
    return found


def _opened(path: Path) -> BinaryIO:
    """Neither a pipe nor, in a directory of root's own, somebody's link."""
    stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW), "rb")
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise OSError(f"{path} is no regular file")


def _counted(stream: BinaryIO, start: int, end: int) -> tuple[int, int, str]:
    """Whole lines between two places, those of failures, and when the first of them was written."""
    stream.seek(start)
    if start:
        stream.readline(BLOCK)
    lines, errors, since = 0, 0, ""
    while stream.tell() < end:
        block = stream.read(BLOCK)
        block += stream.readline(BLOCK)
        if not block:
            break
        lines += block.count(b"\n")
        errors += len(_FAILED.findall(block))
        since = since or _time(_TIME.search(block))
    return lines, errors, since


def _time(found: re.Match[bytes] | None) -> str:
    try:
        when = datetime.strptime(found[1].decode(), "%d/%b/%Y:%H:%M:%S %z") if found else None
    except ValueError:
        when = None
    return f"{when.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}" if when else ""
