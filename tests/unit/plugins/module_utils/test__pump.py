# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _pump
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

JOB = {"claim": {"who": "anna on laptop", "wait": 0}}


@pytest.fixture
def pump(home):
    """Starts shell scripts; what still runs at the end is told to stop."""
    path = home / "a.sock"

    def start(script):
        start.token = _pump.start(path, ["/bin/sh", "-c", script], JOB, str(home))
        start.path = path
        return start

    def call(verb, data=b"", most=0):
        return _pump.call(path, verb, start.token, data, most)

    start.call = call
    yield start
    try:
        _pump.call(path, "leave")
    except PyhostError:
        pass


def wait(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def take_all(one):
    found = b""
    while True:
        row, data = one.call("take", most=100_000)
        found += data
        if row["end"]:
            return found, row


def test_what_it_says_comes_over_many_calls(pump):
    one = pump("read job; echo $job; head -c 1000000 /dev/zero; echo done; echo a warning >&2; exit 3")
    said, row = take_all(one)
    assert said == b'{"claim": {"who": "anna on laptop", "wait": 0}}\n' + bytes(1_000_000) + b"done\n"
    assert (row["status"], row["errors"]) == (3, "a warning")
    wait(lambda: not one.path.exists())


def test_what_is_given_over_many_calls_is_heard_in_order(pump, home):
    one = pump("read job; cat > heard; echo over")
    for number in range(5):
        assert one.call("give", bytes([number]) * 200_000)[0]["taken"]
    one.call("close")
    assert take_all(one)[0] == b"over\n"
    assert (home / "heard").read_bytes() == b"".join(bytes([number]) * 200_000 for number in range(5))


def test_who_does_not_listen_is_told_of(pump, monkeypatch):
    one = pump("exec <&-; echo no; sleep 60")
    wait(lambda: one.call("give", b"x" * 200_000)[0]["end"])
    assert one.call("take", most=3)[1] == b"no\n"


def test_who_is_busy_takes_nothing_more(pump, monkeypatch):
    monkeypatch.setattr(_pump, "PATIENCE", 0.2)
    one = pump("read job; sleep 60")
    taken = [one.call("give", b"x" * 200_000)[0]["taken"] for _number in range(6)]
    assert taken == [True, True, True, False, False, False]


def test_a_second_run_is_refused_while_the_first_one_is_at_it(pump):
    pump("read job; sleep 60")
    with pytest.raises(PyhostError, match="another run is at it: anna on laptop; run again when it has ended"):
        pump("echo second")


def test_a_second_run_takes_over_what_nobody_asks_for(pump, home, monkeypatch):
    pump("read job; trap 'echo ended > end; exit' PIPE; while :; do echo x || exit; sleep 0.05; done; echo x > end")
    monkeypatch.setattr(_pump, "TAKEN_OVER", -1.0)
    one = pump("read job; echo second")
    assert take_all(one)[0] == b"second\n"


def test_one_that_was_killed_is_in_nobodys_way(pump, home):
    one = pump("read job; sleep 60")
    one.path.unlink()
    one.path.symlink_to("nowhere")
    with pytest.raises(PyhostError, match="what was at work on the host has ended"):
        one.call("take", most=1)
    assert take_all(pump("echo second"))[0] == b"second\n"


def test_where_nobody_calls_the_program_loses_its_pipes(pump, home, monkeypatch):
    monkeypatch.setattr(_pump, "IDLE", 0.3)
    one = pump("read job; cat > /dev/null; echo ended > end")
    wait((home / "end").exists)
    assert not os.path.lexists(one.path)


def test_a_run_that_gave_way_cannot_disturb_the_next_one(pump, monkeypatch):
    pump("read job; sleep 60")
    old = pump.token
    monkeypatch.setattr(_pump, "TAKEN_OVER", -1.0)
    one = pump("read job; cat; echo second")
    for verb in ("stop", "give", "close", "take"):
        with pytest.raises(PyhostError, match="gave way to another run"):
            _pump.call(one.path, verb, old, b"x", 1)
    one.call("close")
    assert take_all(one)[0] == b"second\n"
