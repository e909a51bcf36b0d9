# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest

from tests.support.python27 import PYTHON27, unknown

NEW = [
    'f"{x}"',
    "x: int = 1",
    "def f(a: int): pass",
    "def f() -> int: pass",
    "def f(*, a): pass",
    "(x := 1)",
    "def f():\n    x = 1\n    def g():\n        nonlocal x",
    "async def f(): pass",
    "def f():\n    yield from x",
    "raise A from b",
    "class A(metaclass=B): pass",
    "a, *b = c",
    "[*a]",
    "{**a}",
    "f(*a, *b)",
    "f(*a, b)",
    "f(**a, **b)",
    "print('a', end='')",
    "print(a, b)",
    "'ů'",
    "a @ b",
]
OLD = """\
import os, sys
def answer(*names, **found):
    try:
        print("%s" % (names,))
    except ValueError as error:
        raise
    return {name: value for name, value in found.items()}, {1, 2}, [one for one in names], sorted(names, key=len)
answer(1, *sys.argv, **os.environ)
"""


@pytest.mark.parametrize("text", NEW)
def test_what_is_new(text):
    assert unknown(text)


@pytest.mark.skipif(not PYTHON27, reason="PYHOST_TEST_PYTHON27 names no Python 2.7")
@pytest.mark.parametrize("text", [text for text in NEW if not text.startswith("print(a")])
def test_a_real_one_refuses_it(text):
    assert subprocess.run([PYTHON27, "-"], input=text.encode(), capture_output=True, check=False).returncode == 1


def test_what_is_old():
    assert unknown(OLD) == []
