# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One app with many schedules, deployed once and then looked at by all tests of the scenario."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.remote import shell

HOST = place.host("pyhost-debian13")
DOMAIN = "clock.example.com"
HOME = "/home/clock"

WSGI = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"{version}"]
"""
EVERY_MINUTE = "* * * * *"

CRON: dict[str, dict[str, Any]] = {
    "tick": {"schedule": EVERY_MINUTE, "command": "sh tick.sh"},
    "yearly": {"schedule": "@yearly", "command": "echo now"},
    "slow": {
        "command": "echo $$ > $PYHOST_DATA/slow.pid; until test -e $PYHOST_DATA/go; do sleep 0.2; done; sh tick.sh; exit 3"
    },
    "late": {"command": "trap '' TERM; sleep 1000 & wait; sleep 1000", "max_age": 5},
    "loud": {"command": "head -c 100000000 /dev/zero | tr '\\0' x"},
    "left": {"command": "sleep 1000 & echo $! > $PYHOST_DATA/left.pid; exit 0", "max_age": 5},
    "silent": {"command": "exec >&- 2>&-; sleep 1"},
    "missing": {"command": "no-such-program"},
}
"""Without a schedule of its own, a job runs when the cell starts, which is the first deploy."""


class Clock:
    """The app, its source, and what its scheduler says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "clock"
        self.source.mkdir()
        self.entry: dict[str, Any] = {
            "name": "clock",
            "source": {"path": str(self.source)},
            "domains": [DOMAIN],
            "environment": {"MENU": "100% kürbis"},
            "health": {"timeout": 90, "seconds": 1},
            "logs": {"size": "1M", "keep": 2, "days": 3},
            "cron": {name: {"schedule": "@reboot", **one} for name, one in CRON.items()},
        }

    def version(self, name: str) -> None:
        (self.source / "wsgi.py").write_text(WSGI.format(version=name))
        (self.source / "tick.sh").write_text(f'echo "{name} $MENU $(id -un) $(command -v python)"\n')

    def deploy(self, *words: str, **changes: Any) -> Run:
        return deploy([{**copy.deepcopy(self.entry), **changes}], self.folder, HOST, *words)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(shell(HOST, f"cat {HOME}/run/cron.json"))
        return found

    def row(self, job: str) -> dict[str, Any]:
        found: dict[str, Any] = self.state()["jobs"][job]
        return found

    def log(self, job: str) -> str:
        """What a job has printed so far; "" when it never ran."""
        return shell(HOST, f"cat {HOME}/logs/cron-{job}.log 2>/dev/null || true")

    def begun(self, job: str) -> list[str]:
        """When each run of a job began."""
        lines = [line.split() for line in self.log(job).splitlines() if line.startswith("--- ")]
        return [words[1] for words in lines if words[2] == "begins,"]

    def scheduler(self) -> int:
        return int(shell(HOST, "/opt/pyhost/tools/bin/pyhost-enter clock supervisorctl pid cron"))


@pytest.fixture(scope="session")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clock]:
    one = Clock(tmp_path_factory.mktemp("clock"))
    one.version("v1")
    good(one.deploy())
    yield one
    good(playbook("remove", {}, one.folder, HOST, "-e", "app=clock", "-e", "purge=true"))
