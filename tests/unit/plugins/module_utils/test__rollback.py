# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _history, _home, _rollback
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._rollback import choose, hooks_since, rollback, stack

WORDS = {"+": "deployed", "-": "rolled back", "!": "release hook"}


def history(text):
    """``+a1 -a2 !a3``: a1 was deployed, a2 came back, the release hook of a3 ran; the times count from 0."""
    return [
        {"time": str(place), "what": WORDS[word[0]], "launch": word[1:], "release": "", "who": "anna"}
        for place, word in enumerate(text.split())
    ]


STACKS = [
    # history, in force, the undo list
    ("", "a1", "a1"),
    ("+a1", "a1", "a1"),
    ("+a1 +a2 +a3", "a3", "a1 a2 a3"),
    # one that is deployed again at once counts once
    ("+a1 +a1 +a2 +a2", "a2", "a1 a2"),
    # the code of before, deployed again, is a new change
    ("+a1 +a2 +a1", "a1", "a1 a2 a1"),
    # going back takes away what came after
    ("+a1 +a2 +a3 -a2", "a2", "a1 a2"),
    ("+a1 +a2 +a3 -a2 -a1", "a1", "a1"),
    ("+a1 +a2 +a3 -a1 +a4", "a4", "a1 a4"),
    # a deploy that failed after its switch and brought the old version back
    ("+a1 +a2 -a1", "a1", "a1"),
    # back to one that the history has lost
    ("+a2 +a3 -a1", "a1", "a2 a3 a1"),
    # hooks are no launches
    ("+a1 !a2 +a2 !a3", "a2", "a1 a2"),
    # in force is what no line tells: its line was lost
    ("+a1 +a2", "a3", "a1 a2 a3"),
    ("+a1 +a2", "a1", "a1 a2 a1"),
]


@pytest.mark.parametrize(("text", "now", "launches"), STACKS)
def test_stack(text, now, launches):
    assert stack(history(text), now) == launches.split()


KEPT = {"a1": "1-a", "a2": "2-b", "b2": "2-b", "a3": "3-c", "a12": "12-d"}
CHOICES = [
    # history, in force, the release asked for, the launch chosen
    ("+a1 +a2", "a2", 0, "a1"),
    ("+a1 +a2 +a3", "a3", 0, "a2"),
    # twice goes back twice, and never forth
    ("+a1 +a2 +a3 -a2", "a2", 0, "a1"),
    # the same code with another environment is a launch of its own
    ("+a1 +a2 +b2", "b2", 0, "a2"),
    # what is gone is passed over
    ("+a1 +gone +a3", "a3", 0, "a1"),
    ("+a1 !a2 +a2 !a2", "a2", 0, "a1"),
    ("+a1 +a2 +gone +a2", "a2", 0, "a1"),
    # by number: the newest launch of that release, in force or not
    ("+a1 +a2 +b2 +a3", "a3", 2, "b2"),
    ("+b2 +a2 +a3", "a3", 2, "a2"),
    ("+a1 +a2 +b2", "a2", 2, "a2"),
    ("+a1 +a2 +a3 -a1", "a1", 3, "a3"),
    ("+a1 +a12", "a1", 12, "a12"),
    # in force, though no line tells it
    ("", "a1", 1, "a1"),
]


@pytest.mark.parametrize(("text", "now", "release", "chosen"), CHOICES)
def test_choose(text, now, release, chosen):
    assert choose(history(text), now, release, KEPT) == chosen


REFUSED = [
    ("+a1", "a1", 0, "nothing is kept from before the version in force; kept are the releases 1"),
    ("+gone +a3", "a3", 0, "nothing is kept from before the version in force; kept are the releases 3"),
    ("", "a1", 0, "nothing is kept from before the version in force; no release is kept"),
    ("+a3 +a12 +a2 +b2 +a1 -a12", "a12", 9, "release 9 is not kept; kept are the releases 1, 2, 3, 12"),
    # it is there, but was never in force
    ("+a1 !a2", "a1", 2, "release 2 is not kept; kept are the releases 1"),
]


@pytest.mark.parametrize(("text", "now", "release", "error"), REFUSED)
def test_what_cannot_be_chosen(text, now, release, error):
    with pytest.raises(PyhostError) as caught:
        choose(history(text), now, release, KEPT)
    assert str(caught.value) == error


