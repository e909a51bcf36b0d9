# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action half of stage runtimes by itself, as the role python uses it."""

from __future__ import annotations


def test_it_works_outside_of_a_run(run):
    row = {"branch": "3.11", "path": "/opt/python/3.11/bin/python", "real": "/usr/bin/python3.11"}
    run.answers["runtimes"] = {"changed": True, "interpreters": [row]}
    assert run.stage("runtimes", branches=["3.11"]) == {"changed": True, "interpreters": [row]}
    assert run.jobs[0][1]["branches"] == ["3.11"]


def test_what_cannot_be_had_is_refused_by_name(run):
    run.answers["runtimes"] = {"changed": False, "interpreters": [{"branch": "3.11"}]}
    found = run.stage("runtimes", branches=["3.11", "3.6"])
    assert found["msg"] == "Python 3.6 cannot be had on this host; it has: 3.11"
