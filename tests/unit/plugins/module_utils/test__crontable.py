# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._crontable import (
    CATCH_UP,
    Entry,
    Marks,
    at_start,
    due,
    table,
)

ROW = {"schedule": "*/5 * * * *", "command": "true", "overlap": "skip", "max_age": 60}
HOUR = 60


def entries(**schedules):
    return table({name: {**ROW, "schedule": text} for name, text in schedules.items()})


def followed(schedules, clock, seen=0, high=0):
    """What was due at each look; ``clock`` is the minutes that the clock shows, one after the other."""
    marks, found = Marks(seen, high), []
    for now in clock:
        found.append((now, due(schedules, marks, now, lambda minute: 0)))
        marks = marks.moved(now)
    return [(now, names) for now, names in found if names]


def test_a_launch_is_read():
    found = table({"tidy": ROW})["tidy"]
    assert (found.text, found.command, found.overlap, found.max_age) == ("*/5 * * * *", "true", "skip", 60)
    assert isinstance(found, Entry)


@pytest.mark.parametrize(
    "rows",
    [
        None,
        [],
        "x",
        {"a": None},
        {"a": {}},
        {"a": {**ROW, "schedule": "x"}},
        {"a": {**ROW, "schedule": 5}},
        {"a": {**ROW, "max_age": "x"}},
    ],
)
def test_what_no_deploy_has_written_is_left_out(rows):
    assert table(rows) == {}


def test_each_minute_counts_once():
    assert followed(entries(a="* * * * *", b="*/2 * * * *"), [1, 1, 2, 2, 3]) == [
        (1, ["a"]),
        (2, ["a", "b"]),
        (3, ["a"]),
    ]


def test_minutes_that_were_missed_by_little_are_looked_at_late():
    assert followed(entries(a="3 0 * * *", b="* * * * *"), [1, 1 + CATCH_UP]) == [
        (1, ["b"]),
        (1 + CATCH_UP, ["a", "b"]),
    ]


def test_runs_that_were_missed_by_much_are_not_made_up_for():
    assert followed(entries(a="3 0 * * *"), [1, 4 + CATCH_UP]) == []
    assert followed(entries(a="3 0 * * *"), [1, 24 * HOUR + 3]) == [(24 * HOUR + 3, ["a"])]


def test_a_clock_that_went_back_a_little_is_waited_for():
    assert followed(entries(a="* * * * *"), [10, 8, 9, 10, 11], seen=9, high=9) == [(10, ["a"]), (11, ["a"])]


def test_a_clock_that_was_set_back_runs_no_fixed_time_again():
    there = 10 * HOUR
    schedules = entries(fixed="30 9 * * *", follows="0 * * * *")
    clock = [there - 30, there, there - HOUR, there - 30, there, there + 23 * HOUR + 30]
    assert followed(schedules, clock, seen=there - 31, high=there - 31) == [
        (there - 30, ["fixed"]),
        (there, ["follows"]),
        (there - HOUR, ["follows"]),
        (there, ["follows"]),
        (there + 23 * HOUR + 30, ["fixed"]),
    ]


def test_a_clock_that_was_wrong_by_far_is_forgotten():
    """A machine that came up in the future and was told the time."""
    assert followed(entries(fixed="30 9 * * *"), [100, 9 * HOUR + 30], seen=10**6, high=10**6) == [
        (9 * HOUR + 30, ["fixed"])
    ]


def test_what_runs_at_the_start_has_no_time():
    schedules = entries(a="@reboot", b="@daily")
    assert at_start(schedules) == ["a"]
    assert followed(schedules, range(1, 10)) == []
