# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred rollouts in a row leave nothing: what was counted before them is counted after them."""

from __future__ import annotations

from tests.soak.conftest import HOST, WARM
from tests.support import figures
from tests.support.deploy import good
from tests.support.faults import home_of, orphans
from tests.support.kitchen import Kitchen, unharmed
from tests.support.remote import ask

APP = "ramen"
BOUNDS = {
    "processes": 2,
    "processes of the app": 0,
    "descriptors of the app": 2,
    "descriptors of the front": 2,
    "inodes of the home": 5,
    "kilobytes of the home": 512,
    "inodes of the rest": 5,
}
"""By how much each may differ; logs and the history of the app may grow."""


def test_nothing_grows(kitchen: Kitchen, rounds: int) -> None:
    for _number in range(WARM):
        _roll(kitchen)
    assert orphans(HOST, APP) == []
    before = ask(HOST, "numbers", APP, home_of(APP))
    with kitchen.load(APP, what=f"{10 * rounds} rollouts in a row") as seen:
        for _number in range(10 * rounds):
            _roll(kitchen)
    assert orphans(HOST, APP) == []
    after = ask(HOST, "numbers", APP, home_of(APP))
    for name in BOUNDS:
        print(f"{name}: {before[name]} before, {after[name]} after {10 * rounds} rollouts")
    figures.keep(
        {"name": "soak: nothing_grows", "what": ", ".join(f"{name} {before[name]} → {after[name]}" for name in BOUNDS)}
    )
    unharmed(seen)
    grown = {name: after[name] - before[name] for name in BOUNDS}
    assert {name: by for name, by in grown.items() if by > BOUNDS[name]} == {}


def _roll(kitchen: Kitchen) -> None:
    kitchen.cook(APP)
    good(kitchen.deploy(APP))
