# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import threading

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _incell
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._progress import Record


@pytest.fixture
def agent(home):
    """Calls an agent that is this shell script, in account scope."""
    cell = make_cell("ramen", "account", str(home), "me")
    path = home / "tools" / "bin" / "pyhost-agent"
    path.parent.mkdir(parents=True)
    (home / "apps" / "ramen").mkdir(parents=True)

    def call(script, job, seconds=10.0, attachment=None):
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return _incell.call(cell, "build", job, seconds, attachment)

    return call


def test_one_job_in_and_one_answer_out(agent, home):
    found = agent(
        'read -r job; echo noise; echo "{\\"ok\\": true, \\"job\\": $job, \\"in\\": \\"$PWD $1\\"}"', {"a": "ü"}
    )
    assert found == {"ok": True, "job": {"a": "ü"}, "in": f"{home}/apps/ramen build"}


def test_an_attachment_follows_the_job(agent, home):
    found = agent(f'read -r job; cat > {home}/sent; echo "{{}}"', {}, attachment=io.BytesIO(b"archive\0"))
    assert (found, (home / "sent").read_bytes()) == ({}, b"archive\0")


@pytest.fixture
def record(monkeypatch):
    """What the stage tells, beginning with nothing."""
    found = Record()
    monkeypatch.setattr(_incell, "NOW", found)
    return found


def test_the_agent_tells_on_the_way_what_it_does(agent, record):
    heard = []
    record.listener = lambda *event: heard.append(event)
    assert agent("echo doing: virtualenv; echo doing: packages; echo '{\"ok\": true}'", {}) == {"ok": True}
    assert heard == [("ramen", "preparing"), ("ramen", "virtualenv"), ("ramen", "packages")]


def test_an_agent_that_tells_and_does_not_answer(agent, record):
    assert agent("echo doing: packages; exit 3", {}) == {
        "ok": False,
        "error": "build did not finish: exit status 3",
    }


def test_an_agent_that_talks_a_lot_before_its_answer(agent, record):
    """More than a pipe holds, on both streams."""
    flood = "head -c 300000 /dev/zero | tr '\\0' x; echo"
    assert agent(f"{flood}; {{ {flood}; }} >&2; echo '{{}}'", {}) == {}


def test_who_waits_and_who_has_ended_is_told(record):
    states = []

    def work(row):
        states.append([one[1] for one in record.snapshot()["rows"]])
        record.doing(row["name"], "cooking")
        return {"ok": row["name"] != "bento"}

    _incell.each(1, [{"name": "ramen"}, {"name": "bento"}], work, lambda row: row["name"])
    assert states == [["waiting", "waiting"], ["done", "waiting"]]
    assert [row[:2] for row in record.snapshot()["rows"]] == [["ramen", "done"], ["bento", "failed"]]


NO_ANSWERS = [
    ("echo no space left >&2; exit 3", "build did not finish: no space left"),
    ("exit 3", "build did not finish: exit status 3"),
    ("echo '[1]'", "build: [1]"),
]


@pytest.mark.parametrize(("script", "error"), NO_ANSWERS)
def test_no_answer(agent, script, error):
    assert agent(script, {}) == {"ok": False, "error": error}


@pytest.mark.parametrize(
    ("claim", "ok"), [({}, False), ({"claim": {"wait": 0}}, False), ({"claim": {"wait": 30}}, True)]
)
def test_waiting_for_the_lock_comes_on_top_of_the_time_for_the_work(agent, home, monkeypatch, claim, ok):
    monkeypatch.setattr(_incell, "MARGIN", 0)
    nap = "sleep 0.3" if ok else "exec sleep 60"
    found = agent(f"{nap}; echo '{json.dumps({'ok': True})}'", claim, 0.1)
    assert found["ok"] is ok


def test_each_keeps_the_order():
    first = threading.Event()

    def work(number):
        if number == 1:
            assert first.wait(10)
        first.set()
        return number * 2

    assert _incell.each(2, [1, 2, 3], work) == [2, 4, 6]
    assert _incell.each(0, [2], work) == [4]
    assert _incell.each(4, [], work) == []
