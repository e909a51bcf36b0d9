# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._plain import plain
from hypothesis import given
from hypothesis import strategies as st

ESC = "\x1b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET / 200\t5 ms", "GET / 200\t5 ms"),
        (f"{ESC}[1;31mred{ESC}[0m text", "red text"),
        (f"{ESC}[2J{ESC}[Hgone", "gone"),
        (f"{ESC}[?25l{ESC}[>0c", ""),
        (f"{ESC}]0;title\x07text", "text"),
        (f"{ESC}]8;;http://evil.example{ESC}\\link{ESC}]8;;{ESC}\\", "link"),
        (f"{ESC}]52;c;cm0gLXJm\x07after", "after"),
        (f"{ESC}Pq#0{ESC}\\after", "after"),
        (f"{ESC}cafter{ESC}(B", "after"),
        ("\x9b31mred\x9d0;title\x9c", "red"),
        (f"{ESC}", ""),
        (f"{ESC}[", ""),
        ("a\rb\x08c\x00d\x7fe\x85f\u2028g", "abcdefg"),
        ("admin\u202enimda\u2066x\u2069\u200f\u061c", "adminnimdax"),
        ("\ufeffa\u00adb\U000e0041", "ab"),
        ("\udcff\ufffd", "\ufffd"),
        ("Überraschung 🍜 می\u200cخواهم 👨\u200d👩", "Überraschung 🍜 می\u200cخواهم 👨\u200d👩"),
    ],
)
def test_what_is_shown(text, shown):
    assert plain(text) == shown


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text):
    found = plain(text)
    assert plain(found) == found
    assert not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in found.replace("\t", ""))
