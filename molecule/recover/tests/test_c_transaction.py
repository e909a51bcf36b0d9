# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction on the host is killed before a change that it makes, one place for each app, all at once."""

from __future__ import annotations

import pytest

from molecule.recover.tests.conftest import HOST, NAMES
from tests.support.crashes import NOWHERE, ROOT_TOO, Point, counted, crashing
from tests.support.deploy import good
from tests.support.kitchen import Kitchen, unharmed
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]


@pytest.fixture(scope="module")
def points(kitchen: Kitchen) -> list[Point]:
    """Every change that a deploy of new code makes, in order."""
    kitchen.cook("udon")
    kitchen.write("udon", "requirements.txt", "itsdangerous==2.2.0\n")
    with crashing(HOST, {"udon": NOWHERE}):
        good(kitchen.deploy("udon"))
    found = counted(HOST, "udon")
    assert {point.verb for point in found} == {"release", "build", "rollout"}
    return found


def test_transaction_is_killed(kitchen: Kitchen, points: list[Point]) -> None:
    step = len(points) / len(NAMES)
    chosen = {name: points[int(step * (number + 0.6))] for number, name in enumerate(NAMES)}
    kitchen.cook()
    for name in NAMES:
        kitchen.write(name, "requirements.txt", "itsdangerous==2.1.2\nmarkupsafe==3.0.2\n")
    with kitchen.load(what=f"killed at {', '.join(map(str, chosen.values()))}") as seen:
        with crashing(HOST, chosen):
            run = kitchen.deploy()
        assert run.status != 0
        assert {name: counted(HOST, name)[-1] for name in NAMES} == chosen
        kitchen.recovers()
    unharmed(seen)


def test_front_is_killed_before_it_reloads(kitchen: Kitchen) -> None:
    """Its new files are in force already, and the host's nginx does not know them."""
    kitchen.entries["udon"]["domains"].append("noodles.example.com")
    with crashing(HOST, {"root": Point("front", 0, "run systemctl")}):
        run = kitchen.deploy("udon", environment=ROOT_TOO)
    assert run.status != 0
    assert counted(HOST, "root")[-1].what == "run systemctl"
    good(kitchen.deploy("udon"))
    assert get(HOST, "noodles.example.com").status == 200
