# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import (
    ends,
    failures,
    notes,
    report_row,
    table,
    wheel_notes,
)

PLAN = {
    "release": "2-bb",
    "virtualenv": {"version": "3.13.5", "fingerprint": "f2"},
    "address": "http://ramen.example.com/",
}
ROW = {
    "app": {"name": "ramen", "state": "present"},
    "plan": PLAN,
    "look": {"current": "l1", "launch": {"process": {"release": "1-aa"}, "python": "3.11.2"}},
    "stages": {},
    "todo": {"cells": [], "build": [], "rollout": []},
    "reasons": [],
    "failed": None,
}
ABSENT = {**ROW, "app": {"name": "ramen", "state": "absent"}, "plan": None}
EMPTY = {
    "app": "ramen",
    "host": "web1",
    "state": "present",
    "release": "2-bb",
    "python": "3.13.5",
    "virtualenv": "unchanged",
    "fingerprint": "f2",
    "rollout": "unchanged",
    "reasons": [],
    "did": [],
    "shared_wheels": 0,
    "unshared": "",
    "warnings": [],
    "owner": [],
    "notes": [],
    "address": "http://ramen.example.com/",
    "seconds": {},
    "failed": None,
}


def test_unchanged():
    assert report_row("web1", ROW, False) == EMPTY
    assert report_row("web1", ROW, True) == EMPTY


def test_everything_changed():
    row = {
        **ROW,
        "stages": {
            "build": {"ok": True, "built": True, "seconds": 4.2, "warnings": ["security.W018 DEBUG"]},
            "rollout": {"ok": True, "did": ["started (1.0 s)"], "seconds": 1.5},
            "configure": {"ok": True},
        },
        "todo": {"build": ["Python 3.11.2 → 3.13.5", "release to prepare"], "rollout": ["new code", "rules changed"]},
        "reasons": ["Python 3.11.2 → 3.13.5", "requirements unchanged"],
    }
    assert report_row("web1", row, False) == {
        **EMPTY,
        "virtualenv": "built (Python 3.11.2 → 3.13.5; requirements unchanged)",
        "rollout": "done (new code; rules changed)",
        "reasons": [
            "build: Python 3.11.2 → 3.13.5",
            "build: release to prepare",
            "rollout: new code",
            "rollout: rules changed",
        ],
        "did": ["started (1.0 s)"],
        "warnings": ["security.W018 DEBUG"],
        "owner": [],
        "seconds": {"build": 4.2, "rollout": 1.5},
    }
    checked = report_row("web1", {**row, "stages": {}}, True)
    assert checked["virtualenv"] == "to build (Python 3.11.2 → 3.13.5; requirements unchanged)"
    assert checked["rollout"] == "to do (new code; rules changed)"


def test_the_release_hook():
    row = {
        **ROW,
        "stages": {
            "hook": {"ok": True, "did": ["release hook ran (2.0 s)"], "seconds": 2.1},
            "rollout": {"ok": True, "did": ["switched (1.0 s)"], "seconds": 1.5},
        },
        "todo": {"hook": ["new version"], "rollout": ["new code"]},
    }
    assert report_row("web1", row, False) == {
        **EMPTY,
        "rollout": "done (new code)",
        "reasons": ["hook: new version", "rollout: new code"],
        "did": ["release hook ran (2.0 s)", "switched (1.0 s)"],
        "seconds": {"hook": 2.1, "rollout": 1.5},
    }
    checked = report_row("web1", {**row, "stages": {"hook": {"ok": True, "did": ["would run the release hook"]}}}, True)
    assert checked["rollout"] == "to do (new code; would run the release hook)"
    assert checked["did"] == ["would run the release hook"]


FAILED = {"stage": "build", "error": "numba cannot be installed"}
CELLS = [
    # changes, check, virtualenv, rollout
    ({"todo": {"build": ["release to prepare"]}, "stages": {"build": {"built": False}}}, False, "unchanged",
     "unchanged"),
    ({"todo": {"build": ["x"]}, "stages": {"build": {"built": False}}, "reasons": ["requirements changed"]}, False,
     "reused (requirements changed)", "unchanged"),
    # check mode: what makes no virtualenv is no build
    ({"todo": {"build": ["release to prepare"]}}, True, "unchanged", "unchanged"),
    ({"todo": {"build": ["entry point to check"]}}, True, "unchanged", "unchanged"),
    ({"todo": {"build": ["virtualenv missing or incomplete"]}}, True, "to build", "unchanged"),
    ({"failed": FAILED}, False, "failed", "FAILED at build; the old version serves"),
    ({"failed": FAILED, "look": {"current": ""}}, False, "failed", "FAILED at build; nothing serves"),
    ({"failed": {"stage": "plan", "error": ""}, "plan": None, "look": None}, False, "",
     "FAILED at plan; nothing serves"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "check", "virtualenv", "rollout"), CELLS)
