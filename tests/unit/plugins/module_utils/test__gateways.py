# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request in each protocol against what the protocols' specifications show, and what a server answers."""

from __future__ import annotations

import http.client
import io

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._gateways import request, status


def test_scgi():
    assert request("scgi", {"REQUEST_METHOD": "GET", "REQUEST_URI": "/"}) == (
        b"57:CONTENT_LENGTH\x000\x00SCGI\x001\x00REQUEST_METHOD\x00GET\x00REQUEST_URI\x00/\x00,"
    )


def test_uwsgi():
    assert request("uwsgi", {"A": "bc"}) == b"\x00\x07\x00\x00\x01\x00A\x02\x00bc"


def test_fastcgi():
    long = "x" * 200
    assert request("fastcgi", {"A": "bc", "L": long}) == (
        b"\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"
        b"\x01\x04\x00\x01\x00\xd3\x00\x00\x01\x02Abc\x01\x80\x00\x00\xc8L" + long.encode() + b""
        b"\x01\x04\x00\x01\x00\x00\x00\x00"
        b"\x01\x05\x00\x01\x00\x00\x00\x00"
    )


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nbody", 200),
        (b"Content-Type: text/plain\n\n", 200),
        (b"Location: /there\r\n\r\n", 302),
        (b"Status: 503\r\n\r\n", 503),
    ],
)
def test_status(answer, number):
    assert status("scgi", io.BytesIO(answer)) == number
    split = answer[:9], answer[9:]
    records = b"\x01\x07\x00\x01\x00\x03\x05\x00log" + b"12345"
    records += b"".join(b"\x01\x06\x00\x01\x00" + bytes([len(part)]) + b"\x02\x00" + part + b"xx" for part in split)
    assert status("fastcgi", io.BytesIO(records + b"\x01\x03\x00\x01\x00\x08\x00\x00" + bytes(8))) == number


@pytest.mark.parametrize("answer", [b"", b"Status: fine\r\n\r\n", b"Status: 20\r\n\r\n", b"\r\n"])
@pytest.mark.parametrize("protocol", ["scgi", "fastcgi"])
def test_no_status(protocol, answer):
    record = b"\x01\x06\x00\x01\x00" + bytes([len(answer)]) + b"\x00\x00" + answer
    with pytest.raises(http.client.HTTPException):
        status(protocol, io.BytesIO(record if protocol == "fastcgi" and answer else answer))