HOOKS = [
    # history, back to, the times of hooks that are not taken back
    ("+a1 +a2", "a1", []),
    ("!a1 +a1 !a2 +a2", "a1", ["2"]),
    ("!a1 +a1 !a2 +a2 !a3 +a3", "a1", ["2", "4"]),
    ("!a1 +a1 !a2 +a2 !a3 +a3", "a2", ["4"]),
    # a hook whose launch never came in force has run all the same
    ("!a1 +a1 !a2", "a1", ["2"]),
    # it was in force after those
    ("!a1 +a1 !a2 +a2 -a1 !a3 +a3", "a1", ["5"]),
    ("!a2", "a1", ["0"]),
    ("", "a1", []),
]


@pytest.mark.parametrize(("text", "digest", "times"), HOOKS)
def test_hooks_since(text, digest, times):
    assert hooks_since(history(text), digest) == times


def launch(release, conf="c1", **process):
    content = {"virtualenv": "v1", "argv": ["x"], "cwd": "", "environment": {}, "server": "gunicorn", "protocol": ""}
    return {
        "process": {"release": release, **content, **process},
        "process_digest": "",
        "processes": {},
        "ports": {},
        "health": {},
        "conf": conf,
        "python": "",
        "digest": "",
    }


DIFFERENCES = [
    ({"release": "2-b"}, ["code"]),
    ({"release": "1-a", "virtualenv": "v2"}, ["virtualenv"]),
    ({"release": "1-a", "environment": {"A": "1"}}, ["environment"]),
    ({"release": "1-a", "server": "uwsgi"}, ["server"]),
    ({"release": "1-a", "argv": ["y"]}, ["command line"]),
    ({"release": "1-a", "conf": "c2"}, ["rules"]),
    ({"release": "2-b", "virtualenv": "v2", "argv": ["y"], "conf": "c2"}, ["code", "virtualenv", "rules"]),
    ({"release": "1-a"}, []),
]


@pytest.fixture
def cell(home, monkeypatch):
    """A home with launches, and what a rollout would be asked for."""
    _home.make_directories(home)
    orders = []
    monkeypatch.setattr(
        _rollback, "rollout", lambda place, order: orders.append((place, order)) or {"changed": True, "did": ["x"]}
    )

    def make(*launches):
        for number, one in enumerate(launches, 1):
            (home / "launches" / f"l{number}").mkdir()
            (home / "launches" / f"l{number}" / "launch.json").write_text(json.dumps(one))
            _history.append(home, "deployed", one["process"]["release"], f"l{number}", "anna")
        (home / "current").symlink_to(f"launches/l{len(launches)}")
        return home, orders

    return make


JOB = {"cell": {"name": "ramen"}, "release": 0, "keep": 3, "check": False, "claim": {"who": "bob", "wait": 0}}


@pytest.mark.parametrize(("now", "what"), DIFFERENCES)
def test_it_says_what_differs(cell, now, what):
    before = launch("1-a")
    home, _orders = cell(before, launch(**now))
    found = rollback(home, {**JOB, "check": True})
    assert found == {
        "before": now["release"], "after": "1-a", "what": what, "hooks": [], "changed": True, "did": [],
    }  # fmt: skip


def test_it_is_a_rollout_of_what_was_kept(cell):
    home, orders = cell(launch("1-a"), launch("2-b"))
    (home / "launches" / "broken").mkdir()
    found = rollback(home, JOB)
    assert found == {
        "before": "2-b", "after": "1-a", "what": ["code"], "hooks": [], "changed": True, "did": ["x"],
    }  # fmt: skip
    plan = {"cell": {"name": "ramen"}, "launch": launch("1-a"), "launch_digest": "l1"}
    order = {"plan": plan, "keep": 3, "claim": {"who": "bob", "wait": 0}, "what": "rolled back"}
    assert orders == [(home, order)]


def test_check_mode_moves_nothing(cell):
    home, orders = cell(launch("1-a"), launch("2-b"))
    _history.append(home, "release hook", "2-b", "l2", "anna")
    found = rollback(home, {**JOB, "check": True})
    assert (found["changed"], found["after"], len(found["hooks"]), orders) == (True, "1-a", 1, [])


@pytest.mark.parametrize("check", [True, False])
def test_the_release_in_force(cell, check):
    home, orders = cell(launch("1-a"), launch("2-b"))
    found = rollback(home, {**JOB, "release": 2, "check": check})
    assert (found["changed"], found["before"], found["after"], found["what"]) == (False, "2-b", "2-b", [])
    assert orders == []


def test_nothing_is_deployed(home):
    with pytest.raises(PyhostError, match=r"^nothing is deployed that could be rolled back$"):
        rollback(home, JOB)
