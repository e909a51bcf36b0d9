# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils import _painter
from ansible_collections.pyhost.platform.plugins.plugin_utils._watch import Doing, Work


def work(*rows, host="kitchen", stage="build", since=0.0):
    return Work(host, stage, since, tuple(Doing(*row) for row in rows))


RAMEN = ("ramen", "packages", 40.0, 45.0)
BENTO = ("bento", "virtualenv", 60.0, 1.0)
DONE = ("udon", "done", 50.0, 12.0)
FAILED = ("curry", "failed", 50.0, 3.0)
LATER = ("natto", "waiting", 0.0, 0.0)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0 s"), (59.9, "59 s"), (60, "1:00"), (3599, "59:59"), (3661, "1:01:01"), (-1, "0 s")]
)
def test_a_duration(seconds, text):
    assert _painter.duration(seconds) == text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ((RAMEN, DONE, LATER), "kitchen: build: 1 of 3, 1:02"),
        ((RAMEN, DONE, FAILED), "kitchen: build: 2 of 3, 1 failed, 1:02"),
        ((("", "shared wheels", 0.0, 0.0), LATER), "kitchen: build: 0 of 1, shared wheels, 1:02"),
        ((), "kitchen: build: 1:02"),
    ],
)
def test_how_far_a_stage_is(rows, text):
    assert _painter.head(work(*rows), 62.0) == text


def test_a_block_has_a_line_for_each_at_work_the_longest_first():
    assert _painter.block([work(BENTO, RAMEN, DONE, LATER)], 80, 20, 62.0) == [
        "kitchen: build: 1 of 4, 1:02",
        "  ramen  packages, 22 s",
        "  bento  virtualenv, 2 s",
        "  + 1 waiting",
    ]


def test_nothing_under_way_is_no_line():
    assert _painter.block([], 80, 20, 62.0) == []


def test_a_stage_that_has_just_begun_has_no_lines_yet():
    young = work(("ramen", "packages", 60.0, 1.0), since=60.0)
    assert _painter.block([young], 80, 20, 62.0) == []
    assert len(_painter.block([young], 80, 20, 63.0)) == 2


def test_a_stage_of_which_nothing_is_heard_has_its_time():
    assert _painter.block([work()], 80, 20, 62.0) == ["kitchen: build: 1:02"]


def many(count, host="kitchen"):
    busy = [(f"app{number}", "packages", float(number), 0.0) for number in range(count)]
    return work(*busy, *(("idle", "waiting", 0.0, 0.0),), host=host)


def test_what_has_no_room_is_counted():
    lines = _painter.block([many(50)], 80, 6, 62.0)
    assert lines[1:] == [
        "  app0  packages, 1:02",
        "  app1  packages, 1:01",
        "  app2  packages, 1:00",
        "  app3  packages, 59 s",
        "  + 46 more at work, 1 waiting",
    ]


def test_hosts_share_the_room():
    lines = _painter.block([many(50, "a"), many(1, "b"), many(50, "c")], 80, 9, 62.0)
    assert [line.split()[0] for line in lines] == ["a:", "app0", "app1", "b:", "app0", "c:", "app0", "app1", "+"]


def test_more_hosts_than_room():
    lines = _painter.block([many(2, f"h{number}") for number in range(9)], 80, 4, 62.0)
    assert [line.split()[0] for line in lines] == ["h0:", "h1:", "h2:", "+"]
    assert lines[-1] == "  + 6 more hosts, 18 more at work, 9 waiting"


@pytest.mark.parametrize("height", range(1, 12))
@pytest.mark.parametrize("width", [1, 10, 79])
@pytest.mark.parametrize("hosts", [1, 2, 7])
def test_a_block_fits(height, width, hosts):
    lines = _painter.block([many(5, f"h{number}") for number in range(hosts)], width, height, 62.0)
    assert 1 <= len(lines) <= height
    assert max(map(len, lines)) <= width


class TestPlain:
    def test_a_line_when_an_app_goes_on_to_something_else(self):
        plain, told = _painter.Plain(), []
        for now, row in (
            (3.0, ("ramen", "virtualenv", 0.0, 3.0)),
            (5.0, ("ramen", "virtualenv", 0.0, 5.0)),
            (9.0, ("ramen", "packages", 6.0, 9.0)),
            (40.0, ("ramen", "packages", 6.0, 40.0)),
            (75.0, ("ramen", "done", 74.0, 74.0)),
            (76.0, ("ramen", "done", 74.0, 74.0)),
        ):
            told += plain.lines([work(row, LATER)], now)
        assert told == [
            "kitchen: build: ramen: virtualenv (0 of 2, 3 s)",
            "kitchen: build: ramen: packages (0 of 2, 9 s)",
            "kitchen: build: ramen: done after 1:14 (1 of 2, 1:15)",
        ]

    def test_what_is_over_within_two_seconds_is_not_worth_a_line(self):
        plain = _painter.Plain()
        assert plain.lines([work(("ramen", "virtualenv", 0.0, 1.0))], 1.0) == []
        assert plain.lines([work(("ramen", "done", 1.5, 1.5))], 4.0) == []

    def test_one_that_fails_is_told_of_however_fast(self):
        told = _painter.Plain().lines([work(("ramen", "failed", 3.0, 0.5))], 4.0)
        assert told == ["kitchen: build: ramen: failed after 0 s (1 of 1, 4 s)"]

    def test_waiting_is_told_of_by_numbers_alone(self):
        assert _painter.Plain().lines([work(LATER)], 60.0) == []

    def test_the_same_app_in_the_next_stage_is_new(self):
        plain = _painter.Plain()
        for stage in ("build", "rollout"):
            assert len(plain.lines([work(("ramen", "starting", 0.0, 9.0), stage=stage)], 9.0)) == 1

    def test_the_host_as_a_whole(self):
        rows = (("", "shared wheels", 0.0, 9.0), LATER)
        assert _painter.Plain().lines([work(*rows)], 9.0) == ["kitchen: build: 0 of 1, shared wheels, 9 s"]

    def test_a_hundred_apps_tell_ten_lines_and_then_one_a_second(self):
        plain = _painter.Plain()
        works = [many(100)]
        counts = [len(plain.lines(works, 200.0 + second)) for second in range(4)]
        assert counts == [10, 1, 1, 1]

    def test_an_app_that_had_no_turn_tells_what_it_does_then(self):
        plain = _painter.Plain()
        first = many(10)
        late = ("late", "virtualenv", 0.0, 0.0)
        told = plain.lines([Work("kitchen", "build", 0.0, (*first.rows, Doing(*late)))], 200.0)
        assert not any("late" in line for line in told)
        now = Doing("late", "packages", 200.0, 0.0)
        told = plain.lines([Work("kitchen", "build", 0.0, (*first.rows, now))], 203.0)
        assert [line for line in told if "late" in line] == ["kitchen: build: late: packages (0 of 12, 3:23)"]
