# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from datetime import timedelta

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import app_rows, counts, host_row, plain

from tests.support.status_sample import NOW, RUNS, certificate, entries, failed, hosts, look, looks, programs

HOSTILE = "<b>\x1b[31mred\x00\u202eevil\n\nsecond \u200b\ud800"


def texts(**more):
    (row,) = app_rows({"ramen": look(**more)}, [{"name": "ramen"}], NOW)
    return [(one["level"], one["text"]) for one in row["findings"]]


def test_a_good_app():
    (row,) = app_rows({"ramen": look(certificate=certificate(89))}, [{"name": "ramen"}], NOW)
    assert (row["app"], row["state"], row["findings"], row["declared"]) == ("ramen", "ok", [], True)
    assert row["certificate"] == {"end": "2027-02-19", "days_left": 89}
    assert row["python"] == {"version": "3.13.5", "end_of_life": "2029-10-31", "days_left": 1074}
    assert row["programs"][0] == {
        "name": "app", "wanted": True, "state": "RUNNING", "seconds": 7200, "restarts": 0, "memory": 30 << 20,
    }  # fmt: skip
    assert row["requests"] == {"answered": 12345, "errors": 2, "since": "2026-11-20T12:00:00Z"}
    assert row["last"]["who"] == "anna on laptop"


def test_no_secret_of_an_address_is_told():
    (row,) = app_rows({"ramen": look()}, [], NOW)
    assert row["release"]["source"] == "main of https://***@git.example.com/ramen"


PROBLEMS = [
    ({"error": "no answer within 20 s"}, "its cell cannot be looked at: no answer within 20 s"),
    (
        {"launched": False, "wanted": [], "programs": {}},
        "what is in force cannot be read: its launch file is gone, or no deploy wrote it",
    ),
    ({"unit": "failed"}, "the unit of its cell is failed"),
    ({"daemon": False}, "supervisord does not answer"),
    ({"programs": programs(app="FATAL", nginx="RUNNING", worker="RUNNING")}, "app is fatal"),
    ({"programs": programs(app="RUNNING", nginx="RUNNING")}, "worker is missing"),
    (
        {"programs": {"app": RUNS, "nginx": RUNS, "worker": {**RUNS, "state": "BACKOFF", "why": "too quickly"}}},
        "worker is backoff (too quickly)",
    ),
    ({"failed": failed("build", "first\nsecond")}, "the last change failed at build: first"),
    ({"rolling": True}, "a change was interrupted; the next deploy finishes it or takes it back"),
    ({"built": False, "interpreter": False}, "its virtualenv is missing"),
    ({"interpreter": False}, "the interpreter of its virtualenv is missing (Python 3.13.5)"),
    ({"release": {"name": "1-a", "source": "", "digest": "", "there": False}}, "its release 1-a is missing"),
    ({"certificate": certificate(-2)}, "its certificate ended 2 days ago"),
    ({"certificate": certificate(6)}, "its certificate ends in 6 days"),
    ({"certificate": "nonsense"}, "its certificate cannot be read"),
    ({"late": ["programs"]}, "not seen in time: programs"),
    ({"cron": {"feeds": {"result": "exit status 1", "schedule": "", "last": "", "next": ""}}}, "the job feeds failed: exit status 1"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "text"), PROBLEMS)
def test_problems(more, text):
    assert texts(**more) == [("problem", text)]


WARNINGS = [
    ({"certificate": certificate(29)}, "its certificate ends in 29 days"),
    ({"edited": True}, "generated files were edited"),
    ({"links": False}, "links are missing"),
    ({"code": ["wsgi.py", "a/"]}, "code was changed by hand: wsgi.py, a/"),
    ({"packages": ["flask"]}, "packages were changed by hand: flask"),
    ({"python": "3.9.2"}, "Python 3.9 has had no security fixes since 2025-10-31"),
    ({"late": ["requests", "files"]}, "not seen in time: requests, files"),
    ({"wanted": ["app"], "programs": {"app": {**RUNS, "other": True}}}, "app runs something else than was deployed"),
    ({"wanted": ["app"], "programs": {"app": {**RUNS, "restarts": 3}}}, "app ended by itself 3 times within a day"),
    ({"wanted": ["w"], "programs": {"w": {**RUNS, "over": "took more memory"}}}, "w took more memory"),
]


