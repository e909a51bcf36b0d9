# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deploy itself is interrupted, from the controller's side: killed, Ctrl-C, connection lost, host rebooted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from molecule.recover.tests.conftest import HOST
from tests.support.deploy import good
from tests.support.faults import cut_power, drop_connections, wait_for_rest, wait_for_transaction
from tests.support.interrupt import SIGNALS, ending, tasks
from tests.support.kitchen import Kitchen, unharmed

testinfra_hosts = [f"ansible://{HOST}"]

PAUSE = 4.0
"""Seconds that a new version takes to start, so that something can happen meanwhile."""


KILLS = (
    ("Build virtualenvs", "INT", 0.0),
    ("Roll out", "KILL", 1.5),
    ("Lead domains to cells", "KILL", 0.0),
)
"""Task, signal, and seconds from the task's begin to the signal."""


@pytest.mark.soak
def test_playbook_is_killed(kitchen: Kitchen) -> None:
    """Each run is killed and so is the next; the last one finishes what all of them began."""
    with kitchen.load("bento", what="ansible-playbook ended three times") as seen:
        for task, signal, after in KILLS:
            kitchen.cook("bento")
            run = kitchen.deploy("bento", environment=ending(task, signal, after))
            assert run.status == SIGNALS[signal], run.output
            assert tasks(run.output)[-1] == task
            wait_for_rest(HOST, "bento")
        kitchen.recovers("bento")
    unharmed(seen)


def test_connection_is_lost(kitchen: Kitchen) -> None:
    """The transaction goes on without it, and the deploy hears by another connection how it ended."""
    kitchen.cook("bento", pause=PAUSE)
    with kitchen.load("bento", what="connection lost during the health check") as seen, ThreadPoolExecutor() as pool:
        deploying = pool.submit(kitchen.deploy, "bento")
        wait_for_transaction(HOST, "bento")
        drop_connections(HOST)
        good(deploying.result())
        assert kitchen.page("bento") == kitchen.versions["bento"]
        kitchen.rests("bento")
    unharmed(seen)


def test_power_is_cut(kitchen: Kitchen) -> None:
    """What was committed serves after it, and the same deploy again brings the new version."""
    before = kitchen.versions["bento"]
    kitchen.cook("bento", pause=PAUSE)
    with ThreadPoolExecutor() as pool:
        deploying = pool.submit(kitchen.deploy, "bento")
        wait_for_transaction(HOST, "bento")
        cut_power(HOST)
        run = deploying.result()
    assert run.status != 0
    assert kitchen.serves_within(20)["bento"] == before
    kitchen.recovers()
