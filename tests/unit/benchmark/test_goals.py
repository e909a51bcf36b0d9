# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.benchmark.goals import GOALS, Goal, judge, of, over, ratio, total
from tests.benchmark.results import Figure, Result
from tests.benchmark.rows import CLEARS, ROWS


def result(**figures):
    return Result("P1", tuple(Figure(key, "side", "what", "s", tuple(values)) for key, values in figures.items()))


@pytest.mark.parametrize(
    ("goal", "figures", "reached"),
    [
        (Goal("P1", "", ratio("ours", "stock"), 0.5), {"ours": [1, 2, 3], "stock": [4, 4, 4]}, True),
        (Goal("P1", "", ratio("ours", "stock"), 0.5), {"ours": [1, 2.1, 3], "stock": [4, 4, 4]}, False),
        # One bad round does not miss a goal, one good round does not reach it.
        (Goal("P1", "", of("ours"), 5), {"ours": [1, 5, 99]}, True),
        (Goal("P1", "", of("ours"), 5), {"ours": [1, 6, 7]}, False),
        (Goal("P1", "", of("rate"), 0.95, at_least=True), {"rate": [0.95]}, True),
        (Goal("P1", "", of("rate"), 0.95, at_least=True), {"rate": [0.94]}, False),
        (Goal("P1", "", over("ours", "start", "floor"), 2), {"ours": [4.5], "start": [1, 1, 9], "floor": [1.5]}, True),
        (Goal("P1", "", over("ours", "start", "floor"), 2), {"ours": [4.6], "start": [1, 1, 9], "floor": [1.5]}, False),
        # A failed request in one round of many is one too many, whatever the median is.
        (Goal("P1", "", total("failed"), 0), {"failed": [0, 0, 0]}, True),
        (Goal("P1", "", total("failed"), 0), {"failed": [0, 0, 1]}, False),
    ],
)
def test_goals_are_reached_or_missed(goal, figures, reached):
    assert judge(goal, result(**figures)).reached is reached


@pytest.mark.parametrize(
    "measure", [of("a"), ratio("a", "b"), ratio("b", "a"), over("b", "a"), over("a", "b"), total("a")]
)
def test_what_was_not_measured_is_neither(measure):
    goal = Goal("P1", "", measure, 1)
    assert judge(goal, result(b=[1])).word == "not measured"
    assert judge(goal, None).reached is None


def test_the_figure_is_said_with_its_spread():
    verdict = judge(Goal("P1", "", ratio("ours", "stock"), 0.35), result(ours=[2, 4, 6], stock=[10, 10, 10]))
    assert (verdict.figure, verdict.word) == ("0.400 (0.200 to 0.600)", "MISSED")


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        (Goal("P1", "", of("ours"), 0.35), "≤ 0.35"),
        (Goal("P2", "", of("ours"), 30, "ms"), "≤ 30 ms"),
        (Goal("P6", "", of("ours"), 0.95, at_least=True), "≥ 0.95"),
    ],
)
def test_a_goal_says_its_limit(goal, text):
    assert goal.wanted == text


def test_every_row_is_measured_and_has_a_goal():
    assert set(ROWS) == {goal.row for goal in GOALS} == {f"P{number}" for number in range(1, 10)}
    assert set(CLEARS) < set(ROWS)
