# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _journal


@pytest.fixture(autouse=True)
def run_directory(home):
    (home / "run").mkdir()


@pytest.mark.parametrize(
    ("step", "old"), [("beside", "l1"), ("unproved", "l1"), ("unproved", ""), ("handing", "l1"), ("handing", "l2")]
)
def test_what_is_written_is_read(home, step, old):
    assert (_journal.there(home), _journal.read(home)) == (False, {})
    _journal.write(home, "beside", "x", "y")
    _journal.write(home, step, old, "l2")
    assert (_journal.there(home), _journal.read(home)) == (True, {"step": step, "old": old, "new": "l2"})
    _journal.end(home)
    assert (_journal.there(home), _journal.read(home)) == (False, {})
    _journal.end(home)
    assert os.listdir(home / "run") == []


@pytest.mark.parametrize(
    "value", [[], {}, {"step": "x", "old": "", "new": ""}, {"step": "beside", "old": 1, "new": ""}, {"step": "beside"}]
)
def test_what_no_rollout_wrote(home, value):
    """It is there, so that the next deploy ends it, and says nothing."""
    (home / "run" / "journal.json").write_text(json.dumps(value))
    assert (_journal.there(home), _journal.read(home)) == (True, {})
