# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _pythons

REAL = os.path.realpath(sys.executable)


def test_an_interpreter_says_who_it_is():
    row = _pythons.ask(REAL)
    assert (row["branch"], row["real"], row["path"]) == (".".join(map(str, sys.version_info[:2])), REAL, REAL)
    assert "prefix" not in row


@pytest.mark.parametrize(
    "script",
    [
        "exit 0",
        "exit 3",
        "echo no",
        "echo 3.12",
        "echo '[]'",
        "echo '{}'",
        'echo \'{"prefix": true, "branch": "3.12"}\'',
    ],
)
def test_a_program_that_answers_otherwise_is_none(tmp_path, script):
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    assert _pythons.ask(str(path)) == {}


def test_a_file_that_is_no_program_is_none(tmp_path):
    (tmp_path / "python").write_bytes(b"\x7fELF but not really")
    (tmp_path / "python").chmod(0o755)
    assert _pythons.ask(str(tmp_path / "python")) == {}
    assert _pythons.ask(str(tmp_path / "none")) == {}
