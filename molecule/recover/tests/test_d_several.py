# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several deploys at once: of one app, of several apps, and beside a removal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from molecule.recover.tests.conftest import HOST, NAMES
from tests.support.deploy import good
from tests.support.faults import wait_for_transaction
from tests.support.kitchen import Kitchen, unharmed

testinfra_hosts = [f"ansible://{HOST}"]

PAUSE = 4.0
WAIT = 60


def test_second_deploy_of_an_app_is_refused(kitchen: Kitchen) -> None:
    kitchen.cook("ramen", pause=PAUSE)
    with kitchen.load("ramen", what="a second deploy, refused") as seen, ThreadPoolExecutor() as pool:
        first = pool.submit(kitchen.deploy, "ramen")
        wait_for_transaction(HOST, "ramen")
        second = kitchen.deploy("ramen")
        good(first.result())
    assert second.status != 0
    assert "another deploy of this app is at work" in second.message()
    assert ", rollout, since " in second.message()
    unharmed(seen)
    kitchen.rests("ramen")


def test_second_deploy_of_an_app_waits(kitchen: Kitchen) -> None:
    kitchen.cook("ramen")
    with kitchen.load("ramen", what="two deploys at once, both wait") as seen, ThreadPoolExecutor() as pool:
        runs = [pool.submit(kitchen.deploy, "ramen", lock_wait=WAIT) for _number in range(2)]
        for run in runs:
            good(run.result())
    unharmed(seen)
    kitchen.rests("ramen")


def test_deploys_of_several_apps_at_once(kitchen: Kitchen) -> None:
    kitchen.cook()
    with kitchen.load(what="four deploys at once") as seen, ThreadPoolExecutor() as pool:
        runs = [pool.submit(kitchen.deploy, name) for name in NAMES]
        for run in runs:
            good(run.result())
    unharmed(seen)
    kitchen.rests()


def test_deploy_beside_a_removal(kitchen: Kitchen) -> None:
    """One of them may be refused; afterwards a deploy brings the app back, and its neighbour never noticed."""
    kitchen.cook("udon")
    with kitchen.load("bento", what="deploy and removal of a neighbour at once") as seen, ThreadPoolExecutor() as pool:
        going = pool.submit(kitchen.remove, "udon")
        coming = pool.submit(kitchen.deploy, "udon")
        statuses = (going.result().status, coming.result().status)
        kitchen.recovers("udon")
    unharmed(seen)
    assert 0 in statuses


def test_apps_that_come_at_once(kitchen: Kitchen) -> None:
    good(kitchen.remove_all())
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(kitchen.deploy, name) for name in NAMES]
        for run in runs:
            good(run.result())
    kitchen.rests()
