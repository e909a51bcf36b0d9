# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of running apps are killed under load: what fails is bounded, and they come back by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from molecule.recover.tests.conftest import HOST
from tests.support.faults import Cell, cell, front, kill
from tests.support.kitchen import Kitchen
from tests.support.load import Load
from tests.support.pace import allowed
from tests.support.remote import shell

testinfra_hosts = [f"ansible://{HOST}"]

BACK_SECONDS = 15
FRONT_SECONDS = 4
RATE = 100


@dataclass(frozen=True)
class Killed:
    """What the load on an app saw, and the app's processes before and after."""

    seen: Load
    before: Cell
    after: Cell


VICTIMS: dict[str, Callable[[Cell], int]] = {
    "bento": lambda one: one.workers[0],
    "curry": lambda one: one.app,
    "ramen": lambda one: one.nginx,
    "udon": lambda one: one.supervisord,
}
"""Of each app another process."""


def _whole(now: Cell, before: Cell, name: str) -> bool:
    victim = VICTIMS[name](before)
    gone = victim not in (now.supervisord, now.nginx, now.app, *now.workers)
    return gone and all((now.supervisord, now.nginx, now.app)) and len(now.workers) == len(before.workers)


@pytest.fixture(scope="module")
def killed(kitchen: Kitchen) -> Iterator[dict[str, Killed]]:
    before = {name: cell(HOST, name) for name in VICTIMS}
    with kitchen.load(rate=RATE, what="SIGKILL of a process") as seen:
        kill(HOST, *(VICTIMS[name](before[name]) for name in VICTIMS))
        end = time.monotonic() + allowed(BACK_SECONDS)
        waiting = set(VICTIMS)
        while waiting and time.monotonic() < end:
            after = {name: cell(HOST, name) for name in VICTIMS}
            waiting = {name for name in VICTIMS if not _whole(after[name], before[name], name)}
    yield {name: Killed(seen[name], before[name], after[name]) for name in VICTIMS}
    if waiting:
        shell(HOST, f"systemctl restart {' '.join(f'pyhost-{name}' for name in waiting)}")


@pytest.mark.parametrize(
    ("name", "requests", "seconds"),
    [
        pytest.param("bento", 2, 1, id="a worker: what it was answering"),
        pytest.param("curry", RATE * 2, 2, id="the app: until it has started again"),
        pytest.param("ramen", RATE * 2, 2, id="nginx of the cell: until it has started again"),
        pytest.param("udon", RATE * 6, 6, id="supervisord: until the cell has started again"),
    ],
)
def test_what_fails_is_bounded(killed: dict[str, Killed], name: str, requests: int, seconds: float) -> None:
    one = killed[name]
    more = allowed(1)
    assert set(one.seen.answers) <= {"200", "502", "closed within an answer"}
    assert sum(one.seen.failed.values()) <= requests * more
    assert one.seen.outage <= seconds * more
    assert one.seen.slowest < (seconds + 2) * more


@pytest.mark.parametrize(
    "name",
    [
        "bento",
        "curry",
        "ramen",
        "udon",
    ],
)
def test_it_comes_back_by_itself(killed: dict[str, Killed], name: str) -> None:
    assert _whole(killed[name].after, killed[name].before, name)


def test_deploy_finds_nothing_to_mend(kitchen: Kitchen) -> None:
    kitchen.rests(*VICTIMS)


def test_front_comes_back_by_itself(kitchen: Kitchen) -> None:
    before = front(HOST)
    try:
        with kitchen.load("bento", rate=RATE, what="SIGKILL of the front") as seen:
            kill(HOST, before)
            end = time.monotonic() + allowed(FRONT_SECONDS)
            while front(HOST) in (0, before) and time.monotonic() < end:
                pass
        assert front(HOST) not in (0, before)
        assert seen["bento"].outage <= allowed(FRONT_SECONDS)
    finally:
        shell(HOST, "systemctl start nginx")
