# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data directory of an app as one tar.gz, while the app runs. Runs as the cell's user. PRIVATE to the collection.

Links stay links, and hard links stay hard links. A SQLite database is copied by SQLite, so that it is one moment's, and
its journals are left out. Anything else that changes while it is read is told of.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

try:
    import sqlite3
except ImportError:  # a Python that was compiled without it
    sqlite3 = None  # type: ignore[assignment]

LEVEL = 3
"""Of gzip: 6 takes twice as long for a few percent."""

CHUNK = 1 << 20
SQLITE = b"SQLite format 3\0"
JOURNALS = ("-wal", "-shm", "-journal")
NAMED = 20
"""Names that a list of what was left out or has changed shows, at most."""


@dataclass
class Packed:
    """What was packed: number of files and their bytes; names of what was left out, and of what changed meanwhile."""

    files: int = 0
    size: int = 0
    left_out: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def about(self) -> dict[str, Any]:
        return {"files": self.files, "bytes": self.size, "left_out": self.left_out, "changed": self.changed}


def pack(data: Path, out: IO[bytes], sums: IO[bytes], scratch: Path) -> Packed:
    """Write everything below ``data`` to ``out``, and to ``sums`` a line for each file as sha256sum(1) writes it.

    ``scratch`` is a path for the copy of one SQLite database at a time. Raises `PyhostError` that names what cannot be
    read.
    """
    if data.is_symlink() or not data.is_dir():
        raise PyhostError(f"{data.name} is no directory any more, so there is nothing that a backup could hold")
    packing = _Packing(data, sums, scratch)
    with gzip.GzipFile("", "wb", LEVEL, out, mtime=0) as zipped, _tar(zipped) as tar:
        packing.directory(tar, "")
    return packing.packed


def _tar(out: gzip.GzipFile) -> tarfile.TarFile:
    pax, stream = tarfile.PAX_FORMAT, cast(Any, out)
    return tarfile.TarFile(fileobj=stream, mode="w", format=pax, encoding="utf-8", errors="surrogateescape")


class _Packing:
    def __init__(self, data: Path, sums: IO[bytes], scratch: Path) -> None:
        self.data = data
        self.sums = sums
        self.scratch = scratch
        self.packed = Packed()
        self.first: dict[tuple[int, int], str] = {}

    def directory(self, tar: tarfile.TarFile, name: str) -> None:
        """The directory and all that is in it; what vanishes meanwhile is not there."""
        path = self.data / name
        try:
            entry = os.lstat(path)
            names = sorted(os.listdir(path))
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unreadable(name, error) from error
        _add(tar, _info(name or ".", entry, tarfile.DIRTYPE))
        databases = {one for one in names if _is_sqlite(path / one)}
        for one in names:
            base, sign, end = one.rpartition("-")
            if sign and base in databases and f"-{end}" in JOURNALS:
                continue
            below = f"{name}/{one}" if name else one
            try:
                self._entry(tar, below, one in databases)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _unreadable(below, error) from error

    def _entry(self, tar: tarfile.TarFile, name: str, database: bool) -> None:
        path = self.data / name
        entry = os.lstat(path)
        if stat.S_ISDIR(entry.st_mode):
            return self.directory(tar, name)
        if stat.S_ISLNK(entry.st_mode):
            info = _info(name, entry, tarfile.SYMTYPE)
            info.linkname = os.readlink(path)
            return _add(tar, info)
        if not stat.S_ISREG(entry.st_mode):
            _note(self.packed.left_out, name)
            return None
        key = (entry.st_dev, entry.st_ino)
        if entry.st_nlink > 1 and key in self.first:
            info = _info(name, entry, tarfile.LNKTYPE)
            info.linkname = self.first[key]
            return _add(tar, info)
        self._file(tar, name, database)
        if entry.st_nlink > 1:
            self.first[key] = name
        return None

    def _file(self, tar: tarfile.TarFile, name: str, database: bool) -> None:
        path = self.data / name
        copied = database and self._copied(path)
        descriptor = os.open(self.scratch if copied else path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            with os.fdopen(descriptor, "rb") as stream:
                before = os.fstat(stream.fileno())
                info = _info(name, os.lstat(path) if copied else before, tarfile.REGTYPE)
                info.size = before.st_size
                reading = _Steady(stream, info.size)
                _add(tar, info, reading)
                after = os.fstat(stream.fileno())
        finally:
            if copied:
                self.scratch.unlink(missing_ok=True)
        same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        if not same or reading.short or (database and not copied):
            _note(self.packed.changed, name)
        self.packed.files += 1
        self.packed.size += info.size
        self.sums.write(sum_line(reading.digest.hexdigest(), name))

    def _copied(self, path: Path) -> bool:
        """Whether SQLite has made a copy of the database ``path``; one that it cannot read is taken as it is."""
        if sqlite3 is None:
            return False
        self.scratch.unlink(missing_ok=True)
        try:
            source = sqlite3.connect(path, timeout=60)
            try:
                target = sqlite3.connect(self.scratch)
                try:
                    source.backup(target)
                finally:
                    target.close()
            finally:
                source.close()
        except sqlite3.Error:
            self.scratch.unlink(missing_ok=True)
            return False
        return True


class _Steady:
    """Exactly ``size`` bytes of a file, with zeros for those that went meanwhile."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._left = size
        self.short = False
        self.digest = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        wanted = self._left if count < 0 else min(count, self._left)
        data = self._stream.read(wanted)
        if len(data) < wanted:
            self.short = True
            data += bytes(wanted - len(data))
        self._left -= wanted
        self.digest.update(data)
        return data


def sum_line(digest: str, name: str) -> bytes:
    """One line as sha256sum(1) writes it; a name with a backslash or a line break is escaped, and the line says so."""
    raw = os.fsencode(name)
    escaped = raw.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return (b"\\" if escaped != raw else b"") + digest.encode() + b"  " + escaped + b"\n"


def _info(name: str, entry: os.stat_result, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.mode = stat.S_IMODE(entry.st_mode)
    info.mtime = int(entry.st_mtime)
    info.pax_headers = {"mtime": f"{entry.st_mtime_ns // 10**9}.{entry.st_mtime_ns % 10**9:09}"}
    return info


def _add(tar: tarfile.TarFile, info: tarfile.TarInfo, content: Any = None) -> None:
    tar.addfile(info, content)
    cast(Any, tar).members.clear()  # or they pile up in memory


def _is_sqlite(path: Path) -> bool:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
            return stream.read(len(SQLITE)) == SQLITE
    except OSError:
        return False


def _note(names: list[str], name: str) -> None:
    if len(names) < NAMED:
        names.append(name.encode("utf-8", "backslashreplace").decode())


def _unreadable(name: str, error: OSError) -> PyhostError:
    return PyhostError(f"data/{name}: it cannot be read: {error.strerror}")


def walk_size(data: Path) -> Iterator[int]:
    """The sizes of the files below ``data``, as far as they can be seen."""
    for directory, _names, files in os.walk(data):
        for name in files:
            try:
                entry = os.lstat(os.path.join(directory, name))
            except OSError:
                continue
            if stat.S_ISREG(entry.st_mode):
                yield entry.st_size
