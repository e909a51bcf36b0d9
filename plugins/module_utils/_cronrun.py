# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of scheduled runs. Runs as the cell's user. PRIVATE to the collection.

Each run is a process group of its own, and lasts as long as any process of it. What it prints goes through a named
pipe, which it holds open itself: so it lives on when the scheduler is killed, and the next scheduler reads on. A
shell that leads the group writes the exit status to a file, for a scheduler that is not its parent.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _command, _files, _process
from ansible_collections.pyhost.platform.plugins.module_utils._cronstate import Run

MARK = "PYHOST_CRON_RUN"
"""In the environment of every process of a run: which run it is."""

LEADER = """\
trap : TERM INT HUP
/bin/sh -c "$1"
status=$?
echo "$status" > "$2"
kill -0 "$PPID" 2>/dev/null || sleep 5
exit "$status"
"""
"""Waits for the command and writes down how it ended, even when the whole group was told to end.

Where the scheduler was killed, it stays long enough for the next one to open the pipe: what is in one that nobody has
open is lost.
"""

BLOCK = 1 << 16
TURN = 16
"""Blocks that are read of one run before it is another's turn."""

LOOK = 0.5
"""Seconds between two looks for what a run has left in the background; each of them reads all of /proc."""

LOST = -1000
"""Instead of an exit status: nobody knows it."""


@dataclass
class _Live:
    child: subprocess.Popen[bytes] | None = None
    pipe: int = -1
    status: int | None = None
    looked: float = 0.0


class Runs:
    """The runs that have not ended. ``write`` takes a job's name and what it printed."""

    def __init__(self, home: Path, write: Callable[[str, bytes], None]) -> None:
        self._home = home
        self._folder = home / "run" / "cron"
        self._write = write
        self._live: dict[str, _Live] = {}
        self.selector = selectors.DefaultSelector()

    def begin(self, name: str, run: Run, command: str, process: dict[str, Any]) -> None:
        """Start ``command`` with code, virtualenv and environment of ``process``, a launch's.

        Sets ``pid`` and ``start``. Raises `OSError` when it cannot be started.
        """
        self._folder.mkdir(mode=0o750, exist_ok=True)
        pipe = self._folder / f"{name}.pipe"
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe, 0o600)
        live = self._live[name] = _Live(pipe=os.open(pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        self.selector.register(live.pipe, selectors.EVENT_READ, (name, run.job))
        out = os.open(pipe, os.O_RDWR | os.O_CLOEXEC)
        environment = {**_command.environment(self._home, process), MARK: name}
        words = ["/bin/sh", "-c", LEADER, "cron", command, str(self._folder / f"{name}.exit")]
        try:
            # Ansible's run_command waits for what it starts.
            live.child = subprocess.Popen(  # pylint: disable=ansible-bad-function
                words,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=process["cwd"],
                env={key.encode(): value.encode("utf-8", "surrogateescape") for key, value in environment.items()},
                start_new_session=True,
            )
        except OSError:
            self.forget(name, run)
            raise
        finally:
            os.close(out)
        run.pid = live.child.pid
        run.start = _process.start_time(run.pid)

    def adopt(self, runs: dict[str, Run]) -> set[str]:
        """Take over what another scheduler began; returns the names of those that it had not started yet."""
        found = _marked(runs)
        waiting = set()
        for name, run in runs.items():
            leader = found.get(name)
            if leader:
                run.pid, run.start = leader, _process.start_time(leader)
            elif not run.pid and not self._exit(name).exists():
                waiting.add(name)
                continue
            live = self._live[name] = _Live()
            with suppress(OSError):
                pipe = self._folder / f"{name}.pipe"
                live.pipe = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
                self.selector.register(live.pipe, selectors.EVENT_READ, (name, run.job))
            if not leader or not run.start:
                live.status = self._told(name)
                with suppress(OSError):
                    os.waitpid(run.pid, os.WNOHANG)
        for path in self._folder.glob("*"):
            if path.suffix in (".pipe", ".exit") and path.stem not in runs:
                path.unlink()
        return waiting

    def _exit(self, name: str) -> Path:
        return self._folder / f"{name}.exit"

    def _told(self, name: str) -> int:
        """The exit status as the leader wrote it."""
        try:
            return int(_files.read_regular(self._exit(name), 16))
        except (OSError, ValueError):
            return LOST

    def ended(self, name: str, run: Run) -> int | None:
        """The exit status as a shell counts it, once no process of the run is left; `LOST` for none, None before."""
        live = self._live[name]
        if live.status is None:
            live.status = self._leader(name, run, live.child)
        if live.status is None or time.monotonic() - live.looked < LOOK:
            return None
        if self._left(name, run):
            live.looked = time.monotonic()
            return None
        return live.status

    def _leader(self, name: str, run: Run, child: subprocess.Popen[bytes] | None) -> int | None:
        if child:
            status = child.poll()
            return status if status is None or status >= 0 else 128 - status
        try:
            pid, status = os.waitpid(run.pid, os.WNOHANG)  # After an exec it is our own child, all the same.
            if pid:
                return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        except ChildProcessError:
            pass
        return None if _process.start_time(run.pid) == run.start else self._told(name)

    def _left(self, name: str, run: Run) -> list[tuple[int, int]]:
        """Processes of the run's group that are still there, with their start."""
        if run.pid < 2:
            return []
        try:
            os.killpg(run.pid, 0)
        except OSError:
            return []
        leader = (run.pid, run.start)
        return [one for one in _process.members(run.pid).items() if one == leader or _mark(one[0]) == name]

    def lingers(self) -> bool:
        """Whether the end of a run has to be looked for, because no signal tells of it."""
        return any(live.child is None or live.status is not None for live in self._live.values())

    def signal(self, name: str, run: Run, number: int) -> None:
        """Send a signal to every process of the run."""
        if self._left(name, run):
            with suppress(OSError):
                os.killpg(run.pid, number)

    def read(self, name: str, job: str) -> None:
        """Write down what waits in the pipe, a part of it where that is much."""
        live = self._live[name]
        for _turn in range(TURN if live.pipe >= 0 else 0):
            try:
                data = os.read(live.pipe, BLOCK)
            except BlockingIOError:
                return
            if not data:
                self._close(live)
                return
            self._write(job, data)

    def _close(self, live: _Live) -> None:
        if live.pipe >= 0:
            self.selector.unregister(live.pipe)
            os.close(live.pipe)
            live.pipe = -1

    def forget(self, name: str, run: Run) -> None:
        """The run has ended: write down the rest of what it printed."""
        if name in self._live:
            self.read(name, run.job)
        self._close(self._live.pop(name, _Live()))
        for suffix in ("pipe", "exit"):
            (self._folder / f"{name}.{suffix}").unlink(missing_ok=True)


def _mark(pid: int) -> str:
    """Which run a process is of, "" for none."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return ""
    for one in environment.split(b"\0"):
        if one.startswith(f"{MARK}=".encode()):
            return one.partition(b"=")[2].decode("utf-8", "replace")
    return ""


def _marked(names: Iterable[str]) -> dict[str, int]:
    """The process groups of runs by name, as far as they live and are of this user."""
    wanted = set(names)
    found = {}
    for name in os.listdir("/proc") if wanted else ():
        mark = _mark(int(name)) if name.isdigit() else ""
        if mark in wanted:
            with suppress(OSError):
                group = os.getpgid(int(name))
                if group == os.getsid(int(name)):  # Not one that a shell of the run has made.
                    found[mark] = group
    return found
