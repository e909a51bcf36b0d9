# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _process
from ansible_collections.pyhost.platform.plugins.module_utils._cronrun import BLOCK, LOST, Runs
from ansible_collections.pyhost.platform.plugins.module_utils._cronstate import Run
from living.cell import OURS, wait


class Cell:
    """Real runs in a folder; ``said`` is what they printed."""

    def __init__(self, home):
        self.home = home
        for name in ("run", "logs", "release"):
            (home / name).mkdir()
        self.process = {
            "cwd": str(home / "release"),
            "environment": {"PATH": "/usr/bin:/bin", "MENU": "kürbis \n$x"},
            "virtualenv": "v1",
        }
        self.boot()

    def boot(self):
        self.said = b""
        self.runs = Runs(self.home, self._write)

    def _write(self, job, data):
        self.said += data

    def begin(self, command, name="tidy.1"):
        run = Run("tidy", 0.0, 60, "L1")
        self.runs.begin(name, run, command, self.process)
        return run

    def turn(self):
        for key, _events in self.runs.selector.select(0.01):
            self.runs.read(*key.data)

    def end(self, run, name="tidy.1"):
        """The exit status, once the run has ended; all that it printed is read."""

        def ended():
            self.turn()
            return self.runs.ended(name, run) is not None

        wait(ended, "a run does not end")
        status = self.runs.ended(name, run)
        self.runs.forget(name, run)
        return status


@pytest.fixture
def cell(tmp_path):
    found = Cell(tmp_path)
    yield found
    for name, live in found.runs._live.items():
        if live.child:
            os.killpg(live.child.pid, signal.SIGKILL)
            live.child.wait()
        assert name


def files(cell):
    return sorted(path.name for path in (cell.home / "run" / "cron").iterdir())


def test_a_run_has_environment_virtualenv_and_directory_of_the_app(cell):
    run = cell.begin('echo "$MENU|$PATH|$PYHOST_CRON_RUN"; pwd; cat; echo aside >&2')
    assert cell.end(run) == 0
    virtualenv = f"{cell.home}/virtualenvs/v1/bin:/usr/bin:/bin"
    assert cell.said.decode() == f"kürbis \n$x|{virtualenv}|tidy.1\n{cell.home}/release\naside\n"
    assert files(cell) == []


@pytest.mark.parametrize(
    ("command", "status"), [("exit 3", 3), ("no-such-program", 127), ("kill -9 $$", 137), ("exec 2>&-; ((", 2)]
)
def test_how_it_ended(cell, command, status):
    assert cell.end(cell.begin(command)) == status


def test_a_directory_that_is_gone(cell):
    (cell.home / "release").rmdir()
    with pytest.raises(FileNotFoundError):
        cell.begin("true")
    assert files(cell) == []


def test_a_run_lasts_as_long_as_what_it_left_in_the_background(cell):
    run = cell.begin("sleep 1000 & echo $!; exit 5")
    wait(lambda: cell.turn() or cell.said, "nothing is printed")
    wait(lambda: cell.runs._live["tidy.1"].child.poll() == 5, "the command does not end")
    assert cell.runs.ended("tidy.1", run) is None
    assert cell.runs.lingers() is True
    cell.runs.signal("tidy.1", run, signal.SIGTERM)
    assert cell.end(run) == 5
    assert _process.start_time(int(cell.said)) == 0


def test_a_run_that_is_told_to_end_says_how_it_ended(cell):
    run = cell.begin("trap 'echo good night; exit 7' TERM; echo up; while :; do sleep 0.05; done")
    wait(lambda: cell.turn() or cell.said, "nothing is printed")
    cell.runs.signal("tidy.1", run, signal.SIGTERM)
    assert cell.end(run) == 7
    assert cell.said.endswith(b"good night\n")


def test_a_run_that_does_not_listen_is_killed(cell):
    run = cell.begin("trap '' TERM; echo up; sleep 1000 & wait; sleep 1000")
    wait(lambda: cell.turn() or cell.said, "nothing is printed")
    cell.runs.signal("tidy.1", run, signal.SIGTERM)
    assert cell.runs.ended("tidy.1", run) is None
    cell.runs.signal("tidy.1", run, signal.SIGKILL)
    assert cell.end(run) == 137


def test_a_run_that_closes_its_output(cell):
    run = cell.begin("exec >&- 2>&-; sleep 0.3; exit 4")
    assert cell.end(run) == 4


