# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.plugin_utils._rehearsal import NEW, cast, details, moved, reason, row


def app(name, **more):
    return App(name, Source("path", name), **more)


def test_every_app_takes_part():
    apps = [app("ramen", python="3.9"), app("soup"), app("gone", state="absent")]
    assert [(one.name, one.python) for one in cast(apps, "3.13", [])] == [("ramen", "3.13"), ("soup", "3.13")]
    assert [one.name for one in cast(apps, "3.13", ["soup"])] == ["soup"]


def test_apps_that_are_not_declared():
    with pytest.raises(Problems) as caught:
        cast([app("ramen"), app("gone", state="absent")], "3.13", ["gone", "ramen", "udon"])
    assert [str(one) for one in caught.value.problems] == [
        'app: "gone" is no app that is declared; there are: ramen',
        'app: "udon" is no app that is declared; there are: ramen',
    ]


ENTRY = {
    "app": {"name": "ramen"},
    "look": {"launch": {"python": "3.11.2"}},
    "plan": {"virtualenv": {"version": "3.13.5"}},
    "stages": {},
    "failed": None,
}
ERROR = "entry point wsgi:app cannot be imported: ModuleNotFoundError: No module named 'cgi'; its last lines:\nTrace"
ROWS = [
    # changes, check: python, result, why, ready
    ({"stages": {"rehearse": {"ok": True, "built": True}}}, False,
     ("3.11.2 → 3.13.5", "ready", "virtualenv built, entry point imported", True)),
    ({"stages": {"rehearse": {"ok": True, "built": False}}}, False,
     ("3.11.2 → 3.13.5", "ready", "virtualenv was built before, entry point imported", True)),
    ({"stages": {"rehearse": {"ok": True}}}, True,
     ("3.11.2 → 3.13.5", "to be tried", "its requirements resolve", True)),
    ({"failed": {"stage": "rehearse", "error": ERROR}}, False,
     ("3.11.2 → 3.13.5", "would fail",
      "entry point wsgi:app cannot be imported: ModuleNotFoundError: No module named 'cgi'", False)),
    ({"look": {"launch": {"python": "3.13.5"}}}, False, ("3.13.5", "unchanged", "runs on 3.13.5 already", True)),
    ({"left_out": NEW, "look": {}, "plan": None}, False, ("", "left out", NEW, None)),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "check", "told"), ROWS)
def test_row(changes, check, told):
    found = row("web1", {**ENTRY, **changes}, check)
    assert (found["app"], found["host"]) == ("ramen", "web1")
    assert (found["python"], found["result"], found["why"], found["ready"]) == told


BECAUSE = [
    ("old cannot be installed; the last lines of the installer:\n  Because the current Python version (3.13.5) does not "
     "satisfy Python<3.13", "old does not support this Python (requires-python)"),
    ("old cannot be installed; the last lines of the installer:\nERROR: Package 'old' requires a different Python",
     "old does not support this Python (requires-python)"),
    ("old==1 cannot be installed; the last lines of the installer:\nold==1 has no wheels with a matching Python ABI tag",
     "old==1 has no wheel for it"),
    ("old cannot be installed; the last lines of the installer:\nFailed to build `old==1.0`",
     "old has no wheel and does not build"),
    ("old cannot be installed: its file has another hash; the last lines of the installer:\nno",
     "old cannot be installed: its file has another hash"),
    (ERROR, "entry point wsgi:app cannot be imported: ModuleNotFoundError: No module named 'cgi'"),
    ("another deploy of this app is at work: anna", "another deploy of this app is at work: anna"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "line"), BECAUSE)
def test_reason(error, line):
    assert reason(error) == line


def test_details():
    rows = [row("web1", {**ENTRY, **changes}, check) for changes, check, _told in ROWS]
    assert details(rows) == (
        "ramen on web1 would fail on Python 3.13.5:\n  entry point wsgi:app cannot be imported: "
        "ModuleNotFoundError: No module named 'cgi'; its last lines:\n  Trace"
    )
    assert details(rows[:1]) == ""


def interpreter(branch):
    return {"branch": branch, "real": f"/opt/x/bin/python{branch}", "path": "", "version": f"{branch}.1"}


SETTINGS = {"python_default": "3.13", "python_aliases": {}, "python_sources": []}


def moving(branches, default="3.13", declared=""):
    host = {
        "interpreters": [interpreter(one) for one in branches], "packaged": [], "root": False, "lists": True, "os": {},
    }  # fmt: skip
    look = {"current": "l1", "launch": {"python": "3.11.2"}}
    entry = {"app": app("ramen", python="3.12").to_dict(), "declared": declared, "look": look}
    return moved([entry], {**SETTINGS, "python_default": default}, host)


def test_a_branch_that_was_brought_may_become_the_newest():
    assert moving(["3.11", "3.12"]).startswith(
        "WARNING: pyhost_python_default cannot be had here, and Python 3.12 is the newest that can: the next deploy moves "
        "ramen to it"
    )
    assert moving(["3.11"]) == ""
    assert moving(["3.11", "3.12"], default="3.11") == ""
    assert moving(["3.11", "3.12", "3.13"]) == ""
    assert moving(["3.11", "3.12"], declared="3.11") == ""
