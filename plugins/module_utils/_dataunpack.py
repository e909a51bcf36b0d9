# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A data directory out of the tar.gz of a backup. Runs as the cell's user. PRIVATE to the collection.

Whoever made the archive, nothing is written outside of the directory: no absolute name, no ``..``, nothing through a
link. Links are made as they were, wherever they lead, for they are the app's own.
"""

from __future__ import annotations

import gzip
import lzma
import os
import posixpath
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import IO, Any, cast

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

MODES = 0o1777
"""Of a mode, what is taken: no set-uid and no set-gid."""


def unpack(archive: IO[bytes], target: Path) -> int:
    """Write what ``archive`` holds into the new directory ``target``; returns the number of entries.

    Raises `PyhostError`; ``target`` is then half, and the caller's to remove.
    """
    target.mkdir(mode=0o700)
    unpacking = _Unpacking(target)
    try:
        with gzip.GzipFile(fileobj=archive, mode="rb") as zipped:
            with tarfile.open(fileobj=cast(Any, zipped), mode="r|", encoding="utf-8", errors="surrogateescape") as tar:
                while True:
                    info = tar.next()
                    if info is None:
                        break
                    unpacking.take(tar, info)
                    cast(Any, tar).members.clear()
            while zipped.read(1 << 20):  # up to its checksum
                pass
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise PyhostError(f"the archive of the data directory is damaged: {error}") from error
    unpacking.finish()
    return unpacking.count


class _Unpacking:
    def __init__(self, target: Path) -> None:
        self.target = target
        self.count = 0
        self.kinds: dict[str, bytes] = {"": tarfile.DIRTYPE}
        self.directories: list[tuple[str, int, int]] = []

    def take(self, tar: tarfile.TarFile, info: tarfile.TarInfo) -> None:
        name = self._clean(info.name)
        self.count += 1
        if info.isdir():
            self._make(name)
            self.directories.append((name, info.mode & MODES, _nanoseconds(info)))
            return
        if not name or name in self.kinds:
            raise _refused(info.name, "appears twice")
        self._parents(name, info.name)
        path = self.target / name
        if info.issym():
            os.symlink(info.linkname, path)
            os.utime(path, ns=(_nanoseconds(info),) * 2, follow_symlinks=False)
        elif info.islnk():
            first = self._clean(info.linkname)
            if self.kinds.get(first) != tarfile.REGTYPE:
                raise _refused(info.name, "is a hard link to what is no file of the archive")
            os.link(self.target / first, path, follow_symlinks=False)
        elif info.isreg():
            self._file(cast(IO[bytes], tar.extractfile(info)), path, info)
        else:
            raise _refused(info.name, "is neither a file nor a directory nor a link")
        self.kinds[name] = tarfile.REGTYPE if info.isreg() or info.islnk() else tarfile.SYMTYPE

    def _file(self, content: IO[bytes], path: Path, info: tarfile.TarInfo) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            shutil.copyfileobj(content, stream, 1 << 20)
            stream.flush()
            os.fchmod(stream.fileno(), info.mode & MODES)
            os.utime(stream.fileno(), ns=(_nanoseconds(info),) * 2)

    def _clean(self, name: str) -> str:
        """The name without ``.`` and empty parts."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or "\0" in name:
            raise _refused(name, "would lie outside of the data directory")
        return "/".join(parts)

    def _parents(self, name: str, shown: str) -> None:
        parent = posixpath.dirname(name)
        if self.kinds.get(parent) == tarfile.DIRTYPE:
            return
        if parent in self.kinds:
            raise _refused(shown, "would be written through what is no directory")
        self._make(parent)

    def _make(self, name: str) -> None:
        if self.kinds.get(name) == tarfile.DIRTYPE:
            return
        if name in self.kinds:
            raise _refused(name, "appears twice")
        self._parents(name, name)
        (self.target / name).mkdir(mode=0o700)
        self.kinds[name] = tarfile.DIRTYPE

    def finish(self) -> None:
        """Modes and times of directories, last: one may forbid to write into it."""
        for name, mode, mtime in reversed(self.directories):
            os.chmod(self.target / name, mode)
            os.utime(self.target / name, ns=(mtime, mtime))


def _nanoseconds(info: tarfile.TarInfo) -> int:
    """When the entry was changed; a float would be off by some hundred nanoseconds."""
    seconds, _point, rest = info.pax_headers.get("mtime", "").partition(".")
    if seconds.lstrip("-").isdigit() and rest.isdigit():
        return int(seconds) * 10**9 + int(rest[:9].ljust(9, "0"))
    return int(info.mtime * 10**9)


def _refused(name: str, why: str) -> PyhostError:
    return PyhostError(f"the archive of the data directory is not ours: {name!r} {why}")