def test_a_run_that_prints_much(cell):
    run = cell.begin("head -c 100000000 /dev/zero")
    size = [0]
    cell._write = lambda job, data: size.__setitem__(0, size[0] + len(data))
    cell.runs._write = cell._write
    assert cell.end(run) == 0
    assert size == [100_000_000]


def test_what_is_left_in_the_pipe_is_bounded_for_one_that_goes_on_for_ever(cell):
    run = cell.begin("setsid sh -c 'echo $$; exec yes' & sleep 0.2")
    assert cell.end(run) == 0
    assert len(cell.said) > BLOCK
    first = int(cell.said.split(b"\n")[0])
    os.kill(first, signal.SIGKILL)


KILLED = f"""{OURS}
import os
from pathlib import Path
runs = importlib.import_module(f"{{UTILS}}._cronrun")
state = importlib.import_module(f"{{UTILS}}._cronstate")
run = state.Run("tidy", 0.0, 60, "L1")
process = {{"cwd": "/", "environment": {{"PATH": "/usr/bin:/bin"}}, "virtualenv": "v1"}}
runs.Runs(Path(sys.argv[1]), print).begin("tidy.1", run, sys.argv[2], process)
print(run.pid, run.start, flush=True)
os.kill(os.getpid(), 9)
"""


def killed(cell, command):
    """A run whose scheduler was killed right after it had begun."""
    words = [sys.executable, "-c", KILLED, str(cell.home), command]
    out = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False).stdout
    pid, start = out.split()
    return Run("tidy", 0.0, 60, "L1", int(pid), int(start))


def test_the_run_of_a_killed_scheduler_goes_on(cell):
    run = killed(cell, "sleep 0.5; echo done; exit 6")
    assert cell.runs.adopt({"tidy.1": run}) == set()
    assert cell.runs.ended("tidy.1", run) is None
    assert (cell.end(run), cell.said) == (6, b"done\n")


def test_a_run_that_the_state_does_not_know_to_have_begun(cell):
    run = killed(cell, "sleep 0.5; exit 6")
    unknown = Run("tidy", 0.0, 60, "L1")
    assert cell.runs.adopt({"tidy.1": unknown}) == set()
    assert (unknown.pid, unknown.start) == (run.pid, run.start)
    assert cell.end(unknown) == 6


def test_a_run_that_ended_while_there_was_no_scheduler(cell):
    run = killed(cell, "echo short; exit 6")
    wait(lambda: not _process.start_time(run.pid), "it does not end")
    assert cell.runs.adopt({"tidy.1": run}) == set()
    assert (cell.end(run), files(cell)) == (6, [])


def test_what_a_run_left_in_the_background_is_known_again(cell):
    run = killed(cell, "sleep 1000 & exit 6")
    wait(lambda: not _process.start_time(run.pid), "it does not end")
    cell.runs.adopt({"tidy.1": run})
    assert cell.runs.ended("tidy.1", run) is None
    cell.runs.signal("tidy.1", run, signal.SIGKILL)
    assert cell.end(run) == 6


def test_a_run_that_was_killed_with_its_scheduler(cell):
    run = killed(cell, "sleep 1000")
    os.killpg(run.pid, signal.SIGKILL)
    wait(lambda: not _process.start_time(run.pid), "it does not end")
    cell.runs.adopt({"tidy.1": run})
    assert cell.end(run) == LOST


def test_a_run_that_was_never_begun(cell):
    assert cell.runs.adopt({"tidy.1": Run("tidy", 0.0, 60, "L1")}) == {"tidy.1"}


def test_somebody_elses_process_with_the_same_number_is_left_alone(cell):
    with subprocess.Popen(["sleep", "1000"], start_new_session=True) as other:
        run = Run("tidy", 0.0, 60, "L1", other.pid, _process.start_time(other.pid) - 1)
        cell.runs.adopt({"tidy.1": run})
        cell.runs.signal("tidy.1", run, signal.SIGKILL)
        assert cell.end(run) == LOST
        assert other.poll() is None
        other.kill()


def test_what_nobody_needs_any_more_is_removed(cell):
    folder = cell.home / "run" / "cron"
    folder.mkdir()
    os.mkfifo(folder / "old.1.pipe")
    (folder / "old.1.exit").write_text("0")
    assert cell.runs.adopt({}) == set()
    assert files(cell) == []
