# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several deploys at once: of one app, of several apps, and beside a removal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from molecule.recover.tests.conftest import HOST, NAMES
from tests.support.deploy import good
from tests.support.faults import wait_for_transaction
from tests.support.kitchen import Kitchen, unharmed
from tests.support.load import Load
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

PAUSE = 4.0
WAIT = 60


def test_deploys_of_one_app_at_once(kitchen: Kitchen) -> None:
    """One that will not wait is refused and told by whom, one that waits has its turn."""
    kitchen.cook("ramen", pause=PAUSE)
    with kitchen.load("ramen", what="three deploys of one app at once") as seen, ThreadPoolExecutor() as pool:
        first = pool.submit(kitchen.deploy, "ramen")
        wait_for_transaction(HOST, "ramen")
        waiting = pool.submit(kitchen.deploy, "ramen", lock_wait=WAIT)
        refused = kitchen.deploy("ramen")
        good(first.result())
        good(waiting.result())
    assert refused.status != 0
    assert "another deploy of this app is at work" in refused.message()
    assert ", rollout, since " in refused.message()
    unharmed(seen)


@pytest.mark.soak
def test_deploy_during_rollback(kitchen: Kitchen) -> None:
    """It is refused like a second deploy; once the rollback has ended it brings the new version."""
    kitchen.cook("ramen", pause=PAUSE)
    good(kitchen.deploy("ramen"))
    back = kitchen.versions["ramen"]
    kitchen.cook("ramen")
    good(kitchen.deploy("ramen"))
    with kitchen.load("ramen", what="deploy during a rollback") as seen, ThreadPoolExecutor() as pool:
        going_back = pool.submit(kitchen.rollback, "ramen")
        wait_for_transaction(HOST, "ramen", "rollback")
        kitchen.cook("ramen")
        refused = kitchen.deploy("ramen")
        good(going_back.result())
        assert kitchen.page("ramen") == back
        good(kitchen.deploy("ramen"))
    assert refused.status != 0
    assert ", rollback, since " in refused.message()
    assert kitchen.page("ramen") == kitchen.versions["ramen"]
    unharmed(seen)


@pytest.fixture(scope="module")
def several(kitchen: Kitchen) -> dict[str, Load]:
    """A playbook for each app, all at once: new code and one more domain each."""
    kitchen.cook()
    for name in NAMES:
        kitchen.entries[name]["domains"].append(f"more-{name}.example.com")
    with kitchen.load(what="four deploys at once") as seen, ThreadPoolExecutor() as pool:
        runs = [pool.submit(kitchen.deploy, name) for name in NAMES]
        for run in runs:
            good(run.result())
    return seen


def test_deploys_of_several_apps_at_once(kitchen: Kitchen, several: dict[str, Load]) -> None:
    unharmed(several)
    assert {name: kitchen.page(name) for name in NAMES} == kitchen.versions


def test_domains_of_all_of_them_are_served(kitchen: Kitchen, several: dict[str, Load]) -> None:
    for name in NAMES:
        assert get(HOST, f"more-{name}.example.com").status == 200


def test_all_of_them_are_mended(kitchen: Kitchen, several: dict[str, Load]) -> None:
    kitchen.recovers()


@pytest.mark.soak
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
