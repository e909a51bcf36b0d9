# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.plugin_utils import _profile


def spent(seconds, *calls):
    row = {"all": seconds}
    for taken, answer in calls:
        _profile.add_call(row, taken, answer)
    return row


def test_the_seconds_of_a_stage_by_where_they_went():
    answer = {"changed": True, "profile": {"seconds": 2.0, "apps": {}}}
    row = _profile.account({"build": spent(3.0, (2.5, answer))}, 5.0)
    assert row == {
        "seconds": 5.0,
        "ansible": 2.0,
        "stages": [
            {"stage": "build", "seconds": 3.0, "controller": 0.5, "connection": 0.5, "host": 2.0, "slowest": []}
        ],
    }
    assert answer == {"changed": True}


def test_a_stage_without_a_host():
    (row,) = _profile.account({"plan": spent(0.25)}, 1.0)["stages"]
    assert (row["controller"], row["connection"], row["host"]) == (0.25, 0, 0)


def test_several_calls_of_a_stage():
    """One of them of a module that brought itself along, which tells nothing of the host."""
    parts = {"seconds": 2.0, "apps": {"ramen": {"packages": 1.5}, "": {"looking": 9.0}}}
    more = {"seconds": 1.0, "apps": {"ramen": {"packages": 0.5, "sealing": 0.25}}}
    row = spent(6.0, (2.5, {"profile": parts}), (1.0, {}), (1.5, {"profile": more}))
    (found,) = _profile.account({"build": row}, 6.0)["stages"]
    assert (found["controller"], found["connection"], found["host"]) == (1.0, 2.0, 3.0)
    assert found["slowest"] == [{"app": "ramen", "seconds": 2.25, "parts": {"packages": 2.0, "sealing": 0.25}}]


def test_a_person_sees_the_slowest_apps_and_their_parts():
    apps = {f"app{number}": {"packages": number / 10, "virtualenv": 0.01} for number in range(9)}
    stages = {
        "resolve": spent(0.25),
        "build": spent(3.0, (2.5, {"profile": {"seconds": 2.0, "apps": apps}})),
    }
    assert _profile.text("kitchen", _profile.account(stages, 4.0)).splitlines() == [
        "where the time went on kitchen, in seconds:",
        "stage               seconds  controller  connection  host",
        "------------------  -------  ----------  ----------  ----",
        "resolve             0.25     0.25",
        "build               3.00     0.50        0.50        2.00",
        "between the stages  0.75",
        "until the report    4.00",
        "build: app8 0.8 (packages 0.8)",
        "build: app7 0.7 (packages 0.7)",
        "build: app6 0.6 (packages 0.6)",
        "build: app5 0.5 (packages 0.5)",
        "build: app4 0.4 (packages 0.4)",
    ]
