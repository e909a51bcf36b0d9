# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import re

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _history
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._hook import hook


def job(home, command, release="3-abc", timeout=30):
    process = {"cwd": str(home), "virtualenv": "v1", "environment": {"PATH": "/usr/bin:/bin", "MENU": "short"}}
    plan = {
        "release": release,
        "launch": {"process": process},
        "launch_digest": "l3",
        "build_timeout": timeout,
        "steps": [],
    }
    return {"plan": plan, "command": command, "claim": {"who": "cook on desk", "wait": 0}}


def log(home):
    """The log with the times out of its head lines."""
    text = (home / "logs" / "release-hook.log").read_text()
    return re.sub(r"^--- \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", "--- TIME ", text, flags=re.MULTILINE)


def test_it_runs_and_is_recorded(home):
    found = hook(home, job(home, "echo $MENU; echo to the other stream >&2"))
    assert json.loads(json.dumps(found)) == found
    assert (found["changed"], len(found["did"])) == (True, 1)
    assert re.fullmatch(r"release hook ran \(\d+\.\d s\)", found["did"][0])
    (line,) = _history.read(home)
    names = ("what", "release", "launch", "who")
    assert [line[name] for name in names] == ["release hook", "3-abc", "l3", "cook on desk"]
    hook(home, job(home, "echo again", "4-def"))
    assert log(home) == "--- TIME release 3-abc\nshort\nto the other stream\n--- TIME release 4-def\nagain\n"
    assert (home / "data").is_dir()


def test_a_failure_is_no_history(home):
    hook(home, job(home, "echo before", "3-abc"))
    with pytest.raises(PyhostError) as caught:
        hook(home, job(home, "echo half; exit 3", "4-def"))
    assert str(caught.value) == (
        "release hook failed with exit status 3: echo half; exit 3; its last lines:\nhalf"
    )  # and no line of the run before
    assert [line["release"] for line in _history.read(home)] == ["3-abc"]
    assert log(home).endswith("--- TIME release 4-def\nhalf\n")


def test_what_was_written_before_the_deadline_is_kept(home):
    with pytest.raises(PyhostError, match="release hook did not end within 1 s: echo half; sleep 60; its last lines:"):
        hook(home, job(home, "echo half; sleep 60", timeout=1))
    assert log(home) == "--- TIME release 3-abc\nhalf\n"
    assert _history.read(home) == []


def test_a_large_log_begins_anew(home):
    hook(home, job(home, "echo one"))
    os.truncate(home / "logs" / "release-hook.log", (10 << 20) + 1)
    hook(home, job(home, "echo two"))
    assert log(home) == "--- TIME release 3-abc\ntwo\n"
    assert (home / "logs" / "release-hook.log.1").stat().st_size == (10 << 20) + 1


def test_a_planted_link_is_not_followed(home):
    (home / "logs").mkdir()
    (home / "logs" / "release-hook.log").symlink_to("../data/victim")
    with pytest.raises(OSError, match="symbolic links"):
        hook(home, job(home, "echo one"))
    assert not (home / "data" / "victim").exists()