def test_cells(changes, check, virtualenv, rollout):
    found = report_row("web1", {**ROW, **changes}, check)
    assert (found["virtualenv"], found["rollout"]) == (virtualenv, rollout)


@pytest.mark.parametrize(
    ("todo", "check", "rollout"),
    [
        ({"cells": ["removed"]}, False, "removed"),
        ({"cells": ["removed"]}, True, "to be removed"),
        ({"cells": []}, False, "absent"),
        ({}, True, "absent"),
    ],
)
def test_absent(todo, check, rollout):
    assert report_row("web1", {**ABSENT, "todo": todo}, check) == {
        **EMPTY,
        "state": "absent",
        "release": "1-aa",
        "python": "3.11.2",
        "virtualenv": "",
        "fingerprint": "",
        "rollout": rollout,
        "reasons": [f"cells: {text}" for text in todo.get("cells", [])],
        "address": "",
    }


def test_an_app_that_was_never_there():
    found = report_row("web1", {**ABSENT, "look": None, "todo": {}}, False)
    assert (found["release"], found["python"], found["rollout"]) == ("", "", "absent")


TABLE = """\
app    host  release  python  virtualenv     rollout    address
-----  ----  -------  ------  -------------  ---------  -------------------------
ramen  web1  2-bb     3.13.5  unchanged      unchanged  http://ramen.example.com/
ü      web1                   built (a → b)  absent"""


def test_table():
    rows = [EMPTY, {"app": "ü", "host": "web1", "virtualenv": "built (a → b)", "rollout": "absent"}]
    assert table(rows) == TABLE


def test_table_without_rows():
    assert table([]).splitlines() == [
        "app  host  release  python  virtualenv  rollout  address",
        "---  ----  -------  ------  ----------  -------  -------",
    ]


def test_notes():
    did_not = "manage.py check --deploy did not work: KeyError: 'X'"
    rows = [
        {"app": "soup", "warnings": []},
        {"app": "ramen", "warnings": ["security.W004 HSTS", "models.W042 a", "models.W042 b"]},
        {
            "app": "udon",
            "warnings": ["security.W018 DEBUG"],
            "owner": ["conf/nginx.d/a.conf", "program queue is fatal"],
        },
        {"app": "broth", "warnings": [did_not]},
    ]
    assert notes(rows).splitlines() == [
        "ramen: 3 warnings of manage.py check --deploy: security.W004, models.W042",
        "udon: its owner's, left as they are: conf/nginx.d/a.conf; program queue is fatal",
        "udon: 1 warning of manage.py check --deploy: security.W018",
        f"broth: {did_not}",
    ]
    assert notes(rows[:1]) == ""


def test_notes_of_a_platform():
    row = report_row("web1", {**ROW, "notes": ["SECRET_KEY is missing"]}, False)
    assert row["notes"] == ["SECRET_KEY is missing"]
    assert notes([row]) == "ramen: SECRET_KEY is missing"


def test_failures():
    bad = {**EMPTY, "failed": {"stage": "build", "error": "numba cannot be installed; lines:\n  a\nb"}}
    bad["rollout"] = "FAILED at build; the old version serves"
    worse = {
        **EMPTY,
        "app": "soup",
        "failed": {"stage": "plan", "error": "no"},
        "rollout": "FAILED at plan; nothing serves",
    }
    assert failures([EMPTY]) == ""
    assert failures([bad, EMPTY, worse]) == (
        "ramen on web1 FAILED at build; the old version serves:\n"
        "  numba cannot be installed; lines:\n    a\n  b\n"
        "soup on web1 FAILED at plan; nothing serves:\n  no"
    )


def test_branches_that_end():
    today = date(2025, 9, 1)
    rows = [
        {"app": "ramen", "state": "present", "python": "3.9.2"},
        {"app": "soup", "state": "present", "python": "3.13.5"},
        {"app": "udon", "state": "present", "python": "3.8.10"},
        {"app": "broth", "state": "present", "python": "3.9.2"},
        {"app": "gone", "state": "absent", "python": "2.7.18"},
        {"app": "new", "state": "present", "python": ""},
    ]
    assert ends("web1", rows, today) == [
        "WARNING: Python 3.8 has had no security fixes since 2024-10-07; choose a newer branch (udon on web1)",
        "WARNING: Python 3.9 gets no security fixes after 2025-10-31, in 60 days; choose a newer branch "
        "(ramen, broth on web1)",
    ]
    assert ends("web1", rows[1:2], today) == []


def test_wheels_that_apps_share():
    rows = [{"shared_wheels": 6}, {"shared_wheels": 4}, {"app": "soup", "unshared": "flask cannot be installed"}]
    said = wheel_notes(rows, {"fetched": 2, "notes": ["a==1 is not shared: it does not build"]})
    assert said.splitlines() == [
        "shared wheels: 10 used by 2 apps, 2 fetched or built now",
        "soup: built without shared wheels: flask cannot be installed",
        "shared wheels: a==1 is not shared: it does not build",
    ]
    assert wheel_notes([{"shared_wheels": 0}], {}) == ""
