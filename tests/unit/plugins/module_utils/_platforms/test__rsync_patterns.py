# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pathspec
import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._rsync_patterns import gitignore

# What rsync 3.5 itself does with each of these files.
LINES = [
    # lines of .dotcloudignore, names that are left out, names that are not
    ("*.pyc\n*.db\n*.swp\n", ("a.pyc", "shop/b.pyc", "x.db"), ("a.py", "db/x")),
    ("*.py[cod]\n", ("a.pyc", "b/c.pyo"), ("a.py",)),
    ("locks/*\nlogs/*\n", ("locks/a", "logs/deep/b", "shop/logs/c"), ("logs.txt", "locksmith/a")),
    ("media/dash\nmedia/epub\n", ("media/dash/x", "shop/media/epub"), ("media/dashing", "dash/x")),
    ("venv/\nenv/\n", ("venv/bin/python", "a/env/x"), ("venv.py", "bin/venv")),
    ("venv\n", ("venv/bin/python", "bin/venv"), ("venv.py",)),
    (".idea\n.DS_Store\n", (".idea/a", "x/.DS_Store"), ("idea",)),
    ("\\#*\n.#*\n", ("#a#", "x/#a", ".#lock"), ("a#",)),
    ("/build\n", ("build/x",), ("docs/build/x",)),
    ("/docs/_build/\n", ("docs/_build/x",), ("a/docs/_build/x",)),
    ("# comment\n; comment\n\n   \nREADME.md\n", ("README.md", "docs/README.md"), ("# comment", "; comment")),
    ("a.txt\r\nb.txt\r\n", ("a.txt", "b.txt"), ("c.txt",)),
    ("+ keep.log\n*.log\n", ("a.log", "x/b.log"), ("keep.log", "x/keep.log")),
    ("*.log\n+ keep.log\n", ("a.log", "keep.log"), ("keep.txt",)),
    ("- cache\n", ("cache/x",), ("- cache",)),
    ("*.txt\n!\n*.log\n", ("a.log",), ("a.txt",)),
    ("!important\n", ("!important",), ("important",)),
    ("local_settings.py", ("local_settings.py", "shop/local_settings.py"), ("settings.py",)),
    ("node_modules/***\n", ("node_modules/a/b",), ("node_modules.txt",)),
    ("static/**/big\n", ("static/a/big", "static/a/b/big", "x/static/a/big"), ("big", "static/bigger")),
    ("a?c\n", ("abc", "x/aXc"), ("ac", "a/c")),
]


@pytest.mark.parametrize(("text", "out", "kept"), LINES)
def test_lines(text, out, kept):
    spec = pathspec.GitIgnoreSpec.from_lines(gitignore(text))
    assert {name: spec.match_file(name) for name in (*out, *kept)} == {
        **dict.fromkeys(out, True),
        **dict.fromkeys(kept, False),
    }
