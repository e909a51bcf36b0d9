# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._uses import rows

BASE = "/opt/python"
STORED = f"{BASE}/store/3.12-0123456789ab/bin/python3.12"


def found(path, real, version, implementation="CPython"):
    branch = ".".join(version.split(".")[:2])
    return {"path": path, "real": real, "version": version, "branch": branch, "implementation": implementation}


def look(now, **there):
    return {
        "now": now,
        "there": {name: {"python": real, "version": version} for name, (real, version) in there.items()},
    }


INTERPRETERS = [
    found(f"{BASE}/3.12/bin/python", STORED, "3.12.4"),
    found("/usr/bin/python3.13", "/usr/bin/python3.13", "3.13.5"),
    found("/opt/mine/bin/python3.9", "/opt/mine/bin/python3.9", "3.9.7", "PyPy"),
    found("/usr/bin/python3.12", "/usr/bin/python3.12", "3.12.3"),
]
STORE = [{"name": "3.12-0123456789ab", "source": "uv"}]


def test_one_row_for_each_interpreter():
    told = rows(BASE, INTERPRETERS, STORE, {})
    assert [(row["name"], row["description"], row["source"], row["chosen"]) for row in told] == [
        ("3.9", "PyPy 3.9.7", "path", False),
        ("3.12", "CPython 3.12.4", "uv", True),
        ("3.12", "CPython 3.12.3", "distro", False),
        ("3.13", "CPython 3.13.5", "distro", False),
    ]


def test_apps_are_those_in_force():
    """What is kept for a rollback is no use; an app without a deploy, or that cannot be read, uses nothing."""
    looks = {
        "soup": look("v2", v1=("/usr/bin/python3.13", "3.13.5"), v2=(STORED, "3.12.4")),
        "ramen": look("v1", v1=(STORED, "3.12.4")),
        "new": look(""),
        "stuck": {"error": "no answer within 30 s"},
    }
    told = {row["path"]: row["apps"] for row in rows(BASE, INTERPRETERS, STORE, looks)}
    assert told[STORED] == ["ramen", "soup"]
    assert told["/usr/bin/python3.13"] == []


def test_an_interpreter_that_is_gone_while_an_app_runs_on_it():
    looks = {"ramen": look("v1", v1=("/opt/gone/bin/python3.8", "3.8.10")), "odd": look("v1", v1=("/x/python", ""))}
    told = rows(BASE, [], [], looks)
    assert [(row["name"], row["description"], row["source"], row["apps"]) for row in told] == [
        ("", "gone: /x/python", "path", ["odd"]),
        ("3.8", "gone: /opt/gone/bin/python3.8", "path", ["ramen"]),
    ]
