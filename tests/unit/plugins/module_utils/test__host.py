# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _host, _job, _keeper, _progress, _stage_front
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

MODULES = Path(_host.__file__).resolve().parents[1] / "modules"
SERVES = re.compile(r"^from \S+\.(_stage_\w+) import (\w+)$.*\n    serve\(\s*\2\b", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("stage", sorted(_host.STAGES))
def test_a_stage_is_what_its_module_serves(stage):
    found = SERVES.search((MODULES / f"{stage}.py").read_text(encoding="utf-8"))
    assert found
    assert _host.STAGES[stage] == found.groups()


def test_every_module_that_serves_has_a_stage():
    """Without the one that installs the code."""
    serving = {path.stem for path in MODULES.glob("*.py") if SERVES.search(path.read_text(encoding="utf-8"))}
    assert serving - {"tools"} == set(_host.STAGES)


@pytest.fixture
def ask(monkeypatch, capsys):
    def asked(function, order):
        monkeypatch.setattr(_stage_front, "front", function)
        monkeypatch.setattr("sys.stdin", io.StringIO(order))
        assert _host.main("front") == 0
        first, answer = capsys.readouterr().out.splitlines()
        assert first == "pyhost-host"
        return json.loads(answer)

    return asked


def test_an_order_is_answered(ask):
    assert ask(lambda job: {"changed": True, "got": job}, _job.pack({"word": "sůl"})) == {
        "changed": True,
        "got": {"word": "sůl"},
    }


def test_what_it_took_is_told_to_who_asks(ask):
    def work(job):
        _progress.NOW.doing("ramen", "packages")
        return {"changed": True, "got": job}

    answer = ask(work, _job.pack({"word": 1, "profile": True}))
    told = answer.pop("profile")
    assert answer == {"changed": True, "got": {"word": 1}}
    assert 0 < told["seconds"] < 3600
    assert list(told["apps"]["ramen"]) == ["packages"]


@pytest.fixture
def folder(home, monkeypatch):
    monkeypatch.chdir(home)
    monkeypatch.setattr(_keeper, "folder", lambda: home / "jobs")
    return home / "jobs"


NAME = "0123456789abcdef" * 2


def test_a_stage_with_a_name_is_done_in_a_process_of_its_own(ask, folder):
    answer = ask(lambda job: {"got": job, "pid": os.getpid()}, _job.pack({"word": 1, "call": NAME}))
    assert answer.pop("pid") != os.getpid()
    assert answer == {"got": {"word": 1}}


def test_a_stage_that_is_killed_gives_no_answer(monkeypatch, capsys, folder):
    monkeypatch.setattr(_stage_front, "front", lambda job: os.kill(os.getpid(), signal.SIGKILL))
    monkeypatch.setattr("sys.stdin", io.StringIO(_job.pack({"call": NAME})))
    assert _host.main("front") == 1
    assert capsys.readouterr().out == "pyhost-host\n"


def test_an_answer_that_nobody_takes_can_be_asked_for(monkeypatch, folder):
    """The connection was lost while the stage was at work."""
    reading, writing = os.pipe()
    os.close(reading)
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as stream:
            sys.stdout = Late(stream)
            monkeypatch.setattr(_stage_front, "front", lambda job: {"changed": True})
            sys.stdin = io.StringIO(_job.pack({"call": NAME}))
            _host.main("front")
        os._exit(0)
    os.close(writing)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert _keeper.ask({"name": NAME, "seen": -1, "seconds": 5, "gap": 5}, folder) == {"changed": True}


class Late:
    """A stream whose first line still arrives."""

    def __init__(self, stream):
        self.stream, self.lines = stream, 0

    def write(self, text):
        self.lines += 1
        return self.stream.write(text) if self.lines > 1 else 0

    def flush(self):
        self.stream.flush()


def test_an_error_is_the_answer_of_a_module_that_failed(ask):
    def refuse(_job):
        raise PyhostError("nginx refuses")

    assert ask(refuse, _job.pack({})) == {"failed": True, "changed": False, "msg": "nginx refuses"}
    assert ask(dict, "no order")["msg"] == "job was not made by the action half of this module"
