# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read an app's logs, and what comes after that. Runs as the cell's user. PRIVATE to the collection.

A *mark* says how far a log was read: its inode and an offset. The owner may put anything in place of a log: only
regular files are read, and no link is followed.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

NGINX = ("nginx.log", "access.log", "nginx-error.log")
DAEMON = "supervisord.log"
"""Shown by its name alone: what supervisord says of itself."""

INSTANCE = re.compile(r"(.+)_[0-9]+")
MOST = 256 << 10
"""Bytes of one answer."""

LINE = 16 << 10
"""Bytes after which a line is taken as it is, whether it has ended or not."""

TAIL = 64 << 10
PARTS = 100
POLL = 0.25


def logs(folder: Path) -> list[str]:
    """The logs in a folder by their names, the one that was written last at the end."""
    found = {}
    with suppress(OSError):
        for name in os.listdir(folder):
            entry = _entry(folder / name)
            if name.endswith(".log") and entry:
                found[name] = (entry.st_mtime, name)
    return sorted(found, key=lambda name: found[name])


def programs(names: Iterable[str]) -> dict[str, list[str]]:
    """What can be asked for, with its logs: programs, processes with all their instances, schedules alone or all."""
    found: dict[str, list[str]] = {}
    for name in names:
        stem = name[: -len(".log")]
        number = INSTANCE.fullmatch(stem)
        groups = {stem, "nginx" if name in NGINX else stem, number[1] if number else stem}
        if stem.startswith("cron-"):
            groups.add("cron")
        for group in groups:
            found.setdefault(group, []).append(name)
    return found


def chosen(names: list[str], program: str) -> list[str]:
    """The logs of ``program``, "" for all."""
    return programs(names).get(program, []) if program else [name for name in names if name != DAEMON]


@dataclass
class _Reading:
    """One answer that is being made: ``texts`` in order, with the names of their logs, and the new ``marks``."""

    folder: Path
    whole: bool
    texts: list[tuple[str, str]]
    marks: dict[str, list[int]]
    left: int = MOST

    def add(self, name: str, data: bytes) -> None:
        self.left -= len(data)
        if data:
            self.texts.append((name, data.decode("utf-8", "replace")))

    def rest(self, name: str, stream: BinaryIO, offset: int, ended: bool) -> bool:
        """Take what comes after ``offset``: whole lines, where the log has not ``ended``; whether that was all."""
        entry = os.fstat(stream.fileno())
        stream.seek(offset)
        data = stream.read(max(0, min(self.left, entry.st_size - offset)))
        all_of_it = offset + len(data) >= entry.st_size
        if not (all_of_it and (ended or self.whole)):
            end = data.rfind(b"\n") + 1
            data = data[: end if end or len(data) < LINE else len(data)]
        self.add(name, data)
        self.marks[name] = [entry.st_ino, offset + len(data)]
        return all_of_it


def begin(folder: Path, program: str, lines: int, follow: bool) -> dict[str, Any]:
    """The last ``lines`` lines of each log of ``program`` ("" for all), and marks to go on from.

    ``programs`` are those that there are; without ``follow`` a line that has not ended is shown, too. ``there`` is
    false for no folder at all.
    """
    names = logs(folder)
    reading = _Reading(folder, not follow, [], {})
    for name in chosen(names, program):
        with suppress(OSError), _open(folder / name) as stream:
            size = stream.seek(0, os.SEEK_END)
            reading.left = TAIL
            start = max(0, size - TAIL)
            stream.seek(start)
            data = stream.read(TAIL)
            reading.rest(name, stream, start + _begin_of(data, lines), ended=False)
    return {
        "texts": reading.texts,
        "marks": reading.marks,
        "programs": sorted(programs(names)),
        "there": folder.is_dir(),
    }


def _begin_of(data: bytes, lines: int) -> int:
    """Where the last ``lines`` lines begin; one that has not ended is one of them."""
    place = len(data) - data.endswith(b"\n")
    for _line in range(lines):
        place = data.rfind(b"\n", 0, max(0, place))
        if place < 0:
            return 0
    return place + 1 if lines else len(data)


def go_on(folder: Path, program: str, marks: Mapping[str, list[int]], wait: float) -> dict[str, Any]:
    """What came after ``marks``, as soon as something did, or nothing after ``wait`` seconds."""
    end = time.monotonic() + wait
    while True:
        found = _news(folder, program, marks)
        if found["texts"] or found["marks"] != dict(marks) or time.monotonic() >= end:
            return found
        time.sleep(POLL)


def _news(folder: Path, program: str, marks: Mapping[str, list[int]]) -> dict[str, Any]:
    reading = _Reading(folder, False, [], {name: list(mark) for name, mark in marks.items()})
    for name in sorted({*chosen(logs(folder), program), *marks}):
        if reading.left > 0:
            with suppress(OSError):
                _follow(reading, name, *marks.get(name, (0, 0)))
    return {"texts": reading.texts, "marks": reading.marks}


def _follow(reading: _Reading, name: str, inode: int, offset: int) -> None:
    """The rest of the log that was read before, even if it was turned over, and the one that has its name now."""
    now = _entry(reading.folder / name)
    if now and inode not in (0, now.st_ino):
        older = _part(reading.folder / name, inode)
        if older:
            with _open(older) as stream:
                if not reading.rest(name, stream, offset, ended=True):
                    return
        else:
            reading.texts.append((name, "(turned over before it was read)\n"))
        offset = 0
    if now:
        with _open(reading.folder / name) as stream:
            size = os.fstat(stream.fileno()).st_size
            reading.rest(name, stream, offset if offset <= size else 0, ended=False)


def _part(path: Path, inode: int) -> Path | None:
    """Where the file ``inode`` has gone to when its log was turned over."""
    for number in range(1, PARTS + 1):
        part = path.with_name(f"{path.name}.{number}")
        entry = _entry(part)
        if entry and entry.st_ino == inode:
            return part
    return None


def _entry(path: Path) -> os.stat_result | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _open(path: Path) -> BinaryIO:
    """Open a regular file; raises `OSError` for anything else, and waits for nothing."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no regular file")
    return os.fdopen(descriptor, "rb", buffering=0)
