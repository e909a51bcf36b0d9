# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cgiscripts import ENDINGS, endings, is_script, script

FILES = {
    "index.cgi",
    "old.py",
    "lib/tool.py",
    "cgi-bin/hello.py",
    "cgi-bin/deep/plain",
    "docs/index.py",
    ".hidden/a.cgi",
}
DIRECTORIES = {".", "lib", "cgi-bin", "cgi-bin/deep", "docs", ".hidden"}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (FILES, (".cgi",)),
        (["shop/cgi-bin/a.py"], (".cgi",)),
        (["hello.py", "cgi-bin"], ENDINGS),
        ([], ENDINGS),
    ],
)
def test_endings(names, found):
    assert endings(names) == found


@pytest.mark.parametrize(
    ("name", "outside", "found"),
    [
        ("cgi-bin/a", (), True),
        ("shop/cgi-bin/deep/a.txt", (), True),
        ("cgi-bin", (".cgi",), False),
        ("a.py", (".cgi",), False),
        ("a.py", ENDINGS, True),
        ("a.cgi", ENDINGS, True),
        ("a.pyc", ENDINGS, False),
    ],
)
def test_is_script(name, outside, found):
    assert is_script(name, outside) is found


LED = [
    # path, endings outside of cgi-bin, script and what is left
    ("/cgi-bin/hello.py", (".cgi",), ("cgi-bin/hello.py", "")),
    ("/cgi-bin/hello.py/", (".cgi",), ("cgi-bin/hello.py", "/")),
    ("/cgi-bin/hello.py/a//b c", (".cgi",), ("cgi-bin/hello.py", "/a//b c")),
    ("//cgi-bin//hello.py", (".cgi",), ("cgi-bin/hello.py", "")),
    ("/cgi-bin/deep/plain/more", (".cgi",), ("cgi-bin/deep/plain", "/more")),
    ("/cgi-bin/", (".cgi",), ("", "")),
    ("/cgi-bin/none", (".cgi",), ("", "")),
    ("/", (".cgi",), ("index.cgi", "")),
    ("", (".cgi",), ("", "")),
    ("/docs/", ENDINGS, ("docs/index.py", "")),
    ("/docs/", (".cgi",), ("", "")),
    ("/docs", ENDINGS, ("", "")),
    ("/old.py", ENDINGS, ("old.py", "")),
    ("/old.py", (".cgi",), ("", "")),
    ("/lib/tool.py", (".cgi",), ("", "")),
    ("/.hidden/a.cgi", ENDINGS, ("", "")),
    ("/cgi-bin/../lib/tool.py", ENDINGS, ("", "")),
    ("/cgi-bin/hello.py/../../x", ENDINGS, ("", "")),
    ("/cgi-bin/hello.py\0", ENDINGS, ("", "")),
]


@pytest.mark.parametrize(("path", "outside", "found"), LED)
def test_where_a_path_leads(path, outside, found):
    assert script(path, outside, FILES.__contains__, DIRECTORIES.__contains__) == found
