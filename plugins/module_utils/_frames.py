# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several files of unknown length in one stream. Pure. PRIVATE to the collection.

A backup's agent writes it and a restore's agent reads it; the controller does the other half. Lines of JSON, and after
some of them bytes: ``{"begin": NAME, …}``, ``{"piece": N}`` and N bytes, as often as needed,
``{"end": NAME, "size": …, "sha256": …, …}``. A line with other keys is nobody's file: it ends the stream.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Union

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

PIECE = 1 << 20
"""Bytes of a piece, at most."""

LINE = 1 << 20
"""Bytes of a line, at most; it may list files."""

Event = Union[bytes, dict[str, Any]]


class Member(io.RawIOBase):
    """One file of the stream, to be written to; `close` does not end it, `finish` does."""

    def __init__(self, stream: BinaryIO, name: str, **about: Any) -> None:
        self._stream = stream
        self._name = name
        self._digest = hashlib.sha256()
        self._size = 0
        self._kept = bytearray()
        _line(stream, {"begin": name, **about})

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._kept += data
        while len(self._kept) >= PIECE:
            self._send(bytes(self._kept[:PIECE]))
            del self._kept[:PIECE]
        return len(data)

    def _send(self, data: bytes) -> None:
        if data:
            self._digest.update(data)
            self._size += len(data)
            _line(self._stream, {"piece": len(data)})
            self._stream.write(data)

    def finish(self, **about: Any) -> None:
        """Everything was written; ``about`` is what is known of the file only now."""
        self._send(bytes(self._kept))
        self._kept.clear()
        _line(self._stream, {"end": self._name, "size": self._size, "sha256": self._digest.hexdigest(), **about})
        self._stream.flush()


def _line(stream: BinaryIO, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value).encode() + b"\n")


def events(stream: BinaryIO) -> Iterator[Event]:
    """The lines and the bytes of ``stream`` in order, up to and with the line that ends it.

    Raises `PyhostError` when it is cut off, is no such stream, or a file is not what its end says.
    """
    digest, size, name = hashlib.sha256(), 0, ""
    while True:
        row = _read_line(stream)
        if "piece" in row:
            data = stream.read(_length(row["piece"]))
            if not name or len(data) != row["piece"]:
                raise PyhostError("the stream was cut off")
            digest.update(data)
            size += len(data)
            yield data
            continue
        if "begin" in row:
            if name:
                raise PyhostError(f"the stream begins {row['begin']!r} within {name!r}")
            digest, size, name = hashlib.sha256(), 0, str(row["begin"])
        elif "end" in row:
            if not name or (row["end"], row.get("size"), row.get("sha256")) != (name, size, digest.hexdigest()):
                raise PyhostError(f"{name or row['end']} did not arrive as it was sent")
            name = ""
        yield row
        if "begin" not in row and "end" not in row:
            return


def _length(number: Any) -> int:
    if not isinstance(number, int) or not 0 < number <= PIECE:
        raise PyhostError("the stream has a piece of no possible length")
    return number


def _read_line(stream: BinaryIO) -> dict[str, Any]:
    line = stream.readline(LINE + 1)
    if not line.endswith(b"\n"):
        raise PyhostError("the stream was cut off")
    try:
        row = json.loads(line)
    except ValueError as error:
        raise PyhostError("the stream has a line that is not ours") from error
    if not isinstance(row, dict):
        raise PyhostError("the stream has a line that is not ours")
    return row


class Incoming(io.RawIOBase):
    """The bytes of one file of ``stream``, to be read from, after its beginning was; ``end`` is its last line."""

    def __init__(self, stream: Iterator[Event]) -> None:
        self._stream = stream
        self._kept = b""
        self.end: dict[str, Any] = {}

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._kept and not self.end:
            event = next(self._stream)
            if isinstance(event, bytes):
                self._kept = event
            else:
                self.end = event
        count = min(len(buffer), len(self._kept))
        buffer[:count] = self._kept[:count]
        self._kept = self._kept[count:]
        return count
