# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees while apps are built and started that take their time: on a terminal, and where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molecule.status.tests.conftest import HOST
from tests.support.deploy import Run, deploy, good

testinfra_hosts = [f"ansible://{HOST}"]

NAMES = ("slow-a", "slow-b", "slow-c")
SECONDS = 5
"""What the import of each app takes: when its entry point is tried, and at each start."""

CODE = """\
import time

time.sleep({seconds})
SECRET = "{secret}"


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"{version}"]
"""
SECRET = "s3cret-of-the-kitchen"

ORDER = ["build: trying the entry point", "build: done", "rollout: health checks", "rollout: done"]
"""Of all that an app tells, what takes longer than the seconds that are not worth a line."""

WATCHED = {"ANSIBLE_CALLBACKS_ENABLED": "pyhost.platform.progress", "COLUMNS": "100", "LINES": "30", "TERM": "xterm"}


def entries(folder: Path, version: str) -> list[dict[str, Any]]:
    for name in NAMES:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "wsgi.py").write_text(CODE.format(seconds=SECONDS, secret=SECRET, version=version))
    return [
        {
            "name": name,
            "source": {"path": str(folder / name)},
            "domains": [f"{name}.example.com"],
            "environment": {"PASSWORD": SECRET},
        }
        for name in NAMES
    ]


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("progress")
    yield folder
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in NAMES], folder, HOST))


def told(run: Run, app: str) -> list[str]:
    """What was told of ``app``, in order: stage and what it does, without numbers."""
    found = re.findall(rf"^{HOST}: (\w+): {app}: (.*?)(?: after [^(]*)? \(\d of 3, .*\)$", run.output, re.MULTILINE)
    return [f"{stage}: {what}" for stage, what in found]


def test_without_a_terminal_each_app_has_lines_in_order(kitchen: Path) -> None:
    run = good(deploy(entries(kitchen, "one"), kitchen, HOST, environment=WATCHED, profile=True))
    for app in NAMES:
        lines = told(run, app)
        assert [line for line in lines if line in ORDER] == ORDER, lines
    assert "\x1b" not in run.output
    assert SECRET not in run.output
    report = run.profile[HOST]
    stages = {row["stage"]: row for row in report["stages"]}
    assert stages["build"]["host"] >= SECONDS
    assert {one["app"] for one in stages["build"]["slowest"]} == set(NAMES)
    for one in stages["build"]["slowest"]:
        assert one["parts"]["trying the entry point"] >= SECONDS
    assert f"where the time went on {HOST}" in run.output


def test_on_a_terminal_they_are_live_and_go(kitchen: Path) -> None:
    run = good(deploy(entries(kitchen, "two"), kitchen, HOST, environment=WATCHED, terminal=True))
    assert re.search(rf"{HOST}: rollout: 0 of 3, \d+ s\r\n  slow-\w  [a-z ]+, \d+ s\r\n  slow-", run.output)
    assert SECRET not in run.output
    drawn = re.findall(rf"{HOST}: [a-z]+: ", run.output)
    cleared = re.findall(r"\x1b\[\d+A\x1b\[J", run.output)
    assert len(drawn) == len(cleared) > SECONDS
    assert "PLAY RECAP" in run.output.rpartition("\x1b[J")[2]


def test_a_run_in_which_nothing_takes_long_says_nothing_of_it(kitchen: Path) -> None:
    run = good(deploy(entries(kitchen, "two"), kitchen, HOST, environment=WATCHED))
    assert run.changed[HOST] == 0
    assert not re.findall(rf"^{HOST}: \w+: ", run.output, re.MULTILINE)
