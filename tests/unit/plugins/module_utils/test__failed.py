# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os

from ansible_collections.pyhost.platform.plugins.module_utils import _failed


def test_a_failure_is_remembered_until_it_is_forgotten(home):
    (home / "run").mkdir()
    assert (_failed.read(home), _failed.there(home)) == ({}, False)
    _failed.remember(home, "build", "pip: no such package\nsecond line", "anna on laptop")
    row = _failed.read(home)
    assert (row["stage"], row["error"], row["who"]) == ("build", "pip: no such package\nsecond line", "anna on laptop")
    assert row["time"].endswith("Z")
    assert _failed.there(home)
    assert _failed.marked(home, {}, "anna") == {"ok": True}
    assert not _failed.there(home)
    _failed.forget(home)


def test_what_a_stage_says_is_kept_in_part(home):
    (home / "run").mkdir()
    _failed.marked(home, {"stage": "rollout", "error": "x" * 100_000}, "anna")
    assert len(_failed.read(home)["error"]) == 4000
    assert os.stat(home / "run" / "failed.json").st_mode & 0o007 == 0


def test_a_home_that_was_never_begun_is_left_alone(home):
    _failed.remember(home, "cells", "no user", "anna")
    assert list(home.iterdir()) == []


def test_its_owner_may_write_anything(home):
    (home / "run").mkdir()
    for text in ("[]", "{", json.dumps({"time": 1, "stage": "x", "error": "x", "who": "x"})):
        (home / "run" / "failed.json").write_text(text)
        assert _failed.read(home) == {}
    (home / "run" / "failed.json").unlink()
    os.mkfifo(home / "run" / "failed.json")
    assert _failed.read(home) == {}
