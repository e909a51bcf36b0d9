# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of runtimes: what is there, and what runs on it, declared or not."""

from __future__ import annotations

import json
from pathlib import Path

from molecule.runtimes.tests.conftest import ELDER, HOST, NEW, OLD, Fleet
from tests.support.deploy import good, playbook


def test_the_table_of_a_host_with_apps(fleet: Fleet, tmp_path: Path) -> None:
    path = tmp_path / "runtimes.json"
    run = good(fleet.run("runtimes", "-e", f"runtimes_path={path}", pyhost_apps=[]))
    assert run.changed == {HOST: 0}
    rows = {
        row["name"]: row for row in json.loads(path.read_text())["hosts"][HOST]["runtimes"] if row["source"] == "distro"
    }
    assert rows[OLD]["apps"] == ["calm", "capped", "stuck", "whole"]
    assert (rows[OLD]["version"], rows[OLD]["description"]) == ("3.11.2", "CPython 3.11.2")
    assert (rows[OLD]["path"], rows[OLD]["end_of_life"]) == ("/usr/bin/python3.11", "2027-10-31")
    assert (rows[NEW]["apps"], rows[NEW]["end_of_life"]) == ([], "2029-10-31")
    lines = [line.split() for line in run.output.splitlines() if line.startswith(HOST)]
    assert [HOST, "3.11", "CPython", "3.11.2", "3.11.2", "distro"] in [line[:6] for line in lines]


def test_a_host_without_anything_declared(tmp_path: Path) -> None:
    run = good(playbook("runtimes", {}, tmp_path, ELDER))
    assert "CPython 3.11.2" in run.output


ENDING = """\
from ansible.plugins.callback import CallbackBase
from ansible_collections.pyhost.platform.plugins.module_utils import _endoflife
from datetime import date, timedelta

class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, "aggregate", "ending", False

    def __init__(self):
        super().__init__()
        _endoflife.ENDS["3.11"] = date.today() + timedelta(days=80)
"""
"""The end of a branch, moved to 80 days from now."""


def test_a_deploy_warns_of_a_branch_that_ends(fleet: Fleet, tmp_path: Path) -> None:
    """Once, with all of its apps, and nothing fails."""
    (tmp_path / "ending.py").write_text(ENDING)
    report = tmp_path / "report.json"
    settings = {**fleet.settings, "pyhost_report_path": str(report)}
    run = good(playbook("deploy", settings, tmp_path, HOST, environment={"ANSIBLE_CALLBACK_PLUGINS": str(tmp_path)}))
    said = [line for line in run.output.splitlines() if line.startswith("WARNING: Python")]
    assert len(said) == 1
    assert said[0].startswith("WARNING: Python 3.11 gets no security fixes after ")
    assert said[0].endswith(f", in 80 days; choose a newer branch (calm, whole, stuck, capped on {HOST})")
    assert json.loads(report.read_text())["hosts"][HOST]["warnings"] == said
