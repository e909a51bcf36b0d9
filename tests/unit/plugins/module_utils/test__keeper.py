# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import signal
import socket
import threading
import time
import uuid

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _keeper
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW

SHORT = 0.3
"""Seconds of patience in these tests."""


@pytest.fixture
def jobs(home, monkeypatch):
    """The directory of sockets; a test begins and asks there as calls of the controller do, each in its own process."""
    monkeypatch.chdir(home)
    monkeypatch.setattr(_keeper, "PATIENCE", SHORT)
    monkeypatch.setattr(_keeper, "COMING", SHORT)
    return home / "jobs"


def gate(home, name="gate"):
    """A FIFO: who reads from it waits until somebody writes."""
    path = home / name
    os.mkfifo(path)
    return path


def ask(jobs, name, seen=-1, seconds=20.0, gap=20.0):
    return _keeper.ask({"name": name, "seen": seen, "seconds": seconds, "gap": gap}, jobs)


def rows(answer):
    return [row[:2] for row in answer["progress"]["rows"]]


def begin(jobs, work):
    name = uuid.uuid4().hex
    return name, _keeper.begin(work, name, jobs, SHORT)


def test_a_short_stage_is_answered_at_once(jobs):
    _name, answer = begin(jobs, lambda: {"changed": True, "word": "sůl"})
    assert answer == {"changed": True, "word": "sůl"}
    assert not jobs.exists()


def test_a_long_answer(jobs):
    assert begin(jobs, lambda: {"text": "x" * (1 << 20)})[1] == {"text": "x" * (1 << 20)}


def test_a_long_stage_tells_how_far_it_is_and_then_its_answer(jobs, home):
    first, second = gate(home, "first"), gate(home, "second")

    def work():
        NOW.doing("ramen", "virtualenv")
        first.read_text()
        NOW.doing("ramen", "packages")
        second.read_text()
        return {"changed": True}

    name, answer = begin(jobs, work)
    assert rows(answer) == [["ramen", "virtualenv"]]
    first.write_text("go")
    answer = ask(jobs, name, seen=answer["running"], gap=0.0)
    assert rows(answer) == [["ramen", "packages"]]
    second.write_text("go")
    assert ask(jobs, name, seen=answer["running"]) == {"changed": True}


def test_nothing_new_is_said_after_its_time(jobs, home):
    wait = gate(home)
    name, answer = begin(jobs, lambda: {"text": wait.read_text()})
    begun = time.monotonic()
    assert ask(jobs, name, seen=answer["running"], seconds=0.5)["running"] == answer["running"]
    assert time.monotonic() - begun >= 0.5
    wait.write_text("go")
    assert ask(jobs, name)["text"] == "go"


def test_news_wait_for_the_gap_and_the_answer_does_not(jobs, home):
    wait = gate(home)
    name, _answer = begin(jobs, lambda: {"text": wait.read_text()})
    threading.Timer(0.3, wait.write_text, ["go"]).start()
    begun = time.monotonic()
    assert ask(jobs, name, seen=-1, gap=20.0) == {"text": "go"}
    assert time.monotonic() - begun < 10


def test_an_answer_waits_for_being_asked_for(jobs, home):
    """As it has to where the connection was lost meanwhile."""
    wait = gate(home)
    name, _answer = begin(jobs, lambda: {"text": wait.read_text()})
    wait.write_text("go")
    time.sleep(0.5)
    assert ask(jobs, name) == {"text": "go"}


def test_an_answer_for_which_nobody_asks_goes(jobs, home, monkeypatch):
    monkeypatch.setattr(_keeper, "KEPT", 0.2)
    wait = gate(home)
    name, _answer = begin(jobs, lambda: {"text": wait.read_text()})
    wait.write_text("go")
    end = time.monotonic() + 20
    while (jobs / name).exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert ask(jobs, name)["unknown"]


def test_an_answer_that_could_not_be_delivered_is_kept(jobs, home):
    jobs.mkdir()
    name = uuid.uuid4().hex
    _keeper.keep({"changed": True}, name, jobs)
    assert ask(jobs, name) == {"changed": True}


def test_two_that_ask_at_once_both_hear_it(jobs, home):
    wait = gate(home)
    name, answer = begin(jobs, lambda: {"text": wait.read_text()})
    heard = []
    asking = [
        threading.Thread(target=lambda: heard.append(ask(jobs, name, seen=answer["running"]))) for _number in range(2)
    ]
    for one in asking:
        one.start()
    time.sleep(0.5)
    wait.write_text("go")
    for one in asking:
        one.join(20)
    assert heard == [{"text": "go"}, {"text": "go"}]


def test_a_stage_that_is_killed_at_once_has_no_answer(jobs):
    assert begin(jobs, lambda: os.kill(os.getpid(), signal.SIGKILL))[1] is None


def test_a_stage_that_is_killed_later_is_told_of(jobs, home):
    wait = gate(home)

    def work():
        wait.read_text()
        os.kill(os.getpid(), signal.SIGKILL)

    name, _answer = begin(jobs, work)
    wait.write_text("go")
    answer = ask(jobs, name)
    assert answer["failed"]
    assert "was killed" in answer["msg"]
    assert not answer.get("unknown")


def test_an_error_of_our_own_is_an_answer_with_its_traceback(jobs):
    answer = begin(jobs, lambda: {}["soup"])[1]
    assert answer["failed"]
    assert "KeyError" in answer["msg"]
    assert "Traceback" in answer["exception"]


@pytest.mark.parametrize("name", ["0" * 32, "../gate", ""])
def test_one_that_nobody_keeps(jobs, name):
    jobs.mkdir()
    assert ask(jobs, name)["unknown"]


def test_the_directory_is_for_its_user_alone(jobs, home):
    wait = gate(home)
    name, _answer = begin(jobs, lambda: {"text": wait.read_text()})
    assert jobs.stat().st_mode & 0o777 == 0o700
    wait.write_text("go")
    ask(jobs, name)
    assert not list(jobs.iterdir())


def test_what_killed_keepers_left_is_removed(jobs, home):
    jobs.mkdir(mode=0o700)
    dead = jobs / ("d" * 32)
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(dead))
    wait = gate(home)
    name, _answer = begin(jobs, lambda: {"text": wait.read_text()})
    assert [path.name for path in jobs.iterdir()] == [name]
    wait.write_text("go")
    ask(jobs, name)
