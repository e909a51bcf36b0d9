# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The header of what a CGI program answers: RFC 3875 section 6. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
from http import HTTPStatus

MOST = 1 << 16
"""Bytes of a header, at most."""

_END = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_STATUS = re.compile(rb"([1-5][0-9][0-9])(?: .*)?")
_DECIDES = (b"content-type", b"location", b"status")
_HOPS = (b"connection", b"keep-alive", b"transfer-encoding", b"upgrade")
"""Fields between two servers, which are not the program's."""


def split(output: bytes) -> tuple[bytes, bytes] | None:
    """Header and beginning of the body; None as long as the header has not ended."""
    if output.startswith((b"\n", b"\r\n")):
        return b"", output
    found = _END.search(output)
    return (output[: found.start()], output[found.end() :]) if found else None


def fitted(header: bytes) -> bytes:
    """The header as nginx reads it, with its last line; raises `ValueError` for what is none.

    Lines that are no fields are left out, such as the first one of a page by cgitb. A Location that begins with "/"
    is answered by what is there (section 6.2.2), which is a redirect that nginx knows by another name.
    """
    fields = [found.groups() for line in header.splitlines() for found in [_FIELD.fullmatch(line)] if found]
    said = {name.lower(): value for name, value in fields}
    if not any(name in said for name in _DECIDES):
        first = header.splitlines()[0][:80].decode("utf-8", "replace") if header.strip() else ""
        raise ValueError(f"its first line is no header: {first!r}" if first else "it wrote no header")
    status = said.get(b"status", b"302 Found" if b"location" in said else b"200 OK")
    if not _STATUS.fullmatch(status):
        raise ValueError(f"its Status is {status.decode('utf-8', 'replace')!r}, which is no number of three digits")
    lines = [b"Status: " + status]
    local = said.get(b"location", b"").startswith(b"/") and b"status" not in said
    for name, value in fields:
        if local and name.lower() == b"location":
            lines = [b"X-Accel-Redirect: " + value]
            break
        if name.lower() not in (b"status", *_HOPS):
            lines.append(name + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def page(status: int) -> bytes:
    """An answer that is nobody's own: header and a line of text."""
    phrase = HTTPStatus(status).phrase
    return f"Status: {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{status} {phrase}\n".encode()
