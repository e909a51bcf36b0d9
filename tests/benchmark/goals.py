# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each row has to reach, and whether it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmark.results import Result
from tests.benchmark.spread import digits, ratios, spread

Measure = Callable[[Result], list[float]]
"""The figure that is compared with a limit, as least, median and most or as its measurements; nothing if it was not measured."""


@dataclass(frozen=True)
class Goal:
    """``limit`` in ``unit`` that ``measure`` may have at most, or has to have at least."""

    row: str
    what: str
    measure: Measure
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def wanted(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{self.unit and ' ' + self.unit}"


@dataclass(frozen=True)
class Verdict:
    """A goal with what was measured; ``reached`` is None without a measurement."""

    goal: Goal
    figure: str
    reached: bool | None

    @property
    def word(self) -> str:
        return "not measured" if self.reached is None else "reached" if self.reached else "MISSED"


def judge(goal: Goal, result: Result | None) -> Verdict:
    """Compare the median with the limit."""
    values = goal.measure(result) if result else []
    if not values:
        return Verdict(goal, "", None)
    found = spread(values)
    reached = found.median >= goal.limit if goal.at_least else found.median <= goal.limit
    text = found.text() if found.count > 1 else digits(found.median)
    return Verdict(goal, text, reached)


def of(key: str) -> Measure:
    """The figure itself."""
    return lambda result: list(result.values(key))


def ratio(key: str, other: str) -> Measure:
    """One figure divided by another."""

    def measure(result: Result) -> list[float]:
        ours, theirs = result.values(key), result.values(other)
        return ratios(ours, theirs) if ours and theirs else []

    return measure


def over(key: str, *floors: str) -> Measure:
    """One figure less the medians of others."""

    def measure(result: Result) -> list[float]:
        below = [result.values(floor) for floor in floors]
        if not all(below):
            return []
        floor = sum(spread(values).median for values in below)
        return [value - floor for value in result.values(key)]

    return measure


def total(key: str) -> Measure:
    """The sum of what was counted: one failed request in one round is one too many."""
    return lambda result: [sum(values)] if (values := result.values(key)) else []


GOALS = (
    Goal("P1", "1 app, nothing changed ÷ stock modules", ratio("ours", "stock"), 0.35),
    Goal("P1", "1 app, nothing changed ÷ pyinfra", ratio("ours", "pyinfra"), 1.0),
    Goal("P2", "all apps, nothing changed ÷ stock modules with 2 apps", ratio("ours", "stock"), 1.0),
    Goal("P2", "nothing changed, each further app", of("further"), 30, "ms"),
    Goal("P3", "first deploy, each further app ÷ bare shell", ratio("ours further", "bare further"), 1.5),
    Goal("P4", "code of 1 app changed, until it answers ÷ stock modules", ratio("ours", "stock"), 0.5),
    Goal("P4", "the same, over the app's own start and the connection", over("ours", "start", "floor"), 2, "s"),
    Goal("P5", "image change ÷ bare shell", ratio("ours", "bare"), 1.3),
    Goal("P5", "failed requests meanwhile", total("failed"), 0),
    Goal("P6", "gunicorn, requests ÷ one hop by hand", ratio("gunicorn", "gunicorn by hand"), 0.95, at_least=True),
    Goal("P6", "uWSGI, requests ÷ one hop by hand", ratio("uwsgi", "uwsgi by hand"), 0.95, at_least=True),
    Goal("P6", "static 4 KiB, requests ÷ one hop by hand", ratio("4k", "4k by hand"), 0.95, at_least=True),
    Goal("P6", "static 1 MiB, requests ÷ one hop by hand", ratio("1m", "1m by hand"), 0.95, at_least=True),
    Goal("P6", "hops of an app without nginx text of its own", of("hops"), 1),
    Goal("P7", "memory (PSS) of an idle cell without the app", of("cell"), 20, "MB"),
    Goal("P8", "10 apps on each host ÷ 1 app on each host", ratio("many apps", "one app"), 1.2),
    Goal("P8", "all hosts ÷ half of the hosts", ratio("many apps", "half"), 2.2),
    Goal("P8", "memory of the controller", of("memory"), 500, "MB"),
    Goal("P9", "source unchanged, over an empty run", over("unchanged", "empty"), 0.5, "s"),
    Goal("P9", "one file changed, over an empty run", over("changed", "empty"), 2, "s"),
)
"""In the order of the page."""
