# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scheduler knows after its supervisord was killed, or its host lost its power; and account scope."""

from __future__ import annotations

import re

import pytest

from molecule.cron.tests.conftest import EVERY_MINUTE, HOST, Clock
from tests.support import faults
from tests.support.deploy import good
from tests.support.patience import until
from tests.support.remote import shell

pytestmark = pytest.mark.soak
testinfra_hosts = [f"ansible://{HOST}"]

CRON = {
    "boot": {"schedule": "@reboot", "command": "echo up"},
    "long": {"schedule": EVERY_MINUTE, "command": "echo on; sleep 1000"},
    "tick": {"schedule": EVERY_MINUTE, "command": "sh tick.sh"},
}
ENDS = {
    "supervisord": "killed by SIGTERM|was killed, or its cell was|ended, because the scheduler was stopped",
    "power": "was killed, or its cell was",
}
"""What is known of the run; systemd ends the rest of a cell whose supervisord was killed."""


@pytest.mark.parametrize("fault", ["supervisord", "power"])
def test_the_cell_ends(clock: Clock, fault: str) -> None:
    good(clock.deploy(cron=CRON))
    until(lambda: clock.row("long")["last"] and not clock.row("long")["result"], "a run of long")
    boots, ticks = len(clock.begun("boot")), len(clock.begun("tick"))
    last = clock.row("long")["last"]
    if fault == "power":
        faults.cut_power(HOST)
    else:
        faults.kill(HOST, faults.cell(HOST, "clock").supervisord)
    until(lambda: len(clock.begun("boot")) == boots + 1, "the start of the cell")
    until(lambda: re.search(f"Z ({ENDS[fault]}) \\(", clock.log("long")), "the end of long is known")
    until(lambda: clock.row("long")["last"] > last, "long runs again")
    until(lambda: len(clock.begun("tick")) > ticks, "tick runs again")
    minutes = [moment[:16] for moment in clock.begun("tick")]
    assert len(minutes) == len(set(minutes))
    assert good(clock.deploy(cron=CRON)).changed == {HOST: 0}


def test_the_scheduler_is_stopped_by_the_owner(clock: Clock) -> None:
    good(clock.deploy(cron=CRON))
    until(lambda: clock.row("long")["last"] and not clock.row("long")["result"], "a run of long")
    shell(HOST, "/opt/pyhost/tools/bin/pyhost-enter clock supervisorctl stop cron")
    assert clock.row("long")["result"] == "ended, because the scheduler was stopped"
    assert shell(HOST, "ps -u clock -o args= | grep -c '[s]leep 1000' || true").strip() == "0"
    run = good(clock.deploy(cron=CRON))
    assert run.rows[HOST]["clock"]["rollout"] == "done (cron is stopped)"
    assert clock.scheduler() > 0
