# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _wording as wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('ü"\n\x00\u202e\ud800', '"ü\\"\\n\\u0000\\u202e\\ud800"'),
        ("x" * 101, '"' + "x" * 100 + '…"'),
        ("https://user:secret@example.com/x", '"https://***@example.com/x"'),
        ("git@example.com:x", '"git@example.com:x"'),
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (-(2**63), "this"),
        (3.1, "3.1"),
        (float("nan"), "nan"),
        ([1], "this"),
        ({}, "this"),
    ],
)
def test_shown(value, text):
    assert wording.shown(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "no value"),
        (True, "a boolean"),
        ("", "a string"),
        (1, "a number"),
        (1.0, "a number"),
        ([], "a list"),
        ((), "a list"),
        ({}, "a mapping"),
        (b"", "a value of type bytes"),
    ],
)
def test_kind(value, text):
    assert wording.kind(value) == text


@pytest.mark.parametrize(("name", "text"), [("a-b_c.d", "a-b_c.d"), ("a b", '"a b"'), (5, "5"), ("", '""')])
def test_key_text(name, text):
    assert wording.key_text(name) == text


@pytest.mark.parametrize(
    ("word", "known", "text"),
    [
        ("Gunicon", ["gunicorn", "uwsgi"], 'did you mean "gunicorn"?'),
        ("x", ["gunicorn", "uwsgi"], "known servers are gunicorn, uwsgi"),
        ("g" * 65, ["gunicorn"], "known servers are gunicorn"),
        (5, ["gunicorn"], "known servers are gunicorn"),
        ("x", [], "there are no known servers"),
    ],
)
def test_unknown(word, known, text):
    assert wording.unknown(word, known, "servers") == text


@pytest.mark.parametrize(
    ("value", "secret", "text"),
    [
        (5, False, '5 is a number; quote it: "5"'),
        (5.25, False, '5.25 is a number; quote it: "5.25"'),
        (
            3.1,
            False,
            '3.1 is a number; quote it: "3.1" (YAML reads 3.10 as 3.1, too; write "3.10" if that is what you mean)',
        ),
        (True, True, 'true is a boolean; quote it: "true" (YAML reads yes, no, on and off as booleans, too)'),
        (5.25, True, "this is a number; quote it"),
        (2**63, False, "this is a number; quote it"),
    ],
)
def test_quote_it(value, secret, text):
    assert wording.quote_it(value, secret) == text
