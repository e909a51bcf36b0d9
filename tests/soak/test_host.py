# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections are lost and the power is cut at many moments; apps come by the dozen."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.soak.conftest import HOST, NAMES
from tests.support.deploy import good
from tests.support.faults import cut_power, drop_connections, wait_for_rest, wait_for_transaction
from tests.support.kitchen import Kitchen, unharmed

APP = "ramen"
PAUSE = 4.0


@pytest.mark.parametrize("whole", [False, True], ids=["sshd", "all that it started"])
@pytest.mark.parametrize("verb", ["release", "build", "rollout"])
def test_connection_is_lost(kitchen: Kitchen, verb: str, whole: bool) -> None:
    kitchen.cook(APP, pause=PAUSE)
    kitchen.write(APP, "requirements.txt", f"itsdangerous==2.{1 + whole}.0\n")
    with kitchen.load(APP, what=f"connection lost during {verb}") as seen, ThreadPoolExecutor() as pool:
        deploying = pool.submit(kitchen.deploy, APP)
        wait_for_transaction(HOST, APP, verb)
        drop_connections(HOST, whole)
        assert deploying.result().status != 0
        wait_for_rest(HOST, APP)
        kitchen.recovers(APP)
    unharmed(seen)


def test_power_is_cut(kitchen: Kitchen, rounds: int) -> None:
    """At moments spread over a rollout: what serves after it is the old version or the new one, and then the new one."""
    for number in range(rounds):
        old = kitchen.versions[APP]
        kitchen.cook(APP, pause=1)
        with ThreadPoolExecutor() as pool:
            deploying = pool.submit(kitchen.deploy, APP)
            wait_for_transaction(HOST, APP)
            time.sleep(5 * number / rounds)
            cut_power(HOST)
            deploying.result()
        assert kitchen.serves_within(60)[APP] in (old, kitchen.versions[APP])
        kitchen.recovers()


def test_power_is_cut_at_rest(kitchen: Kitchen) -> None:
    cut_power(HOST)
    assert kitchen.serves_within(60) == kitchen.versions
    kitchen.rests()


def test_apps_come_at_once(kitchen: Kitchen, rounds: int) -> None:
    """Each by a playbook of its own: users, units and the front's files are made by all of them."""
    for _number in range(rounds):
        good(kitchen.remove_all())
        with ThreadPoolExecutor() as pool:
            runs = [pool.submit(kitchen.deploy, name) for name in NAMES]
            for run in runs:
                good(run.result())
        kitchen.rests()
