# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of change, again and again, under all the load that the machine gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.deploy import good
from tests.support.kitchen import Kitchen, unharmed
from tests.support.load import UNBOUNDED

APP = "ramen"

Change = Callable[[Kitchen, dict[str, Any], int], object]
"""Changes the app or its entry; the number says how often it was done before."""


def _location(kitchen: Kitchen, entry: dict[str, Any], number: int) -> None:
    kitchen.write(APP, "static/menu.txt", "noodles")
    entry["locations"] = [{"location": f"/static{number % 2}/", "alias": "static/"}]


def _requirement(kitchen: Kitchen, _entry: dict[str, Any], number: int) -> None:
    kitchen.write(APP, "requirements.txt", f"itsdangerous==2.{1 + number % 2}.0\n")


CHANGES: dict[str, Change] = {
    "code": lambda kitchen, _entry, _number: kitchen.cook(APP),
    "requirement": _requirement,
    "python": lambda _kitchen, entry, number: entry.update(python=("3.11", "3.13")[number % 2]),
    "environment": lambda _kitchen, entry, number: entry.update(environment={"MENU": f"menu {number}"}),
    "workers": lambda _kitchen, entry, number: entry.update(workers=2 + number % 2),
    "location": _location,
}


@pytest.fixture
def entry(kitchen: Kitchen) -> Iterator[dict[str, Any]]:
    """The app's entry, for this test to change."""
    before = dict(kitchen.entries[APP])
    yield kitchen.entries[APP]
    kitchen.entries[APP] = before
    kitchen.write(APP, "requirements.txt", "itsdangerous==2.1.2\n")
    good(kitchen.deploy(APP))


@pytest.mark.parametrize("kind", CHANGES)
def test_rollouts_lose_no_request(kitchen: Kitchen, entry: dict[str, Any], rounds: int, kind: str) -> None:
    CHANGES[kind](kitchen, entry, 1)  # What comes for the first time, such as a runtime, is no part of it.
    good(kitchen.deploy(APP))
    with kitchen.load(APP, rate=UNBOUNDED, what=f"{rounds} rollouts: {kind}") as seen:
        for number in range(rounds):
            CHANGES[kind](kitchen, entry, number)
            run = good(kitchen.deploy(APP))
            assert "done" in run.rows[kitchen.host][APP]["rollout"]
    unharmed(seen)
    kitchen.rests(APP)


def test_rollbacks_lose_no_request(kitchen: Kitchen, rounds: int) -> None:
    """Back, and to the newest version again by a deploy, in turn."""
    kitchen.cook(APP)
    good(kitchen.deploy(APP))
    old = kitchen.versions[APP]
    kitchen.cook(APP)
    good(kitchen.deploy(APP))
    new = kitchen.versions[APP]
    with kitchen.load(APP, rate=UNBOUNDED, what=f"{rounds} rollbacks") as seen:
        for version in itertools.islice(itertools.cycle((old, new)), rounds):
            good(kitchen.rollback(APP)) if version == old else good(kitchen.deploy(APP))
            assert kitchen.page(APP) == version
    unharmed(seen)
    kitchen.recovers(APP)
