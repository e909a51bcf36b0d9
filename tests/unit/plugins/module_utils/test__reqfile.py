# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import (
    Line,
    below,
    inside,
    logical_lines,
    normalised,
    parse,
    requirement_name,
)
from hypothesis import given
from hypothesis import strategies as st


def requirement(text, name, hashed=False):
    return Line(1, "requirement", text, name, hashed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Flask", requirement("Flask", "flask")),
        ("  zope.interface_x==1 # why", requirement("zope.interface_x==1", "zope-interface-x")),
        (
            "flask[async] >= 2 ; python_version<'3.12'",
            requirement("flask[async] >= 2 ; python_version<'3.12'", "flask"),
        ),
        ("a==1 --hash=sha256:00", requirement("a==1", "a", True)),
        ("a @ https://h/a.tgz", Line(1, "url", "https://h/a.tgz", "a")),
        ("a[x]@ file:./a", Line(1, "path", "./a", "a")),
        ("https://h/x.tar.gz#egg=My_X", Line(1, "url", "https://h/x.tar.gz#egg=My_X", "my-x")),
        ("https://h/my_x-1-py3-none-any.whl", Line(1, "url", "https://h/my_x-1-py3-none-any.whl", "my-x")),
        ("git+ssh://git@h/x.git@main", Line(1, "url", "git+ssh://git@h/x.git@main")),
        ("-e .", Line(1, "path", ".")),
        ("-e .[dev]", Line(1, "path", ".")),
        ("--editable=./lib#egg=lib", Line(1, "path", "./lib", "lib")),
        ("-e git+https://h/x#egg=x", Line(1, "url", "git+https://h/x#egg=x", "x")),
        (".", Line(1, "path", ".")),
        ("./lib ; python_version<'3'", Line(1, "path", "./lib")),
        ("libs/foo", Line(1, "path", "libs/foo")),
        ("foo-1.0.tar.gz", Line(1, "path", "foo-1.0.tar.gz")),
        ("wheels/foo-1.0-py3-none-any.whl", Line(1, "path", "wheels/foo-1.0-py3-none-any.whl", "foo")),
        ("file:lib", Line(1, "path", "lib")),
        ("file:///opt/x", Line(1, "path", "/opt/x")),
        ("-r base.txt", Line(1, "include", "base.txt")),
        ("-rbase.txt", Line(1, "include", "base.txt")),
        ("--requirement=base.txt", Line(1, "include", "base.txt")),
        ("-c 'limits.txt'", Line(1, "constraint", "limits.txt")),
        ("--constraints limits.txt", Line(1, "constraint", "limits.txt")),
        ("-i https://u:p@h/", Line(1, "option", "--index-url")),
        ("--require-hashes", Line(1, "option", "--require-hashes", "", True)),
        ("-", requirement("-", "")),
        ("???", requirement("???", "")),
    ],
)
def test_line(text, line):
    assert parse(text) == (line,)


def test_logical_lines():
    text = "a \\\n  --hash=x \\\n  # not this\n# comment \\\nb#c\n\nc \\\n"
    assert list(logical_lines(text)) == [(1, "a   --hash=x"), (5, "b#c"), (7, "c")]


@given(st.text())
def test_any_text_is_parsed(text):
    for line in parse(text):
        assert 1 <= line.number <= len(text.splitlines())


@pytest.mark.parametrize(
    ("directory", "name", "path"),
    [
        ("", "a", "a"),
        ("web/", "../a", "a"),
        ("web", "../../a", None),
        ("", "/a", None),
        ("", "", None),
        ("", "..", None),
        ("", "..a", "..a"),
        ("", ".", "."),
    ],
)
def test_inside(directory, name, path):
    assert inside(directory, name) == path


def test_names():
    assert normalised("A._-b") == "a-b"
    assert requirement_name(" Django>=4 ") == "django"
    assert requirement_name("<") == ""
    assert [below(one) for one in (".", "", "web", "./web/")] == ["", "", "web/", "web/"]
