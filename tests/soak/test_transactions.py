# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on a host is killed before every change that it makes; the same deploy again always mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.soak.conftest import HOST, NAMES, WARM
from tests.support.crashes import NOWHERE, Point, counted, crashing
from tests.support.deploy import good
from tests.support.kitchen import Kitchen, unharmed

Sample = Callable[[Sequence[Point], int], list[Point]]

APP = "udon"
VERBS = ("release", "build", "configure", "rollout")
"""What the agent of an app is told to do, stage by stage."""

QUESTIONS = ("inspect",)
"""Modules that change nothing."""


def _novelty(kitchen: Kitchen, *names: str) -> None:
    """A change that needs every stage: code, requirements that no virtualenv has yet, rules and the environment."""
    kitchen.cook(*names)
    for name in names:
        number = int(kitchen.versions[name].removeprefix("v"))
        kitchen.write(name, "requirements.txt", f"six==1.{10 + number % 8}.0\nidna==3.{1 + number // 8 % 9}\n")
        kitchen.write(name, "static/menu.txt", "noodles")
        kitchen.entries[name]["environment"] = {"MENU": str(number)}
        kitchen.entries[name]["locations"] = [{"location": f"/static{number}/", "alias": "static/"}]


def _mended(kitchen: Kitchen, what: str, *names: str) -> list[str]:
    """The promise of this page: what is wrong after the same deploy ran again, in words."""
    try:
        kitchen.recovers(*names)
    except AssertionError as error:
        return [f"{what}: {str(error)[-3000:]}"]
    return []


def _anew(kitchen: Kitchen, *names: str) -> None:
    """Begin again after a broken promise; nobody may be asking the apps meanwhile."""
    for name in names:
        good(kitchen.remove(name))
    good(kitchen.deploy(*names))


@pytest.mark.parametrize("verb", VERBS)
def test_change_is_killed(kitchen: Kitchen, sample: Sample, verb: str) -> None:
    """Four apps at a time, each at a point of its own, under load."""
    for _number in range(WARM):
        _novelty(kitchen, *NAMES)
        good(kitchen.deploy())
    for _number in range(2):  # The first time some links are new.
        _novelty(kitchen, APP)
        with crashing(HOST, {APP: NOWHERE}):
            good(kitchen.deploy(APP))
        points = [point for point in counted(HOST, APP) if point.verb == verb]
    assert len(points) > 10
    print(f"{len(points)} points")
    problems: list[str] = []
    chosen = sample(points, len(NAMES))
    for start in range(0, len(chosen), len(NAMES)):
        orders = dict(zip(NAMES, chosen[start : start + len(NAMES)], strict=False))
        what = ", ".join(map(str, orders.values()))
        _novelty(kitchen, *orders)
        with kitchen.load(*orders, what=f"killed at {what}") as seen:
            with crashing(HOST, orders):
                run = kitchen.deploy(*orders)
            died = {name: counted(HOST, name)[-1].verb for name in orders}
            found = _mended(kitchen, what, *orders)
        if found:
            problems += found
            _anew(kitchen, *orders)
        if run.status == 0 or died != {name: point.verb for name, point in orders.items()}:
            problems.append(f"not killed as told, {died}: {run.output[-2000:]}")
        problems += [f"{what}: {name}: {one.failed}" for name, one in seen.items() if one.failed]
    assert problems == []


@pytest.mark.parametrize("user", [APP, "root"])
def test_first_deploy_is_killed(kitchen: Kitchen, sample: Sample, user: str) -> None:
    """An app that is new to the host, at the points of its agent and of the modules; its neighbours do not notice."""
    good(kitchen.remove(APP))
    with crashing(HOST, {user: NOWHERE}):
        good(kitchen.deploy(APP))
    points = [point for point in counted(HOST, user) if point.verb not in QUESTIONS]
    problems: list[str] = []
    with kitchen.load("bento", what=f"{len(points)} first deploys of a neighbour killed ({user})") as seen:
        for point in sample(points, 2):
            good(kitchen.remove(APP))
            with crashing(HOST, {user: point}):
                run = kitchen.deploy(APP)
            problems += _mended(kitchen, str(point), APP)
            if run.status == 0:
                problems.append(f"{point}: not killed")
    unharmed(seen)
    assert problems == []


def test_removal_is_killed(kitchen: Kitchen, sample: Sample) -> None:
    """The same removal again completes it, and the app can come back."""
    with crashing(HOST, {"root": NOWHERE}):
        good(kitchen.remove(APP))
    points = [point for point in counted(HOST, "root") if point.verb not in QUESTIONS]
    problems: list[str] = []
    with kitchen.load("bento", what=f"{len(points)} removals of a neighbour killed") as seen:
        for point in sample(points, 2):
            good(kitchen.deploy(APP))
            with crashing(HOST, {"root": point}):
                killed = kitchen.remove(APP)
            again = [kitchen.remove(APP), kitchen.remove(APP)]
            if [run.status for run in again] != [0, 0] or again[1].changed != {HOST: 0}:
                problems.append(f"{point}: {[run.output[-2000:] for run in again]}")
            if killed.status == 0:
                problems.append(f"{point}: not killed")
    unharmed(seen)
    good(kitchen.deploy(APP))
    assert problems == []
