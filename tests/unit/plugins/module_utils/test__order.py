# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._order import next_ones, problems, refusal
from ansible_collections.pyhost.platform.plugins.module_utils._stage_rollout import in_order

GOOD = [{}, {"a": []}, {"a": ["b"], "b": []}, {"a": ["b", "c"], "b": ["c"], "c": []}]


@pytest.mark.parametrize("after", GOOD)
def test_an_order_that_can_be(after):
    assert list(problems(after)) == []


CIRCLES = [
    ({"a": ["a"]}, "a"),
    ({"a": ["b"], "b": ["a"]}, "a, b"),
    ({"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a"], "y": [], "c2": ["y"]}, "a, b, c"),
]


@pytest.mark.parametrize(("after", "circle"), CIRCLES)
def test_A13_a_circle_is_named(after, circle):
    ((app, message),) = problems(after)
    assert app == circle.split(",")[0]
    assert message.startswith(f"Circular dependency detected: {circle};")


def test_an_app_that_is_not_there():
    ((app, message),) = problems({"a": ["nobody"]})
    assert app == "a"
    assert '"nobody" is no app' in message


def test_who_is_next():
    after = {"a": ["b"], "b": ["c"], "c": [], "d": []}
    assert next_ones(["a", "b", "c", "d"], after) == ["c", "d"]
    assert next_ones(["a", "b"], after) == ["b"]
    assert next_ones(["a"], after) == ["a"]


def test_who_stays():
    assert refusal("a", {"a": ["b"]}, ["b"]) == "it comes after b, which failed"
    assert refusal("a", {"a": ["b"]}, ["c"]) == ""


def rows(**after):
    return [{"plan": {"app": name}, "after": names} for name, names in after.items()]


def test_A13_rollouts_wait_for_those_before_them():
    done = []

    def work(row):
        done.append(row["plan"]["app"])
        return {"ok": True, "app": row["plan"]["app"]}

    answers = in_order(4, rows(web=["api", "gone"], api=["db"], db=[]), work)
    assert done == ["db", "api", "web"]
    assert [answer["app"] for answer in answers] == ["web", "api", "db"]


def test_what_comes_after_a_failure_stays_as_it_is():
    def work(row):
        return {"ok": row["plan"]["app"] != "api", "committed": False}

    web, _api, other = in_order(4, rows(web=["api"], api=[], other=[]), work)
    assert (web["ok"], web["committed"]) == (False, False)
    assert "it comes after api" in web["error"]
    assert other["ok"]


def test_a_failure_after_the_commit_holds_nobody_up():
    def work(row):
        return {"ok": row["plan"]["app"] != "api", "committed": True}

    web, _api = in_order(4, rows(web=["api"], api=[]), work)
    assert web["ok"]
