# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _listen


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("0.0.0.0:65535", "0.0.0.0:65535"),
        ("[::]:80", "[::]:80"),
        ("[0:0::1]:08000", "[::1]:8000"),
    ],
)
def test_good_listen(value, normal):
    assert _listen.listen_form(value) == ""
    assert _listen.normal_listen(value) == normal


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("8000", '"8000" has no address; write "127.0.0.1:8000", or "0.0.0.0:8000" for all addresses'),
        (":8000", '":8000" has no address; write "127.0.0.1:8000", or "0.0.0.0:8000" for all addresses'),
        ("*:8000", '"*:8000" has no address; write "127.0.0.1:8000", or "0.0.0.0:8000" for all addresses'),
        (
            "localhost:8000",
            '"localhost:8000" has no address; write "127.0.0.1:8000", or "0.0.0.0:8000" for all addresses',
        ),
        ("::1:8000", '"::1:8000" is no address with a port; write for example "[::1]:8000"'),
        ("127.0.0.1", '"127.0.0.1" is no address with a port; write for example "127.0.0.1:8000"'),
        (":::::1:80", '":::::1:80" is no address with a port; write for example "127.0.0.1:8000"'),
        ("", '"" is no address with a port; write for example "127.0.0.1:8000"'),
        ("ramen:8000", '"ramen:8000" has no IP address before the port; write for example "127.0.0.1:8000"'),
        ("[127.0.0.1]:80", '"[127.0.0.1]:80" has no IP address before the port; write for example "127.0.0.1:80"'),
        ("127.0.0.1:0", '"127.0.0.1:0" has no port from 1 to 65535; write for example "127.0.0.1:8000"'),
        ("127.0.0.1:65536", '"127.0.0.1:65536" has no port from 1 to 65535; write for example "127.0.0.1:8000"'),
        ("127.0.0.1:000080", '"127.0.0.1:000080" has no port from 1 to 65535; write for example "127.0.0.1:8000"'),
    ],
)
def test_bad_listen(value, message):
    assert _listen.listen_form(value) == message


def test_port_that_needs_root():
    assert _listen.needs_root("127.0.0.1:1024") == ""
    assert _listen.needs_root("127.0.0.1:80") == (
        '"127.0.0.1:80" needs root, and pyhost_scope is account; '
        'write a port from 1024 up, for example "127.0.0.1:8000"'
    )


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("127.0.0.1:80", "127.0.0.1:80", True),
        ("127.0.0.1:80", "127.0.0.2:80", False),
        ("127.0.0.1:80", "127.0.0.1:81", False),
        ("0.0.0.0:80", "127.0.0.1:80", True),
        ("[::]:80", "[::1]:80", True),
        ("[::1]:80", "[::]:80", True),
        ("[::]:80", "0.0.0.0:80", False),
        ("[::]:80", "127.0.0.1:80", False),
    ],
)
def test_overlap(one, other, overlap):
    assert _listen.overlap(one, other) is overlap


@pytest.mark.parametrize(("taken", "port"), [([], 8000), ([8000, 8001], 8002), ([8001], 8000), ([80], 8000)])
def test_free_port(taken, port):
    assert _listen.free_port(taken) == port


@pytest.mark.parametrize(
    ("names", "have", "fixed", "busy", "found"),
    [
        (["a", "b"], {}, [], [], {"a": 8000, "b": 8001}),
        (["a"], {}, ["0.0.0.0:8000"], [8001], {"a": 8002}),
        (["new", "old"], {"old": ["127.0.0.1:8000"]}, [], [8000], {"old": 8000, "new": 8001}),
        (["old"], {"old": ["127.0.0.1:9000"]}, [], [9000], {"old": 9000}),
        (["old"], {"old": ["127.0.0.1:9000"]}, ["127.0.0.1:9000"], [9000], {"old": 8000}),
        (["old"], {"old": ["0.0.0.0:9000", "127.0.0.1:9001"]}, [], [], {"old": 9001}),
        (["one", "two"], {"one": ["127.0.0.1:9000"], "two": ["127.0.0.1:9000"]}, [], [], {"one": 9000, "two": 8000}),
    ],
)
def test_a_chosen_port_is_kept_and_free(names, have, fixed, busy, found):
    """Whoever has one keeps it, whatever the order; an address for everybody is not kept unasked."""
    assert _listen.chosen(names, have, fixed, busy) == {name: f"127.0.0.1:{port}" for name, port in found.items()}
