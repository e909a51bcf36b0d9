# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The program itself, as the start wrapper runs it, with real processes and the real clock.
import json
import os
import signal
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home, _process
from living.cell import START, wait

LAUNCH = {
    "process": {
        "argv": [],
        "cwd": "/",
        "environment": {"PATH": "/usr/bin:/bin", "MENU": "long"},
        "release": "1-aaaa",
        "virtualenv": "v1",
        "server": "gunicorn",
        "protocol": "http",
    },
    "process_digest": "p",
    "processes": {},
    "ports": {},
    "health": {},
    "conf": "c",
    "python": "3.13.5",
    "digest": "d",
}


class Cell:
    def __init__(self, home):
        self.home = home
        self.program = None
        (home / "start.py").write_text(START)
        _home.make_directories(home)

    def deploy(self, digest="L1", **commands):
        rows = {
            name: {"schedule": "@reboot", "command": command, "overlap": "skip", "max_age": 60}
            for name, command in commands.items()
        }
        (self.home / "launches" / digest).mkdir()
        (self.home / "launches" / digest / "launch.json").write_text(json.dumps({**LAUNCH, "cron": rows}))
        _home.put_in_force(self.home, digest)

    def start(self):
        words = [sys.executable, "-S", "-E", str(self.home / "start.py"), "cron", str(self.home)]
        self.program = subprocess.Popen(words, cwd=self.home, stdin=subprocess.DEVNULL)

    def jobs(self):
        try:
            return json.loads((self.home / "run" / "cron.json").read_text())["jobs"]
        except OSError:
            return {}

    def result(self, job):
        return self.jobs().get(job, {}).get("result", "")

    def log(self, job):
        path = self.home / "logs" / f"cron-{job}.log"
        return path.read_text() if path.exists() else ""

    def end(self, number=signal.SIGTERM):
        self.program.send_signal(number)
        return self.program.wait(timeout=60)


@pytest.fixture
def cell(tmp_path):
    found = Cell(tmp_path)
    yield found
    if found.program.poll() is None:
        found.end()


def test_a_run(cell):
    cell.deploy(warm="echo $MENU; exit 3")
    cell.start()
    wait(lambda: cell.result("warm"), "no end of the run is known")
    row = cell.jobs()["warm"]
    assert (row["schedule"], row["result"], row["next"]) == ("@reboot", "exit status 3", "")
    assert row["last"].endswith("Z")
    lines = cell.log("warm").splitlines()
    assert lines[0].endswith("Z begins, release 1-aaaa")
    assert lines[1] == "long"
    assert " exit status 3 (" in lines[2]
    assert cell.end() == 0


def test_a_line_without_end_is_ended(cell):
    cell.deploy(warm="printf half")
    cell.start()
    wait(lambda: cell.result("warm"), "no end of the run is known")
    assert [line.partition(" ")[0] for line in cell.log("warm").splitlines()] == ["---", "half", "---"]


def test_a_killed_one_and_the_next(cell):
    """Both have the same parent, so to them it is the same cell."""
    cell.deploy(
        warm="echo one; until test -e go; do sleep 0.05; done; echo two; exit 4".replace("go", str(cell.home / "go"))
    )
    cell.start()
    wait(lambda: "one" in cell.log("warm"), "nothing runs")
    cell.end(signal.SIGKILL)
    cell.start()
    (cell.home / "go").touch()
    wait(lambda: cell.result("warm"), "no end of the run is known")
    assert cell.result("warm") == "exit status 4"
    assert [line for line in cell.log("warm").splitlines() if line in ("one", "two")] == ["one", "two"]


def test_it_ends_what_runs(cell):
    cell.deploy(warm=f"trap '' TERM; echo $$ > {cell.home}/pid; echo one; sleep 1000; sleep 1000")
    cell.start()
    wait(lambda: "one" in cell.log("warm"), "nothing runs")
    pid = int((cell.home / "pid").read_text())
    assert cell.end() == 0
    assert _process.start_time(pid) == 0
    assert cell.result("warm") == "ended, because the scheduler was stopped"
    assert os.listdir(cell.home / "run" / "cron") == []


def test_a_version_that_has_not_proved_itself(cell):
    cell.deploy(warm="echo early")
    journal = cell.home / "run" / "journal.json"
    journal.write_text(json.dumps({"step": "unproved", "old": "", "new": "L1"}))
    cell.start()
    wait((cell.home / "run" / "cron.json").exists, "it does not start")
    assert cell.log("warm") == ""
    journal.unlink()
    wait(lambda: cell.result("warm") == "ok", "nothing runs")


def test_a_rollout_tells_it_of_another_launch(cell):
    cell.deploy(warm="true")
    cell.start()
    wait(lambda: cell.result("warm"), "no end of the run is known")
    cell.deploy("L2", other="true")
    cell.program.send_signal(signal.SIGHUP)
    wait(lambda: list(cell.jobs()) == ["other"], "it does not look")
    assert cell.program.poll() is None


def test_newer_tools_are_used_by_the_same_process(cell):
    """The files of the program are gone, so it becomes the program that is there now."""
    cell.deploy(warm="until test -e go; do sleep 0.05; done; exit 5".replace("go", str(cell.home / "go")))
    module = "ansible_collections.pyhost.platform.plugins.module_utils._cron"
    (cell.home / "bin").mkdir()
    again = cell.home / "bin" / "pyhost-start"
    again.write_text(
        f'#!/bin/sh\necho "$@" > {cell.home}/again\nexec {sys.executable} -S -E {cell.home}/start.py cron x\n'
    )
    again.chmod(0o755)
    gone = f"\nimportlib.import_module({module!r}).__file__ = '/gone'\nimportlib.import_module"
    (cell.home / "old.py").write_text(START.replace("\nimportlib.import_module", gone))
    words = [sys.executable, "-S", "-E", str(cell.home / "old.py"), "cron", str(cell.home)]
    cell.program = subprocess.Popen(words, cwd=cell.home, stdin=subprocess.DEVNULL)
    seen = cell.home / "again"
    wait(lambda: seen.exists() and seen.read_text() == "cron\n", "it stays")
    (cell.home / "go").touch()
    wait(lambda: cell.result("warm"), "no end of the run is known")
    assert cell.result("warm") == "exit status 5"
