# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cgianswer import fitted, page, split


@pytest.mark.parametrize(
    ("output", "found"),
    [
        (b"", None),
        (b"A: b\n", None),
        (b"A: b\n\n", (b"A: b", b"")),
        (b"A: b\r\n\r\nbody", (b"A: b", b"body")),
        (b"A: b\r\nC: d\n\nbody\n\n", (b"A: b\r\nC: d", b"body\n\n")),
        (b"\nbody", (b"", b"\nbody")),
    ],
)
def test_split(output, found):
    assert split(output) == found


FITTED = [
    (b"Content-Type: text/plain", b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n"),
    (b"Status: 404 Nothing\r\nX-Own:  1 ", b"Status: 404 Nothing\r\nX-Own: 1\r\n\r\n"),
    (b"status: 204", b"Status: 204\r\n\r\n"),
    (b"Location: https://example.com/", b"Status: 302 Found\r\nLocation: https://example.com/\r\n\r\n"),
    (b"Status: 301 Moved\nLocation: /there", b"Status: 301 Moved\r\nLocation: /there\r\n\r\n"),
    (b"Location: /there?a=1", b"X-Accel-Redirect: /there?a=1\r\n\r\n"),
    # The beginning of a page by cgitb, which closes what may be open before it.
    (b"<!--: spam\nContent-Type: text/html", b"Status: 200 OK\r\nContent-Type: text/html\r\n\r\n"),
    (
        b"Content-Type: text/plain\nConnection: close\nTransfer-Encoding: chunked\nSet-Cookie: a=1\nSet-Cookie: b=2",
        b"Status: 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n",
    ),
]


@pytest.mark.parametrize(("header", "found"), FITTED)
def test_a_header_as_nginx_reads_it(header, found):
    assert fitted(header) == found


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"", "it wrote no header"),
        (b"Hello World!", "its first line is no header: 'Hello World!'"),
        (b"X-Own: 1", "its first line is no header: 'X-Own: 1'"),
        (b"Status: fine", "its Status is 'fine', which is no number of three digits"),
        (b"Status: 99", "its Status is '99', which is no number of three digits"),
    ],
)
def test_what_is_no_header(header, why):
    with pytest.raises(ValueError, match=".") as caught:
        fitted(header)
    assert str(caught.value) == why


def test_page():
    assert page(504) == (
        b"Status: 504 Gateway Timeout\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n504 Gateway Timeout\n"
    )
