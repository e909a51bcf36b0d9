# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import resource
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _agent, _space, _verb_build, _verb_release
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed, PyhostError

CLAIM = {"who": "me", "wait": 0}


@pytest.fixture
def answer(home, monkeypatch, capsys):
    """The agent's answer when ``verb`` fails with ``error`` on a disk with this much room."""
    monkeypatch.chdir(home)
    monkeypatch.setattr(_space, "free", lambda path: _space.Room(5 << 20, 7))

    def run(verb, error, current="", **job):
        def work(place, job):
            raise error

        if current:
            (home / "current").symlink_to(f"launches/{current}")
        line = json.dumps({"claim": CLAIM, **job}).encode() + b"\n"
        monkeypatch.setattr(_agent, "_function", {verb: work}.get)
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(line)))
        assert _agent.main(verb) == 0
        return json.loads(capsys.readouterr().out)

    return run


FULL = "no space on /home/ramen: 5 MB and 7 inodes free; free some, then run again"
NO_SPACE = OSError(28, "No space left on device")
PLAN = {"cell": {"home": "/home/ramen"}, "launch_digest": "l2"}
CASES = [
    # verb, what is in force, job, what serves, committed
    ("build", "", {"plan": PLAN}, "nothing serves", False),
    ("build", "l1", {"plan": PLAN}, "the old version still serves", False),
    ("build", "l2", {"plan": PLAN}, "the old version still serves", False),
    ("release", "l1", {"cell": {"home": "/home/ramen"}}, "the old version still serves", False),
    ("rollout", "l1", {"plan": PLAN}, "the old version still serves", False),
    ("rollout", "l2", {"plan": PLAN}, "the new version serves", True),
]


@pytest.mark.parametrize(("verb", "current", "job", "serves", "committed"), CASES)
def test_a_disk_that_refuses_is_one_sentence(answer, verb, current, job, serves, committed):
    found = answer(verb, NO_SPACE, current, **job)
    assert found == {"ok": False, "error": f"{FULL}; {serves}", "committed": committed}


def test_the_path_is_that_of_the_host(answer, home):
    error = OSError(28, "No space left on device", f"{home}/conf/x")
    found = answer("configure", error, "l1", plan=PLAN)["error"]
    assert found == f"{FULL} (/home/ramen/conf/x could not be written); the old version still serves"


def test_what_a_refusal_was_turned_into_counts_as_the_refusal(answer):
    error = PyhostError("archive-1: 'a.py' cannot be written: No space left on device")
    error.__cause__ = NO_SPACE
    assert answer("release", error, cell={"home": "/home/ramen"})["error"] == f"{FULL}; nothing serves"


def test_other_errors_stay_what_they_are(answer):
    assert answer("build", PyhostError("no"), "l1")["error"] == "no"
    assert answer("rollout", Committed("no"))["committed"] is True
    assert answer("build", FileNotFoundError(2, "No such file or directory", "/srv/x"))["error"] == (
        "build: /srv/x: No such file or directory"
    )


def test_a_sent_archive_that_cannot_fit_is_not_written(home, monkeypatch):
    monkeypatch.setattr(_space, "free", lambda path: _space.Room(100 << 20, 500))
    job = {"archive": True, "size": 43 << 20, "cell": {"home": "/home/ramen"}}
    with pytest.raises(PyhostError) as caught:
        _verb_release.unpack(home, job)
    assert str(caught.value) == (
        "no space on /home/ramen: 100 MB and 500 inodes free, at least 102 MB and 500 inodes needed (estimated); "
        "free some, then run again"
    )
    assert list((home / "run").glob("archive-*")) == []


def test_no_file_of_a_build_grows_for_ever(home, monkeypatch):
    seen = []
    monkeypatch.setattr(resource, "setrlimit", lambda what, limits: seen.append((what, limits)))
    monkeypatch.setattr(_verb_build, "build", lambda place, job: {"built": True})
    for most, limit in ((resource.RLIM_INFINITY, 4 << 30), (1 << 20, 1 << 20)):
        monkeypatch.setattr(resource, "getrlimit", lambda what, most=most: (most, most))
        _verb_build.make(home, {"plan": {}, "copy_of": ""})
        assert seen.pop() == (resource.RLIMIT_FSIZE, (limit, most))