@pytest.mark.parametrize(("more", "text"), WARNINGS)
def test_warnings(more, text):
    assert texts(**more) == [("warning", text)]


def test_while_a_change_is_under_way_nothing_is_broken():
    found = texts(
        held="anna on laptop, rollout",
        rolling=True,
        programs=programs(app="STOPPED", nginx="RUNNING", worker="RUNNING"),
    )
    assert found == [("warning", "a change is under way: anna on laptop, rollout"), ("warning", "app is stopped")]


def test_what_comes_first_is_worst():
    levels = [level for level, _text in texts(edited=True, daemon=False, links=False)]
    assert levels == ["problem", "warning", "warning"]


def test_declared_and_deployed():
    known = {"ramen": look(), "removed": {"current": "", "failed": {}}, "going": look(), "stranger": look()}
    declared = [{"name": "ramen"}, {"name": "new"}, {"name": "going", "state": "absent"}, "nonsense", {"name": 7}]
    rows = {row["app"]: row for row in app_rows(known, declared, NOW)}
    assert {name: [one["text"] for one in row["findings"]] for name, row in rows.items()} == {
        "ramen": [],
        "new": ["it is declared, and not deployed"],
        "going": ["it is deployed, and not declared"],
        "stranger": ["it is deployed, and not declared"],
    }
    assert (rows["new"]["state"], rows["stranger"]["state"]) == ("problem", "warning")


def test_where_nothing_is_declared_nothing_is_compared():
    (row,) = app_rows({"ramen": look()}, [], NOW)
    assert (row["declared"], row["state"]) == (None, "ok")


def test_a_first_deploy_that_failed():
    (row,) = app_rows({"soba": {"current": "", "failed": failed("build", "no wheel")}}, [{"name": "soba"}], NOW)
    assert [one["text"] for one in row["findings"]] == ["its first deploy failed at build: no wheel"]


def test_a_host_that_cannot_be_reached():
    part = host_row({"error": "Connection\ntimed out"}, [{"name": "soup"}, {"name": "gone", "state": "absent"}], NOW)
    assert (part["reached"], part["state"], part["error"]) == (False, "problem", "Connection timed out")
    assert [(row["app"], row["state"]) for row in part["apps"]] == [("soup", "problem")]
    assert part["apps"][0]["findings"][0]["text"] == "its host was not reached: Connection timed out"


def test_a_host_is_as_bad_as_its_worst_app():
    assert host_row({"apps": {"a": look(), "b": look(edited=True)}}, [], NOW)["state"] == "warning"
    assert host_row({"apps": {}}, [], NOW)["state"] == "ok"


def test_texts_of_owners_are_harmless():
    more = {
        "code": [HOSTILE],
        "why": HOSTILE,
        "server": HOSTILE,
        "cron": {HOSTILE: {"result": HOSTILE, "schedule": "x", "last": "", "next": ""}},
    }
    (row,) = app_rows({"ramen": look(**more, programs={HOSTILE: {**RUNS, "state": HOSTILE}})}, [], NOW)
    written = json.dumps(row, ensure_ascii=False)
    assert all(sign.isprintable() for sign in written)
    assert "\ud800" not in written


def test_programs_of_which_nothing_is_known():
    (row,) = app_rows({"ramen": look(daemon=False, programs={})}, [], NOW)
    assert {one["state"] for one in row["programs"]} == {"UNKNOWN"}
    (row,) = app_rows({"ramen": look(daemon=False, programs={}, unit="inactive")}, [], NOW)
    assert [one["text"] for one in row["findings"]] == ["the unit of its cell is inactive"]


def test_long_texts_are_cut():
    assert plain("x" * 1000) == "x" * 399 + "…"
    assert plain(" a\n\tb ") == "a b"


def test_counts():
    found = counts(hosts())
    assert (found["hosts"], found["unreached"], found["apps"]) == (3, 1, len(looks()) + 2)
    assert found["ok"] + found["warning"] + found["problem"] == found["apps"]


def test_every_row_has_the_same_keys():
    rows = [row for part in hosts().values() for row in part["apps"]]
    assert len({tuple(row) for row in rows}) == 1
    assert [row["app"] for row in rows[:-1]] == sorted([*looks(), "yakitori"])
    assert len(entries()) == len(looks())


def test_time_goes_on():
    (row,) = app_rows({"ramen": look(certificate=certificate(31))}, [], NOW + timedelta(days=10))
    assert row["certificate"]["days_left"] == 21
