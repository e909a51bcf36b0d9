# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the members of a tar or zip archive as one kind of value. PRIVATE to the collection.

Nothing here writes. The tar reader is fed by a stream that only moves forward, counts what was really
decompressed and refuses huge single reads, so that neither a bomb nor a forged header can fill the memory.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Callable, cast

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

CHUNK = 256 * 1024
_MAX_READ = 1024 * 1024
_PER_MEMBER = 4096
_MAX_LINK = 4096
_DAMAGE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    ValueError, OverflowError, NotImplementedError, RuntimeError, MemoryError,
)  # fmt: skip


class ArchiveError(PyhostError):
    """The archive cannot be used; the text names the archive and, where there is one, the member."""


@dataclass(frozen=True)
class ExtractLimits:
    """What an archive may unpack to: ``max_bytes`` of file contents, ``max_members`` entries of any kind."""

    max_bytes: int = 2 * 1024**3
    max_members: int = 100_000


LATEST = 1 << 33
"""Seconds since the epoch that no real file has reached."""


@dataclass(frozen=True)
class Member:
    """One entry: ``name`` as the archive spells it (unchecked), ``kind`` is ``file``, ``directory``,
    ``symlink``, ``hard link`` or the name of something that is never extracted; ``link`` the target;
    ``time`` when it was changed, in seconds since the epoch, 0 where that is not known.
    """

    name: str
    kind: str
    executable: bool = False
    link: str = ""
    content: Callable[[], IO[bytes]] | None = None
    time: int = 0


def _seconds(value: float) -> int:
    """A time of a tarball, where anything may be written, as one that a file can have; else 0."""
    return int(value) if 0 < value < LATEST else 0


def name_problem(name: str) -> str:
    """Why no file may have this name ("" when it may): what follows the name in a message."""
    if any(ord(char) < 32 or ord(char) == 127 for char in name):
        return "has a control character in its name"
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "has a name that is not UTF-8"
    return ""


@contextmanager
def reading(archive: Path) -> Iterator[None]:
    """Turn whatever the decoders raise on bad bytes into ``ArchiveError``."""
    try:
        yield
    except _DAMAGE as error:
        raise ArchiveError(f"{archive} is damaged: {error or type(error).__name__}") from None


class _Stream:
    """The decompressed tar as tarfile wants it (read, seek, tell), forward only, counted and capped."""

    def __init__(self, raw: IO[bytes], archive: Path, limits: ExtractLimits) -> None:
        self.raw = raw
        self.too_much = f"{archive} holds more than {limits.max_bytes} bytes"
        self.cap = limits.max_bytes + _PER_MEMBER * limits.max_members + _MAX_READ
        self.kept = b""
        self.end = 0
        self.position = 0
        self.last = b""

    def _advance(self, size: int) -> bytes:
        data = self.raw.read(size)
        self.end += len(data)
        if self.end > self.cap:
            raise ArchiveError(self.too_much)
        self.kept = data or self.kept
        return data

    def read(self, size: int) -> bytes:
        if size > _MAX_READ:
            raise tarfile.ReadError("a header is too large")
        behind = self.end - self.position
        data = self.kept[-behind:][:size] if behind else b""
        if len(data) < size:
            data += self._advance(size - len(data))
        self.position += len(data)
        self.last = data
        return data

    def seek(self, position: int) -> int:
        if position < self.end - len(self.kept):
            raise tarfile.ReadError("a header points backwards")
        while position > self.end:
            if not self._advance(min(position - self.end, CHUNK)):
                break
        self.position = min(position, self.end)
        return self.position

    def tell(self) -> int:
        return self.position


def _decompressed(handle: IO[bytes]) -> IO[bytes]:
    """``handle`` seen through the decompressor that its first bytes ask for."""
    magic = handle.read(6)
    handle.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return cast(IO[bytes], gzip.GzipFile(fileobj=handle))
    if magic[:3] == b"BZh":
        return cast(IO[bytes], bz2.BZ2File(handle))
    if magic == b"\xfd7zXZ\x00":
        return cast(IO[bytes], lzma.LZMAFile(handle))
    return handle


_TAR_KINDS: tuple[tuple[str, str], ...] = (
    ("isreg", "file"), ("isdir", "directory"), ("issym", "symlink"), ("islnk", "hard link"),
    ("isfifo", "FIFO"), ("isdev", "device"),
)  # fmt: skip


def _tar_member(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    kind = next((kind for test, kind in _TAR_KINDS if getattr(info, test)()), "unknown")
    link = info.linkname if kind in ("symlink", "hard link") else ""
    return Member(
        info.name,
        kind,
        bool(info.mode & 0o100),
        link,
        lambda: cast(IO[bytes], tar.extractfile(info)),
        _seconds(info.mtime),
    )


def _tar_members(archive: Path, handle: IO[bytes], limits: ExtractLimits) -> Iterator[Member]:
    with reading(archive):
        stream = _Stream(_decompressed(handle), archive, limits)
        try:
            tar = tarfile.TarFile(fileobj=cast(Any, stream), encoding="utf-8", errors="surrogateescape")
        except tarfile.ReadError:
            raise ArchiveError(f"{archive} is not a tar or zip archive") from None
    while True:
        with reading(archive):
            info = tar.next() if tar.offset else None  # 0: it begins with its end
        if info is None:
            break
        yield _tar_member(tar, info)
        cast(Any, tar).members.clear()  # or they pile up in memory
    if stream.last.strip(b"\0") or len(stream.last) != tarfile.BLOCKSIZE:
        raise ArchiveError(f"{archive} is damaged: it ends in the middle")
    with reading(archive):
        while stream.read(CHUNK):  # up to the checksum, which is the last thing in a compressed file
            pass


def _zip_link(archive: Path, bundle: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    with reading(archive), bundle.open(info) as handle:
        return handle.read(_MAX_LINK).decode("utf-8")


def _zip_kind(info: zipfile.ZipInfo) -> str:
    form = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 1:
        return "encrypted file"
    if form == stat.S_IFLNK:
        return "symlink"
    if form not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "FIFO" if form == stat.S_IFIFO else "device"
    return "directory" if info.orig_filename.endswith("/") or form == stat.S_IFDIR else "file"


def _zip_members(archive: Path, handle: IO[bytes]) -> Iterator[Member]:
    with reading(archive):
        bundle = zipfile.ZipFile(handle)
    for info in bundle.infolist():
        kind = _zip_kind(info)
        link = _zip_link(archive, bundle, info) if kind == "symlink" else ""
        executable = bool((info.external_attr >> 16) & 0o100)
        yield Member(info.orig_filename, kind, executable, link, lambda info=info: bundle.open(info))  # type: ignore[misc]


def members(archive: Path, limits: ExtractLimits) -> Iterator[Member]:
    """The entries of ``archive`` in its own order; the kind of archive is told by content, not by name.

    Contents can be read only until the next entry is asked for. Raises ``ArchiveError``.
    """
    try:
        handle = os.fdopen(os.open(archive, os.O_RDONLY | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise ArchiveError(f"{archive} cannot be read: {error.strerror}") from None
    with handle:
        with reading(archive):
            magic = handle.read(4)
            handle.seek(0)
        if magic in (b"PK\x03\x04", b"PK\x05\x06"):
            yield from _zip_members(archive, handle)
        else:
            yield from _tar_members(archive, handle, limits)
