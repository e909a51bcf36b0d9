# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packing a tree so that equal trees give equal bytes, and the digest that names it. PRIVATE to the collection."""

from __future__ import annotations

import gzip
import hashlib
import os
import posixpath
import stat
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from ansible_collections.pyhost.platform.plugins.module_utils._errors import LeavesSource, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._members import name_problem

_CHUNK = 1024 * 1024
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class _Entry:
    """One file or symlink of the tree; ``link`` is the symlink's target ("" for a file)."""

    name: str
    path: str
    executable: bool
    link: str


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits. Raises OSError."""
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        for data in iter(lambda: handle.read(_CHUNK), b""):
            digest.update(data)
    return digest.hexdigest()


def _checked_link(root: str, name: str, path: str) -> str:
    """The target of a symlink that stays inside the tree wherever the tree is put; else an error."""
    link = os.readlink(path)
    place = posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
    real = os.path.realpath(path)
    inside = real == root or real.startswith(root + os.sep)
    if link.startswith("/") or place.split("/")[0] == ".." or not inside:
        text = f"{path} is a symlink to {link!r}, outside the source; remove it or name it in .pyhostignore"
        raise LeavesSource(text, name)
    return link


def _entries(root: Path, names: Iterable[str]) -> Iterator[_Entry]:
    """What ``names`` are, sorted; sockets, devices, FIFOs and directories are left out."""
    base = os.path.realpath(root)
    for name in sorted(set(names)):
        problem = name_problem(name)
        if problem:
            raise PyhostError(f"{str(root)!r}: {name!r} {problem}; rename it or name it in .pyhostignore")
        path = os.path.join(base, name)
        try:
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                yield _Entry(name, path, False, _checked_link(base, name, path))
            elif stat.S_ISREG(mode):
                yield _Entry(name, path, bool(mode & 0o100), "")
        except OSError as error:
            raise PyhostError(f"{path} cannot be read: {error.strerror}") from None


def _content_digest(path: str) -> bytes:
    digest = hashlib.sha256()
    descriptor = os.open(path, _READ)
    try:
        while True:
            data = os.read(descriptor, _CHUNK)
            if not data:
                return digest.digest()
            digest.update(data)
    finally:
        os.close(descriptor)


def tree_digest(root: Path, names: Iterable[str]) -> str:
    """SHA-256 (64 hexadecimal digits) over name, kind, executable bit and content or link target of each file.

    Owners, times and the rest of the mode do not count. Raises ``PyhostError`` naming the file.
    """
    digest = hashlib.sha256()
    for entry in _entries(root, names):
        kind = "link" if entry.link else "exec" if entry.executable else "file"
        try:
            content = os.fsencode(entry.link) if entry.link else _content_digest(entry.path)
        except OSError as error:
            raise PyhostError(f"{entry.path} cannot be read: {error.strerror}") from None
        for part in (entry.name.encode("utf-8"), kind.encode(), content):
            digest.update(b"%d:%s," % (len(part), part))
    return digest.hexdigest()


def _tar(out: gzip.GzipFile) -> tarfile.TarFile:
    return tarfile.open(fileobj=cast(IO[bytes], out), mode="w", format=tarfile.PAX_FORMAT)


def _add(tar: tarfile.TarFile, entry: _Entry) -> None:
    info = tarfile.TarInfo(entry.name)
    info.mode = 0o755 if entry.executable else 0o644
    if entry.link:
        info.type, info.linkname = tarfile.SYMTYPE, entry.link
        tar.addfile(info)
        return
    with os.fdopen(os.open(entry.path, _READ), "rb") as handle:
        info.size = os.fstat(handle.fileno()).st_size
        tar.addfile(info, handle)


def pack(root: Path, names: Iterable[str], out: Path) -> None:
    """Write the files ``names`` (relative to ``root``) to ``out`` as tar.gz; equal trees give equal bytes.

    Sorted, without owners and times, modes 0644 and 0755. Symlinks stay symlinks; one that leaves the tree
    is a ``PyhostError``, as is a file that cannot be read. ``out`` is not there after an error.
    """
    try:
        with open(out, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as zipped, _tar(zipped) as tar:
            for entry in _entries(root, names):
                _pack_one(tar, entry)
    except BaseException:
        if os.path.isfile(out):
            os.unlink(out)
        raise


def _pack_one(tar: tarfile.TarFile, entry: _Entry) -> None:
    try:
        _add(tar, entry)
    except OSError as error:
        reason = error.strerror or "it changed while it was read"
        raise PyhostError(f"{entry.path} cannot be read: {reason}") from None
