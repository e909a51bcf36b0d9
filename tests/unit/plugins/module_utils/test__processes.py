# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._models import Process
from ansible_collections.pyhost.platform.plugins.module_utils._processes import instances, programs, rows, webless


def row(command="x", stop_signal="TERM", stop_wait=30, memory=0):
    return {"command": command, "stop_signal": stop_signal, "stop_wait": stop_wait, "memory": memory}


def test_programs():
    declared = {"worker": Process("x", 2), "beat": Process("b", 1, "INT", 600, "1G"), "off": Process("o", 0)}
    beat = row("b", "INT", 600, 1 << 30)
    assert programs(declared) == {"worker_00": row(), "worker_01": row(), "beat": beat}


@pytest.mark.parametrize(
    ("count", "names"), [(0, []), (1, ["mail_out"]), (2, ["mail_out_00", "mail_out_01"]), (64, None)]
)
def test_instances(count, names):
    found = instances("mail_out", count)
    assert found == names if names is not None else (len(set(found)), found[-1]) == (64, "mail_out_63")


@pytest.mark.parametrize(
    ("processes", "found"),
    [
        ({}, {}),
        ({"worker": row("x", "INT", 5, 9)}, {"worker": row("x", "INT", 5, 9)}),
        # what older launches say, and what an owner may have written
        ({"worker": "celery"}, {"worker": row("celery", stop_wait=12)}),
        ({"worker": None}, {"worker": row("None", stop_wait=12)}),
        ({"worker": {"stop_wait": "x", "memory": [], "command": 5}}, {"worker": row("5", stop_wait=0)}),
    ],
)
def test_rows(processes, found):
    assert rows({"processes": processes, "drain": 12}) == found


def test_webless():
    assert webless({"process": {"server": "none"}}) is True
    assert [webless(one) for one in ({"process": {"server": "gunicorn"}}, {"process": {}}, {})] == [False] * 3
