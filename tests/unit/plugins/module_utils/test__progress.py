# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _progress


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def record(clock):
    return _progress.Record(clock)


def test_what_names_do_and_since_when(record, clock):
    record.waiting(["ramen", "bento"])
    clock.now += 5
    record.doing("ramen", "virtualenv")
    clock.now += 2
    record.doing("ramen", "packages")
    clock.now += 4
    assert record.snapshot() == {
        "seconds": 11,
        "rows": [["ramen", "packages", 4, 6], ["bento", "waiting", 11, 0]],
    }


def test_the_work_of_one_that_has_ended_is_over(record, clock):
    record.doing("ramen", "packages")
    clock.now += 4
    record.doing("ramen", "failed")
    clock.now += 60
    assert record.snapshot()["rows"] == [["ramen", "failed", 60, 4]]


def test_saying_it_twice_changes_nothing(record, clock):
    record.doing("ramen", "packages")
    clock.now += 3
    record.doing("ramen", "packages")
    assert record.changes == 1
    assert record.snapshot()["rows"] == [["ramen", "packages", 3, 3]]


def test_a_name_that_is_taken_away(record):
    record.doing("", "shared wheels")
    record.doing("", "")
    assert record.snapshot()["rows"] == []


def test_a_listener_hears_what_is_new(record):
    heard = []
    record.listener = lambda *event: heard.append(event)
    for what in ("virtualenv", "virtualenv", "packages"):
        record.doing("ramen", what)
    assert heard == [("ramen", "virtualenv"), ("ramen", "packages")]


def test_the_parts_of_the_work(record, clock):
    """Waiting is none, and what is done twice counts together."""
    record.waiting(["ramen"])
    for what, seconds in (("packages", 2), ("collectstatic", 1), ("packages", 3.5), ("done", 9)):
        record.doing("ramen", what)
        clock.now += seconds
    record.waiting(["bento"])
    assert record.parts() == {"ramen": {"packages": 5.5, "collectstatic": 1}}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("step \x1b[2J\x07", "step ?[2J?"),
        ("a\nTASK [forged]\r", "a?TASK [forged]?"),
        ("s\u016fl \u202e", "s?l ?"),
        ("x" * 1000, "x" * 60),
        (7, "7"),
    ],
)
def test_what_a_terminal_would_obey_is_not_shown(record, text, shown):
    record.doing("ramen", text)
    assert record.snapshot()["rows"][0][1] == shown


def test_a_record_has_an_end(record, monkeypatch):
    monkeypatch.setattr(_progress, "MOST", 2)
    record.waiting(["a", "b", "c"])
    assert [row[0] for row in record.snapshot()["rows"]] == ["a", "b"]
