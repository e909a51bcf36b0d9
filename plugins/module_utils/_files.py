# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write files and links so that a kill leaves the old or the new, never half. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any, BinaryIO

STAGE = ".stage-"
"""Prefix of what is not finished yet; whatever bears it after a crash is garbage."""

TAIL = 64 * 1024
"""Bytes that are read of the end of a log."""

LIMIT = 8 << 20
"""Bytes that a file of ours may have; a larger one was not written by us."""


def write(path: Path, text: str, mode: int = 0o640) -> None:
    """Replace the file ``path`` as a whole; the bytes are on disk before the name is."""
    stage = path.with_name(f"{STAGE}{path.name}.{os.getpid()}")
    descriptor = os.open(stage, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(stage, path)
    except BaseException:
        stage.unlink(missing_ok=True)
        raise


def link(path: Path, target: str) -> bool:
    """Make ``path`` a symbolic link to ``target`` by one rename; false when it was that already."""
    if path.is_symlink() and os.readlink(path) == target:
        return False
    stage = path.with_name(f"{STAGE}{path.name}.{os.getpid()}")
    stage.unlink(missing_ok=True)
    os.symlink(target, stage)
    os.replace(stage, path)
    return True


def link_target(path: Path) -> str:
    """Where the link ``path`` leads, as it is written; "" when there is none."""
    try:
        return os.readlink(path)
    except OSError:
        return ""


def read_regular(path: Path, limit: int = LIMIT) -> bytes:
    """The content of a regular file; raises `OSError` for anything else and for more than ``limit`` bytes.

    Whoever owns the directory may have put a pipe there, which would never end.
    """
    with _open_regular(path) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise OSError(f"{path} is larger than {limit} bytes")
    return content


def _open_regular(path: Path) -> BinaryIO:
    stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise OSError(f"{path} is no regular file")


def text_since(path: Path, start: int) -> str:
    """What a log says from byte ``start`` on (all of it when it is shorter), `TAIL` bytes at most; "" for none."""
    try:
        with _open_regular(path) as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(start if start <= size else 0, size - TAIL))
            return stream.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def last_lines(path: Path, count: int) -> str:
    """The last ``count`` lines of a log; "" when it cannot be read."""
    return "\n".join(text_since(path, 0).splitlines()[-count:])


def move_text(source: Path, target: Path) -> None:
    """Append one log to another and remove it."""
    with _open_regular(source) as stream, target.open("ab") as whole:
        shutil.copyfileobj(stream, whole)
    source.unlink()


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in ``path``; empty when the file is missing or is not one."""
    try:
        value = json.loads(read_regular(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def seal(root: Path) -> None:
    """Take the write permission of everything below ``root``; links are left alone."""
    _chmod_all(root, lambda mode: mode & ~0o222)


def remove(root: Path) -> None:
    """Remove a tree even where it was sealed; nothing happens when it is not there."""
    if root.is_symlink() or root.is_file():
        root.unlink()
    elif root.is_dir():
        # Root needs no permission, and must not change modes by path where somebody else may swap names.
        for directory, _names, _files in os.walk(root) if os.geteuid() else ():
            os.chmod(directory, 0o700)
        shutil.rmtree(root)


def discard(path: Path) -> None:
    """Remove a tree so that a kill leaves no half of it under its name."""
    stage = path.with_name(f"{STAGE}{path.name}.{os.getpid()}")
    os.rename(path, stage)
    remove(stage)


def size(root: Path) -> int:
    """Bytes of disk that removing a tree would free: a file counts when all its names are in the tree."""
    seen: dict[tuple[int, int], list[int]] = {}
    for directory, names, files in os.walk(root):
        for name in (*files, *names):
            entry = os.lstat(os.path.join(directory, name))
            links = 1 if stat.S_ISDIR(entry.st_mode) else entry.st_nlink
            left = seen.setdefault((entry.st_dev, entry.st_ino), [links, entry.st_blocks * 512])
            left[0] -= 1
    return sum(size for links, size in seen.values() if links <= 0)


def _chmod_all(root: Path, change: Any) -> None:
    for directory, _names, files in os.walk(root, topdown=False):
        for name in files:
            path = os.path.join(directory, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                os.chmod(path, change(stat.S_IMODE(mode)))
        os.chmod(directory, change(stat.S_IMODE(os.lstat(directory).st_mode)))
