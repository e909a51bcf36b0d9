# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schedules on a real host: what runs, what becomes of it, and what a rollout and a kill change."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from molecule.cron.tests.conftest import CRON, DOMAIN, EVERY_MINUTE, HOME, HOST, Clock
from tests.support.deploy import good
from tests.support.patience import until
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]


def gone(pid: str) -> bool:
    return shell(HOST, f"test -d /proc/{int(pid)} && echo there || echo gone") == "gone\n"


def test_a_killed_scheduler(clock: Clock) -> None:
    """The run goes on, and the next scheduler knows of it; what it has run it does not run again."""
    pid = until(lambda: shell(HOST, f"cat {HOME}/data/slow.pid || true"), "a run of slow")
    old = clock.scheduler()
    shell(HOST, f"kill -9 {old}")
    until(lambda: clock.scheduler() not in (0, old), "a new scheduler")
    assert not gone(pid)
    assert clock.row("slow")["result"] == ""
    assert [run["pid"] for run in clock.state()["runs"].values() if run["job"] == "slow"] != [0]


def test_a_rollout_while_a_job_runs(clock: Clock) -> None:
    """It runs on in the old release, and its end is known; what begins later has the new code; the scheduler stays."""
    before, pid = clock.scheduler(), shell(HOST, f"cat {HOME}/data/slow.pid")
    clock.version("v2")
    good(clock.deploy())
    assert get(HOST, DOMAIN).text == "v2"
    assert clock.scheduler() == before
    assert not gone(pid)
    shell(HOST, f"su -s /bin/sh clock -c 'touch {HOME}/data/go'")
    until(lambda: clock.row("slow")["result"], "the end of slow")
    assert clock.row("slow")["result"] == "exit status 3"
    assert "v1 100% kürbis clock /srv/virtualenvs/" in clock.log("slow")


def test_what_becomes_of_a_run(clock: Clock) -> None:
    until(
        lambda: all(clock.row(job)["result"] for job in ("late", "left", "loud", "silent", "missing")), "five ends", 30
    )
    assert clock.row("late")["result"] == "ended, because max_age is 5 s"
    assert clock.row("left")["result"] == "ended, because max_age is 5 s"
    assert gone(shell(HOST, f"cat {HOME}/data/left.pid"))
    assert (clock.row("loud")["result"], clock.row("silent")["result"]) == ("ok", "ok")
    assert clock.row("missing")["result"] == "exit status 127"
    sizes = shell(HOST, f"stat -c %s {HOME}/logs/cron-loud.log*").split()
    assert len(sizes) == 3
    assert max(map(int, sizes)) <= 1 << 20
    assert (clock.row("yearly")["last"], clock.row("yearly")["next"][5:]) == ("", "01-01T00:00:00Z")


def test_by_the_minute(clock: Clock) -> None:
    until(lambda: re.search(r"^v2 100% kürbis clock /srv/virtualenvs/\w+/bin/python$", clock.log("tick"), re.M), "v2")
    minutes = [moment[:16] for moment in clock.begun("tick")]
    assert len(minutes) == len(set(minutes))
    once = [job for job in CRON if job not in ("tick", "yearly", "loud")]  # loud has pushed its begin out of its log
    assert {job: len(clock.begun(job)) for job in once} == dict.fromkeys(once, 1)


def test_once_more_changes_nothing(clock: Clock) -> None:
    assert good(clock.deploy()).changed == {HOST: 0}


def test_a_check_says_what_would_change(clock: Clock) -> None:
    cron = {"tick": {"schedule": "@hourly", "command": "sh tick.sh"}}
    run = good(clock.deploy("--check", "--diff", cron=cron))
    assert "schedules changed" in run.output
    assert "-cron loud: @reboot head -c 100000000 /dev/zero" in run.output
    assert "+cron tick: @hourly sh tick.sh (skip, 86400 s)" in run.output
    assert "loud" in clock.state()["jobs"]


@pytest.mark.soak
def test_what_is_due_while_it_runs(clock: Clock) -> None:
    """Left out, or run once afterwards; then both are removed, one of them while it runs."""
    command = "date +%s >> $PYHOST_DATA/{}; sleep 75"
    cron = {
        kind: {"schedule": EVERY_MINUTE, "command": command.format(kind), "overlap": kind} for kind in ("skip", "queue")
    }
    good(clock.deploy(cron=cron))
    until(lambda: clock.log("queue").count(" begins, ") == 3, "three runs", 300)
    begun = {kind: [int(one) for one in shell(HOST, f"cat {HOME}/data/{kind}").split()] for kind in cron}
    assert all(75 <= after - first < 80 for first, after in pairwise(begun["queue"])), begun
    assert all(119 <= after - first < 122 for first, after in pairwise(begun["skip"])), begun
    assert "is due, and left out, because 1 of it still runs" in clock.log("skip")
    good(clock.deploy(cron={"tick": {"schedule": "@yearly", "command": "sh tick.sh"}}))
    until(lambda: list(clock.state()["jobs"]) == ["tick"], "the scheduler looks again")
    assert "queue" in [run["job"] for run in clock.state()["runs"].values()]
    until(lambda: not clock.state()["runs"], "what runs ends by itself")
    assert clock.log("queue").splitlines()[-1].partition(" (")[0].endswith("Z ok")


def test_without_any_entry_there_is_no_scheduler(clock: Clock) -> None:
    good(clock.deploy(cron={}))
    assert "cron" not in shell(HOST, "/opt/pyhost/tools/bin/pyhost-enter clock supervisorctl status")
    assert shell(HOST, "ps -u clock -o args= | grep -c '[s]leep' || true").strip() == "0"
    assert good(clock.deploy(cron={})).changed == {HOST: 0}
