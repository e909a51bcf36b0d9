# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rollout with workers is killed before a change that it makes; the next one ends it, and no task is lost."""

from __future__ import annotations

import pytest

from molecule.processes.tests.conftest import HOST, Galley
from tests.support.crashes import NOWHERE, Point, counted, crashing
from tests.support.deploy import good
from tests.support.kitchen import unharmed

testinfra_hosts = [f"ansible://{HOST}"]

SAMPLE = (0.35, pytest.param(0.6, marks=pytest.mark.soak))
"""How far the rollout has come when it is killed."""


@pytest.fixture(scope="module")
def points(kitchen: Galley) -> list[Point]:
    """All changes that a rollout of new code makes."""
    good(kitchen.deploy("shop"))
    kitchen.cook("shop")
    with crashing(HOST, {"shop": NOWHERE}):
        good(kitchen.deploy("shop"))
    return [point for point in counted(HOST, "shop") if point.verb == "rollout"]


def killed_at(kitchen: Galley, point: Point) -> None:
    known = len(kitchen.tasks("shop"))
    kitchen.order("shop", *["cook"] * 3)
    kitchen.cook("shop")
    with kitchen.load("shop", what=f"killed at {point}") as seen:
        with crashing(HOST, {"shop": point}):
            assert kitchen.deploy("shop").status != 0
        good(kitchen.deploy("shop"))
    unharmed(seen)
    kitchen.rests("shop")
    assert len(kitchen.all_done("shop")) == known + 3


@pytest.mark.parametrize("part", SAMPLE)
def test_some_points(kitchen: Galley, points: list[Point], part: float) -> None:
    killed_at(kitchen, points[int(len(points) * part)])


@pytest.mark.soak
def test_every_point(kitchen: Galley, points: list[Point]) -> None:
    for point in points[:-1]:
        killed_at(kitchen, point)
