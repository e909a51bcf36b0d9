# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request without a body in each protocol that tells an app the variables of a request. PRIVATE to the collection.

uwsgi: the protocol page of uWSGI's documentation. SCGI: the specification of 2008. FastCGI: version 1.0 of 1996.
"""

from __future__ import annotations

import http.client
import io
import struct
from collections.abc import Mapping
from typing import IO

MOST = 1 << 16
"""Bytes of a header that are read."""

BEGIN, PARAMS, INPUT, OUTPUT = 1, 4, 5, 6
"""Types of FastCGI's records: FCGI_BEGIN_REQUEST, FCGI_PARAMS, FCGI_STDIN, FCGI_STDOUT."""

END = 3
"""FCGI_END_REQUEST."""


def request(protocol: str, variables: Mapping[str, str]) -> bytes:
    """The bytes that ask by ``protocol``, which is uwsgi, fastcgi or scgi."""
    pairs = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in variables.items()]
    if protocol == "scgi":
        text = b"".join(b"%s\0%s\0" % pair for pair in [(b"CONTENT_LENGTH", b"0"), (b"SCGI", b"1"), *pairs])
        return b"%d:%s," % (len(text), text)
    if protocol == "uwsgi":
        text = b"".join(struct.pack("<H", len(part)) + part for pair in pairs for part in pair)
        return struct.pack("<BHB", 0, len(text), 0) + text
    text = b"".join(_length(name) + _length(value) + name + value for name, value in pairs)
    responder = struct.pack(">HB5x", 1, 0)
    return b"".join(
        _record(kind, part)
        for kind, part in ((BEGIN, responder), (PARAMS, text), (PARAMS, b""), (INPUT, b""))
    )  # fmt: skip


def _length(part: bytes) -> bytes:
    """A length of FastCGI: one byte up to 127, else four with the highest bit set."""
    return struct.pack(">B", len(part)) if len(part) < 128 else struct.pack(">I", len(part) | 1 << 31)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def status(protocol: str, stream: IO[bytes]) -> int:
    """The status in an answer by fastcgi or scgi, whose header is that of CGI (RFC 3875 section 6.3).

    Raises `http.client.HTTPException` for what is none.
    """
    text = io.BytesIO(_output(stream)) if protocol == "fastcgi" else stream
    header = http.client.parse_headers(text)
    if not header.keys():
        raise http.client.BadStatusLine("no header")
    word = str(header.get("Status", "302" if "Location" in header else "200")).split(None, 1)[0]
    if not (word.isdigit() and len(word) == 3):
        raise http.client.BadStatusLine(word)
    return int(word)


def _output(stream: IO[bytes]) -> bytes:
    """What FastCGI's records say on standard output, up to the end of the header."""
    found = b""
    while b"\n\n" not in found.replace(b"\r", b"") and len(found) < MOST:
        head = stream.read(8)
        if len(head) < 8:
            break
        _version, kind, _number, length, padding = struct.unpack(">BBHHBx", head)
        content = stream.read(length)
        stream.read(padding)
        if kind == END:
            break
        found += content if kind == OUTPUT else b""
    return found
