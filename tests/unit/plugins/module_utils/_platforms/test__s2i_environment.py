# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._s2i_environment import read_environment

LINES = [
    ("KEY=VALUE\nFOO=BAR\n", {"KEY": "VALUE", "FOO": "BAR"}),
    ("# a comment\n\n  FOO = BAR  \r\n", {"FOO": "BAR"}),
    ("A=\"two words\"\nB='it is $HOME'\n", {"A": "two words", "B": "it is $HOME"}),
    ("URL=postgres://u:p@h/db?a=b#c\n", {"URL": "postgres://u:p@h/db?a=b#c"}),
    ('A="say \\"hi\\""\n', {"A": 'say "hi"'}),
    ('A="one" "two"\n', {"A": '"one" "two"'}),
    ("EMPTY=\nQUOTED=''\n", {"EMPTY": "", "QUOTED": ""}),
    ("FOO=1\nFOO=2\n", {"FOO": "2"}),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_lines(text, expected):
    assert read_environment(text) == expected


WRONG = [
    ("FOO=BAR\njust words\n", ".s2i/environment, line 2, column 1: there is no ="),
    ("  =value\n", "line 1, column 3: there is no name"),
    ("2FOO=x\n", '"2FOO" cannot name a variable'),
    ("PORT=80\n", '"PORT" is set by the platform itself'),
    ('FOO="secret\n', 'the value of FOO begins with " and has no second one'),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_lines(text, message):
    with pytest.raises(PyhostError) as caught:
        read_environment(text)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_every_wrong_line_is_told():
    with pytest.raises(PyhostError) as caught:
        read_environment("a\nb\n")
    assert str(caught.value).count("\n") == 1
