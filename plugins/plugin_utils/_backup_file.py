# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One backup as a file: a plain tar, whose last member is the manifest. PRIVATE to the collection.

It is written aside and renamed when it is whole, so what has a backup's name is one. A member's size is not known
before its end; its header is then written anew. ``tar xf`` and ``sha256sum -c`` take it apart without us.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

FORMAT = 1
MANIFEST = "manifest.json"
STAGE = ".stage-"
CHUNK = 4 << 20
LARGEST_MANIFEST = 32 << 20


class Writer:
    """The archive ``path`` while it is written; nobody else can read it, then and later."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stage = path.with_name(f"{STAGE}{path.name}")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        forget_killed(path.parent)
        descriptor = os.open(self.stage, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        self._stream = os.fdopen(descriptor, "r+b")
        fcntl.flock(self._stream, fcntl.LOCK_EX)
        self._start = 0
        self._digest = hashlib.sha256()
        self.members: dict[str, dict[str, Any]] = {}

    def begin(self) -> None:
        self._start = self._stream.tell()
        self._digest = hashlib.sha256()
        self._stream.write(bytes(tarfile.BLOCKSIZE))

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self._stream.write(data)

    def end(self, name: str, moment: float, about: dict[str, Any]) -> None:
        """The member is whole; ``about`` is what the manifest says of it."""
        size = self._stream.tell() - self._start - tarfile.BLOCKSIZE
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(moment)
        header = info.tobuf(tarfile.GNU_FORMAT)
        if len(header) != tarfile.BLOCKSIZE:
            raise PyhostError(f"{name[:40]!r} cannot name a member")
        self._stream.seek(self._start)
        self._stream.write(header)
        self._stream.seek(0, os.SEEK_END)
        self._stream.write(bytes(-size % tarfile.BLOCKSIZE))
        if name != MANIFEST:
            self.members[name] = {**about, "size": size, "sha256": self._digest.hexdigest()}

    def finish(self, manifest: dict[str, Any], moment: float) -> int:
        """Write the manifest, and give the archive its name; returns its bytes."""
        self.begin()
        whole = {"format": FORMAT, **manifest, "members": self.members}
        self.write(json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n")
        self.end(MANIFEST, moment, {})
        self._stream.write(bytes(2 * tarfile.BLOCKSIZE))
        self._stream.flush()
        os.fsync(self._stream.fileno())
        size = self._stream.tell()
        os.replace(self.stage, self.path)
        self._stream.close()
        return size

    def abandon(self) -> None:
        """Leave nothing; after `finish` this does nothing."""
        if not self._stream.closed:
            self.stage.unlink(missing_ok=True)
            self._stream.close()


def forget_killed(folder: Path) -> None:
    """Remove what killed runs left half: nobody holds its lock any more."""
    for path in folder.glob(f"{STAGE}*"):
        with suppress(OSError), path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


class Reader:
    """An archive that is there; raises `PyhostError` when it is no backup, or not of ``app``."""

    def __init__(self, path: Path, app: str) -> None:
        self.path = path
        try:
            self._stream: IO[bytes] = path.open("rb")
        except OSError as error:
            raise PyhostError(f"{path} cannot be read: {error.strerror}") from error
        try:
            self._places = self._headers()
            self.manifest = self._manifest(app)
        except BaseException:
            self._stream.close()
            raise

    def _damaged(self, why: str) -> PyhostError:
        return PyhostError(f"{self.path} is damaged or no backup: {why}; nothing was changed")

    def _headers(self) -> dict[str, tuple[int, int]]:
        """Name to place and size of each member; only headers are read."""
        found: dict[str, tuple[int, int]] = {}
        size = os.fstat(self._stream.fileno()).st_size
        try:
            with tarfile.open(fileobj=self._stream, mode="r:") as tar:
                for info in tar:
                    if not info.isreg() or info.name in found or info.offset_data + info.size > size:
                        raise self._damaged(f"its member {info.name!r} is not as we write them")
                    found[info.name] = (info.offset_data, info.size)
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise self._damaged(str(error)) from error
        return found

    def _manifest(self, app: str) -> dict[str, Any]:
        place, size = self._places.get(MANIFEST, (0, 0))
        if not size or size > LARGEST_MANIFEST:
            raise self._damaged(f"it has no {MANIFEST}, which is written last")
        self._stream.seek(place)
        try:
            value = json.loads(self._stream.read(size))
            found, number, members = value["app"], value["format"], dict(value["members"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(f"{MANIFEST} cannot be read ({error})") from error
        if number != FORMAT:
            text = f"{self.path} has format {number!r}, and this version of the collection reads {FORMAT}"
            raise PyhostError(f"{text}; nothing was changed")
        if found != app:
            raise PyhostError(f"{self.path} is a backup of {found}, not of {app}; nothing was changed")
        there = {name: size for name, (_place, size) in self._places.items() if name != MANIFEST}
        if there != {name: row.get("size") for name, row in members.items()}:
            raise self._damaged("its members are not those that its manifest names")
        return dict(value)

    def verify(self, progress: Callable[[int], None]) -> None:
        """Compare every member with the manifest's SHA-256; raises `PyhostError`."""
        for name, row in self.manifest["members"].items():
            digest = hashlib.sha256()
            for data in self.content(name):
                digest.update(data)
                progress(len(data))
            if digest.hexdigest() != row.get("sha256"):
                raise self._damaged(f"{name} is not what was written (its SHA-256 differs)")

    def content(self, name: str) -> Iterator[bytes]:
        """The bytes of a member."""
        place, left = self._places[name]
        self._stream.seek(place)
        while left:
            data = self._stream.read(min(CHUNK, left))
            if not data:
                raise self._damaged(f"{name} ends in the middle")
            left -= len(data)
            yield data

    @property
    def size(self) -> int:
        return sum(row["size"] for row in self.manifest["members"].values())

    def close(self) -> None:
        self._stream.close()
