# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction on the host is killed before a change that it makes, one place for each app, all at once."""

from __future__ import annotations

import pytest

from molecule.recover.tests.conftest import HOST, NAMES
from tests.support.crashes import NOWHERE, Point, counted, crashing
from tests.support.deploy import good
from tests.support.kitchen import Kitchen, unharmed

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


@pytest.mark.parametrize("batch", range(2))
def test_transaction_is_killed(kitchen: Kitchen, points: list[Point], batch: int) -> None:
    step = len(points) / (2 * len(NAMES))
    chosen = {name: points[int(step * (2 * number + batch))] for number, name in enumerate(NAMES)}
    kitchen.cook()
    for name in NAMES:
        kitchen.write(name, "requirements.txt", f"itsdangerous==2.{batch}.0\n")
    with kitchen.load(what=f"killed at {', '.join(map(str, chosen.values()))}") as seen:
        with crashing(HOST, chosen):
            run = kitchen.deploy()
        assert run.status != 0
        assert {name: counted(HOST, name)[-1] for name in NAMES} == chosen
        kitchen.recovers()
    unharmed(seen)
