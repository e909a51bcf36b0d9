# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FastCGI as a web server's process manager speaks it to one of its processes (FastCGI 1.0). PRIVATE to the collection.

The responder's half only: requests come one after the other, each on a connection of its own, as mod_fcgid sends them.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from typing import IO, BinaryIO

HEADER = struct.Struct("!BBHHBx")
"""Version, type, request, length of content, length of padding (section 3.3)."""

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, GET_VALUES, RESULT, UNKNOWN = 1, 2, 3, 4, 5, 6, 7, 9, 10, 11
RESPONDER = 1
MOST = 65528
"""Bytes of one record's content; a multiple of 8 below the limit of 65535, so that nothing has to be padded."""

MEMORY = 1 << 20
"""Bytes of a request's body that are kept in memory."""


class Gone(Exception):
    """The web server has closed the connection, or wants no answer any more."""


class Request:
    """One request: its ``params`` and its ``body``, read to the end, and the way back."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._reading, self._writing = reading, writing
        self.number = 0
        self.body: IO[bytes] = tempfile.SpooledTemporaryFile(MEMORY)  # noqa: SIM115  # the caller closes it
        self.params = dict(self._read())
        self.body.seek(0)

    def _read(self) -> Iterator[tuple[str, str]]:
        params = b""
        while True:
            kind, number, content = self._record()
            if kind == BEGIN:
                self.number = number
            elif kind == GET_VALUES:
                self._send(RESULT, 0, b"")
            elif kind == ABORT:
                raise Gone
            elif kind == PARAMS:
                params += content
            elif kind == STDIN:
                if not content:
                    break
                self.body.write(content)
            elif number == 0:
                self._send(UNKNOWN, 0, bytes([kind]) + bytes(7))
        yield from pairs(params)

    def _record(self) -> tuple[int, int, bytes]:
        head = self._exactly(HEADER.size)
        _version, kind, number, length, padding = HEADER.unpack(head)
        return kind, number, self._exactly(length + padding)[:length]

    def _exactly(self, length: int) -> bytes:
        data = self._reading.read(length)
        if len(data) < length:
            raise Gone
        return data

    def write(self, data: bytes) -> None:
        """Send a part of the answer."""
        for start in range(0, len(data), MOST):
            self._send(STDOUT, self.number, data[start : start + MOST])

    def complain(self, text: str) -> None:
        """A line for the web server's log of errors."""
        self._send(STDERR, self.number, text.encode("utf-8", "replace")[:MOST])

    def end(self) -> None:
        """The answer is complete."""
        self._send(STDOUT, self.number, b"")
        self._send(END, self.number, bytes(8))

    def _send(self, kind: int, number: int, content: bytes) -> None:
        try:
            self._writing.write(HEADER.pack(1, kind, number, len(content), 0) + content)
            self._writing.flush()
        except OSError as error:
            raise Gone from error


def pairs(data: bytes) -> Iterator[tuple[str, str]]:
    """Names and values as FastCGI packs them (section 3.4), in Latin-1, as CGI variables are of any bytes."""
    place = 0
    while place < len(data):
        lengths = []
        for _part in ("name", "value"):
            length = data[place]
            if length >> 7:
                length = struct.unpack_from("!I", data, place)[0] & 0x7FFFFFFF
                place += 3
            place += 1
            lengths.append(length)
        name, value = data[place : place + lengths[0]], data[place + lengths[0] : place + sum(lengths)]
        place += sum(lengths)
        yield name.decode("latin-1"), value.decode("latin-1")
