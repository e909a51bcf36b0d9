# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Room on a disk: refuse what cannot fit, and say it plainly when a disk refuses. PRIVATE to the collection.

A home is named as its administrator knows it; inside a cell the same directory is seen as ``/srv``.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

MB = 1 << 20
UNCOUNTED = 1 << 40
"""Inodes of a filesystem that makes them as it needs them, and so counts none."""


@dataclass(frozen=True)
class Room:
    """Bytes and inodes."""

    size: int
    inodes: int

    def __str__(self) -> str:
        inodes = "" if self.inodes >= UNCOUNTED else f" and {self.inodes} inodes"
        return f"{self.size // MB} MB{inodes}"


RELEASE = Room(16 * MB, 500)
"""What a release needs at least, besides the size of its archive."""

VIRTUALENV = Room(64 * MB, 2000)
"""What a virtualenv needs at least: that of the smallest app takes 10 MB from uv and 30 MB from pip."""

FILE_LIMIT = 4 << 30
"""Bytes that one file of a build may have; an index that never stops sending ends there."""

CAUSES = {
    errno.ENOSPC: "no space on {place}: {room}; free some, then run again",
    errno.EDQUOT: "the disk quota on {place} is used up (of the disk itself {room}); free some, then run again",
    errno.EROFS: "{place} is read-only; have its disk mended, then run again",
    errno.EIO: "the disk of {place} fails (input/output error); have it mended, then run again",
}
"""What a disk refuses with, for people."""

SAID = {os.strerror(number): number for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)}
_SAID = re.compile("|".join(map(re.escape, SAID)))
_NUMBER = re.compile(r"\[Errno (\d+)\]")


def free(path: Path) -> Room:
    """What is free on the filesystem of ``path``, or of its nearest parent that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    found = os.statvfs(path)
    return Room(found.f_bavail * found.f_frsize, found.f_favail if found.f_files else UNCOUNTED)


def require(path: Path, name: str, least: Room, more: int = 0) -> None:
    """Raise `PyhostError` unless ``least`` and ``more`` bytes are free at ``path``, which people call ``name``."""
    there = free(path)
    needed = Room(least.size + more, least.inodes)
    if there.size >= needed.size and there.inodes >= needed.inodes:
        return
    raise PyhostError(
        f"no space on {name}: {there} free, at least {needed} needed (estimated); free some, then run again"
    )


def refusal_in(error: BaseException) -> OSError | None:
    """The disk's refusal that is ``error`` itself or what it was raised from."""
    cause: BaseException | None = error
    while cause and not (isinstance(cause, OSError) and _number(cause)):
        cause = cause.__cause__
    return cause if isinstance(cause, OSError) else None


def _number(error: OSError) -> int:
    """What the disk refused with; 0 when it did not."""
    if error.errno in CAUSES:
        return int(error.errno)
    if error.errno is None:  # shutil.copytree tells of every file that it could not copy, in words
        numbers = [int(one) for one in _NUMBER.findall(str(error))]
        return next((one for one in numbers if one in CAUSES), 0)
    # tempfile hides why no directory for temporary files can be used.
    hidden = error.errno == errno.ENOENT and error.filename is None and "temporary directory" in str(error.strerror)
    return errno.ENOSPC if hidden else 0


def sentence(error: OSError, home: Path, name: str) -> str:
    """The disk's refusal ``error`` as a sentence with path, free room and fix."""
    path = Path(tempfile.tempdir or "/tmp") if error.errno == errno.ENOENT else _written(error)
    ours = path is None or path.is_relative_to(home)
    text = _refusal(_number(error), home if path is None else path, name if ours else str(path))
    if path is None or path == home or not ours:
        return text
    return f"{text} ({Path(name, path.relative_to(home))} could not be written)"


def _written(error: OSError) -> Path | None:
    """What could not be written, as far as the error knows: of two names, such as of a link, it is the second."""
    name = error.filename2 or error.filename
    path = Path(os.fsdecode(name)) if isinstance(name, (str, bytes)) else None
    return path if path and path.is_absolute() else None


def said(output: str, path: Path, name: str) -> str:
    """The disk's refusal that a program tells of in its ``output``; "" when it tells of none.

    Everything outside of its cell is read-only for a program, so that says nothing unless ``path`` is, too.
    """
    found = _SAID.search(output)
    number = SAID[found[0]] if found else 0
    if not number or (number == errno.EROFS and not os.statvfs(path).f_flag & os.ST_RDONLY):
        return ""
    return _refusal(number, path, name, "free after it ended")


@contextmanager
def named(path: Path, name: str) -> Iterator[None]:
    """Begin the error of a program that failed in the block with the disk's refusal, if the error shows one."""
    try:
        yield
    except PyhostError as error:
        refused = said(str(error), path, name)
        if not refused:
            raise
        raise PyhostError(f"{refused}; {error}") from error


def _refusal(number: int, path: Path, place: str, when: str = "free") -> str:
    return CAUSES[number].format(place=place, room=f"{free(path)} {when}")
