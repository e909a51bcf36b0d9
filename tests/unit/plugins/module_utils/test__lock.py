# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import threading
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _lock
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

ANNA = {"who": "anna on laptop", "wait": 0}
BOB = {"who": "bob on desk", "wait": 0}
SINCE = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+"


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(_lock, "POLL", 0.001)


def test_the_holder_is_named(home):
    with _lock.held(home, ANNA, "rollout"):
        assert re.fullmatch(rf"anna on laptop, rollout, since {SINCE}", _lock.holder(home))
        row = json.loads((home / "run" / "lock").read_text())
        assert (list(row), row["pid"]) == (["who", "what", "pid", "since"], os.getpid())
        assert (home / "run").stat().st_mode & 0o007 == 0


def test_it_is_free_before_and_after(home):
    assert _lock.holder(home) == ""
    assert not (home / "run").exists()
    with _lock.held(home, ANNA, "rollout"):
        pass
    assert _lock.holder(home) == ""
    with pytest.raises(KeyError), _lock.held(home, ANNA, "build"):
        raise KeyError("x")
    assert _lock.holder(home) == ""


def test_a_second_one_is_refused_with_the_name_of_the_first(home):
    with (
        _lock.held(home, ANNA, "rollout"),
        pytest.raises(PyhostError) as caught,
        _lock.held(home, BOB, "build"),
    ):
        pass
    assert re.fullmatch(
        rf"another deploy of this app is at work: anna on laptop, rollout, since {SINCE}; run again when it has "
        r"ended, or let pyhost_lock_wait say how many seconds to wait for it",
        str(caught.value),
    )
    with _lock.held(home, BOB, "build"):
        assert _lock.holder(home).startswith("bob on desk, build, since ")


def test_a_second_one_may_wait(home):
    entered, freed = threading.Event(), []

    def first():
        with _lock.held(home, ANNA, "rollout"):
            entered.set()
            time.sleep(0.2)
            freed.append(time.monotonic())

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(10)
    with _lock.held(home, {**BOB, "wait": 10}, "build"):
        assert time.monotonic() >= freed[0]
    thread.join()


def test_waiting_ends(home):
    begun = time.monotonic()
    with (
        _lock.held(home, ANNA, "rollout"),
        pytest.raises(PyhostError, match="^another deploy of this app is at work: anna on laptop, "),
        _lock.held(home, {**BOB, "wait": 0.2}, "build"),
    ):
        pass
    assert 0.2 <= time.monotonic() - begun < 20


def test_a_holder_that_is_killed_holds_nothing(home):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with _lock.held(home, ANNA, "rollout"):
            os.write(writing, b"x")
            signal.pause()
        os._exit(0)
    try:
        assert os.read(reading, 1) == b"x"
        assert _lock.holder(home).startswith("anna on laptop, rollout, since ")
        assert json.loads((home / "run" / "lock").read_text())["pid"] == child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
    assert _lock.holder(home) == ""
    with _lock.held(home, BOB, "build"):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"who": "anna"}', '{"who": "", "what": "x", "since": "y"}', "\0"])
def test_a_holder_without_a_name(home, text):
    """It was looked at between taking the lock and leaving the name, or the owner wrote there."""
    with _lock.held(home, ANNA, "rollout"):
        (home / "run" / "lock").write_text(text)
        assert _lock.holder(home) == "somebody who left no name"


def test_a_look_refuses_nobody(home):
    """Whoever asks who holds the lock has it for an instant."""
    (home / "run").mkdir()
    (home / "run" / "lock").touch()
    with (home / "run" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        timer = threading.Timer(0.1, lambda: fcntl.flock(lock, fcntl.LOCK_UN))
        timer.start()
        with _lock.held(home, {"who": "anna", "wait": 0}, "rollout"):
            pass
        timer.join()
