# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _memory, _usage
from living.cell import NGINX, Living, wait

LIMIT = 32 << 20


class Program:
    """As supervisord has it, of a process of which only the number counts."""

    def __init__(self, name, limit, state=20, log="/nonexistent"):
        self.config = SimpleNamespace(
            name=name, environment={"PYHOST_MEMORY": str(limit)} if limit else None, stdout_logfile=log
        )
        self.pid, self.laststart, self.stopped, self.state = os.getpid(), 7, 0, state

    def get_state(self):
        return self.state

    def stop(self):
        self.stopped += 1


@pytest.fixture
def said():
    return []


@pytest.fixture
def watch(tmp_path, said):
    logger = SimpleNamespace(warn=said.append)
    supervisord = SimpleNamespace(options=SimpleNamespace(logger=logger), process_groups={})
    return _memory.Watch(supervisord, tmp_path)


def have(watch, monkeypatch, used, *programs):
    watch.supervisord.process_groups = {
        one.config.name: SimpleNamespace(processes={one.config.name: one}) for one in programs
    }
    monkeypatch.setattr(_usage, "used", lambda pids: dict.fromkeys(pids, used))


CASES = [
    # the limit, what is used, its state, whether it is restarted
    (LIMIT, LIMIT + 1, 20, True),
    (LIMIT, LIMIT, 20, False),
    (0, LIMIT * 9, 20, False),
    (LIMIT, LIMIT * 9, 40, False),
]


@pytest.mark.parametrize(("limit", "used", "state", "restarted"), CASES)
def test_who_is_restarted(watch, monkeypatch, limit, used, state, restarted):
    one = Program("worker", limit, state)
    have(watch, monkeypatch, used, one)
    watch(None)
    assert (one.stopped, one.laststart) == ((1, 0) if restarted else (0, 7))


def test_it_is_told_everywhere_and_counted(watch, monkeypatch, tmp_path, said):
    log = tmp_path / "worker.log"
    log.write_text("working\n")
    have(watch, monkeypatch, 40 << 20, Program("worker", LIMIT, log=str(log)))
    watch(None)
    watch(None)
    text = "worker takes 40 MB, more than the 32 MB it may: it is ended and started again"
    assert said == [text, text]
    first, second, third = log.read_text().splitlines()
    assert (first, second.endswith(text), third.endswith(text)) == ("working", True, True)
    row = json.loads((tmp_path / "memory.json").read_text())["worker"]
    assert row.pop("last").endswith("Z")
    assert row == {"times": 2, "used": 40 << 20, "limit": LIMIT}


def test_what_is_told_of_a_day(tmp_path):
    now = 1_800_000_000.0  # 2027-01-15T08:00:00Z
    rows = {
        "worker": {"times": 2, "last": "2027-01-15T07:00:00Z"},
        "old": {"times": 2, "last": "2027-01-14T07:59:59Z"},
        "to come": {"times": 2, "last": "2027-01-15T08:00:01Z"},
        "no time": {"times": 2, "last": "yesterday"},
        "no number": {"times": [], "last": "2027-01-15T07:00:00Z"},
        "nothing": None,
    }
    (tmp_path / "memory.json").write_text(json.dumps(rows))
    text = "took more memory than it may: restarted 2 times, last at 2027-01-15T07:00:00Z"
    assert _memory.recent(tmp_path / "memory.json", now) == {"worker": text}
    assert _memory.recent(tmp_path / "none.json", now) == {}


def test_a_log_that_leads_elsewhere_is_not_written(watch, monkeypatch, tmp_path):
    (tmp_path / "far").write_text("")
    (tmp_path / "worker.log").symlink_to(tmp_path / "far")
    have(watch, monkeypatch, LIMIT * 2, Program("worker", LIMIT, log=str(tmp_path / "worker.log")))
    watch(None)
    assert (tmp_path / "far").read_text() == ""


def test_a_rollout_is_left_alone(watch, monkeypatch, tmp_path):
    (tmp_path / "journal.json").write_text("{}")
    one = Program("worker", LIMIT)
    have(watch, monkeypatch, LIMIT * 2, one)
    watch(None)
    assert one.stopped == 0


def test_an_error_does_not_end_supervisord(watch, monkeypatch, said):
    have(watch, monkeypatch, LIMIT * 2, Program("worker", "many"))
    watch(None)
    assert said[0].startswith("memory was not looked at: invalid literal")


@pytest.mark.skipif(not NGINX, reason="needs nginx")
def test_a_worker_that_takes_too_much_finishes_its_task_first():
    """With a real supervisord, which calls every five seconds."""
    cell = Living()
    try:
        assert cell.roll(cell.plan(1, processes=cell.work(1, seconds=8, mode="eats", memory=LIMIT), web=False))["ok"]
        before = cell.pid("worker")
        (task,) = cell.order_tasks(1)
        note = cell.home / "run" / "memory.json"
        wait(note.exists, "nobody noticed")
        row = json.loads(note.read_text())["worker"]
        assert row["used"] > 64 << 20
        assert row["limit"] == LIMIT
        wait(lambda: cell.pid("worker") not in (0, before), "it was not started again")
        assert list(cell.tasks()) == [task]
        assert "more than the 32 MB it may" in (cell.home / "logs" / "worker.log").read_text()
    finally:
        cell.close()
