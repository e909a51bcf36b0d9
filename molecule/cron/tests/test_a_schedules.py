# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schedules on a real host: what runs, what becomes of it, and what a rollout and a kill change."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from molecule.cron.tests.conftest import CRON, DOMAIN, HOME, HOST, Clock, until
from tests.support.deploy import good
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]


def gone(pid: str) -> bool:
    return shell(HOST, f"test -d /proc/{int(pid)} && echo there || echo gone") == "gone\n"


def test_every_job_has_run_in_the_first_minute(clock: Clock) -> None:
    assert clock.row("boot")["result"] == "ok"
    assert (clock.row("yearly")["last"], clock.row("yearly")["next"][5:]) == ("", "01-01T00:00:00Z")
    until(lambda: clock.row("missing")["result"], "the first minute")
    assert clock.row("missing")["result"] == "exit status 127"
    until(lambda: clock.row("tick")["result"] == "ok", "tick")
    assert re.search(
        rf"^v1 100% kürbis clock {HOME}?/?.*virtualenvs/\w+/bin/python$", clock.log("tick").replace("/srv", HOME), re.M
    )
    until(lambda: clock.row("silent")["result"] == "ok", "a job that closes its output")


def test_a_rollout_while_a_job_runs(clock: Clock) -> None:
    """``slow`` runs on with the old code, and what begins later has the new one; the scheduler stays."""
    until(lambda: clock.state()["runs"], "a run of slow")
    before, pid = clock.scheduler(), shell(HOST, f"cat {HOME}/data/slow.pid")
    clock.version("v2")
    good(clock.deploy())
    assert get(HOST, DOMAIN).text == "v2"
    assert clock.scheduler() == before
    assert not gone(pid)
    until(lambda: "v2 100% " in clock.log("tick"), "the new code")


def test_too_old_too_loud_and_left_over(clock: Clock) -> None:
    until(lambda: clock.row("late")["result"], "late", 30)
    assert clock.row("late")["result"] == "ended, because max_age is 5 s"
    until(lambda: clock.row("left")["result"], "left", 30)
    assert gone(shell(HOST, f"cat {HOME}/data/left.pid"))
    until(lambda: clock.row("loud")["result"] == "ok", "loud", 30)
    sizes = shell(HOST, f"stat -c %s {HOME}/logs/cron-loud.log*").split()
    assert len(sizes) == 3
    assert max(map(int, sizes)) <= 1 << 20


def test_a_killed_scheduler(clock: Clock) -> None:
    """The run goes on, its end is known, and nothing begins twice in one minute."""
    until(lambda: "slow" in [run["job"] for run in clock.state()["runs"].values()], "a run of slow")
    pid = shell(HOST, f"cat {HOME}/data/slow.pid")
    old = clock.scheduler()
    shell(HOST, f"kill -9 {old}")
    until(lambda: clock.scheduler() not in (0, old), "a new scheduler")
    assert not gone(pid)
    until(lambda: "exit status 3 (" in clock.log("slow"), "the end of slow")
    for job in CRON:
        minutes = [moment[:16] for moment in clock.begun(job)] if job not in ("queue", "yearly") else []
        assert len(minutes) == len(set(minutes)), (job, minutes)
    ticks = [moment[14:16] for moment in clock.begun("tick")]
    assert [(int(after) - int(first)) % 60 for first, after in pairwise(ticks)] == [1] * (len(ticks) - 1)
    assert "is due, and left out, because 1 of it still runs" in clock.log("slow")
    runs = [int(moment) for moment in shell(HOST, f"cat {HOME}/data/queue").split()]
    assert all(75 <= after - first < 80 for first, after in pairwise(runs)), runs


def test_once_more_changes_nothing(clock: Clock) -> None:
    assert good(clock.deploy()).changed == {HOST: 0}


def test_a_check_says_what_would_change(clock: Clock) -> None:
    cron = {"tick": {"schedule": "@hourly", "command": "sh tick.sh"}}
    run = good(clock.deploy("--check", "--diff", cron=cron))
    assert "schedules changed" in run.output
    assert "-cron loud: * * * * * head -c 100000000 /dev/zero" in run.output
    assert "+cron tick: @hourly sh tick.sh (skip, 86400 s)" in run.output
    assert "loud" in clock.state()["jobs"]


@pytest.mark.soak
def test_an_entry_that_is_removed_while_it_runs(clock: Clock) -> None:
    """What runs finishes, and nothing begins any more."""
    until(lambda: "slow" in [run["job"] for run in clock.state()["runs"].values()], "a run of slow")
    pid = shell(HOST, f"cat {HOME}/data/slow.pid")
    good(clock.deploy(cron={"tick": {"schedule": "@yearly", "command": "sh tick.sh"}}))
    until(lambda: list(clock.state()["jobs"]) == ["tick"], "the scheduler looks again")
    assert not gone(pid)
    until(lambda: gone(pid), "the run ends by itself")
    assert clock.log("slow").splitlines()[-1].partition(" (")[0].endswith("exit status 3")


def test_without_any_entry_there_is_no_scheduler(clock: Clock) -> None:
    good(clock.deploy(cron={}))
    assert "cron" not in shell(HOST, "/opt/pyhost/tools/bin/pyhost-enter clock supervisorctl status")
    assert shell(HOST, "ps -u clock -o args= | grep -c '[s]leep' || true").strip() == "0"
    assert good(clock.deploy(cron={})).changed == {HOST: 0}
