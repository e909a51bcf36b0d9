# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One running instance of an app: is it up, does it answer, what does it say. PRIVATE to the collection."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _health, _process
from ansible_collections.pyhost.platform.plugins.module_utils._command import command
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

POLL = 0.05
"""Seconds between two looks at an instance that does not answer yet."""

GAP = 0.1
"""Seconds between two good answers."""

LOG_LINES = 30
CAUSE = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception)(?:: .*)?$", re.MULTILINE)
"""The last line of a traceback, as Python writes it."""

DEAD = ("FATAL", "EXITED", "STOPPED", "BACKOFF", "UNKNOWN")

FORKING = ("gunicorn", "uwsgi", "fastcgi", "scgi", "uvicorn")
"""Servers whose own children are their workers, and nothing else; a single uvicorn runs the app itself."""

PROBE_SECONDS = 5
"""Seconds that the probe has at least, however late the last good answer came."""


class Instance:
    """A program (``app`` or ``app-next``) of the cell in ``home`` that runs one launch."""

    def __init__(self, home: Path, supervisor: Supervisor, program: str, launch: dict[str, Any]) -> None:
        self._home = home
        self._supervisor = supervisor
        self._program = program
        self._launch = launch
        self._log = home / "logs" / f"{program}.log"
        self._log_start = self._log.stat().st_size if self._log.exists() else 0

    def record(self) -> dict[str, Any]:
        """The record of the process that runs now, if it was started from this launch."""
        state = self._supervisor.programs().get(self._program, {"pid": 0})
        record = _process.read_record(self._home / "run", self._program, state["pid"])
        return record if record.get("process") == self._launch["process_digest"] else {}

    def prove(self, again: bool = False) -> str:
        """Wait for enough good answers from the same processes; returns the socket that traffic should go to.

        ``again``: the launch has proved itself before, so that it answers is enough. Raises `PyhostError` with
        the reason and the end of the program's log when a process ends, or the time is over.
        """
        NOW.doing("", "health checks")
        health = self._launch["health"]
        seconds = 0 if again else health["seconds"]
        deadline = Deadline(health["timeout"])
        good, since, why = 0, 0.0, ""
        family: dict[int, int] = {}
        while deadline.left() > 0:
            state = self._supervisor.programs().get(self._program, {"state": "UNKNOWN", "pid": 0})
            if family and state["pid"] not in family:
                raise PyhostError(
                    self._failure(f"the app ended {time.monotonic() - since:.0f} s after its first answer")
                )
            if state["state"] in DEAD:
                raise PyhostError(self._failure(f"the app ended right after its start ({state['state']})"))
            record = self.record()
            if not record:
                time.sleep(POLL)
                continue
            try:
                path, status = self._ask(record, min(max(deadline.left(), POLL), _health.ANSWER_TIMEOUT))
            except PyhostError as error:
                # The last try may have been cut short by the deadline; what an earlier one met says more.
                good, why = 0, str(error) if deadline.left() > 0 or not why else why
                time.sleep(POLL)
                continue
            if not _health.accepted(status, health["status"]):
                good, why = 0, f"GET {health['path']} as {health['host']} answered {status}"
                time.sleep(GAP)
                continue
            now = self._family(record["pid"])
            if any(now.get(pid) != begun for pid, begun in family.items()):
                good, why = 0, f"a worker process ended {time.monotonic() - since:.0f} s after the first answer"
            if not good:
                since = time.monotonic()
            family, good = now, good + 1
            if good >= health["good"] and time.monotonic() - since >= seconds:
                if not again:
                    self._probe(record, deadline)
                return path
            time.sleep(GAP)
        hint = f"health: not healthy within {health['timeout']} s (wanted: {health['status']})"
        raise PyhostError(self._failure(f"{hint}: {why or 'it did not start'}"))

    def _family(self, master: int) -> dict[int, int]:
        """The processes that have to stay the same: number to start time."""
        own = {master: _process.start_time(master)}
        process = self._launch["process"]
        alone = process["server"] == "uvicorn" and "--workers=1" in process["argv"]
        if process["server"] in FORKING and not alone:
            own.update(_process.children(master))
        return own

    def _probe(self, record: dict[str, Any], deadline: Deadline) -> None:
        """The app's own command has to succeed; ``SOCKET`` and ``PORT`` lead it to this instance."""
        line, process = self._launch["health"]["command"], self._launch["process"]
        if line:
            where = {"SOCKET": str(self._home / "run" / record["socket"]), "PORT": str(record["port"])}
            process = {**process, "environment": {**process["environment"], **where}}
            command(self._home, process, "health.command", line, Deadline(max(PROBE_SECONDS, deadline.left())))

    def _ask(self, record: dict[str, Any], timeout: float) -> tuple[str, int]:
        """The socket that answers and its status; an app on a port is reached through its bridge."""
        health, protocol = self._launch["health"], self._launch["process"]["protocol"]
        path = self._home / "run" / record["socket"]
        if not record["port"] or path.is_socket():
            status = _health.ask(str(path), protocol, health["host"], health["path"], timeout)
            return record["socket"], status
        status = _health.ask_port(record["port"], health["host"], health["path"], timeout)
        return f"{self._program}.port.sock", status

    def flush(self) -> None:
        """Return once every connection made before this call was accepted: the queue is in order."""
        record = self.record()
        if record:
            try:
                self._ask(record, _health.ANSWER_TIMEOUT)
            except PyhostError:
                return

    def _failure(self, why: str) -> str:
        """The reason, the first error that the app itself named, and the end of what it wrote."""
        text = self._written()
        if not text:
            return f"{why}; it wrote nothing"
        cause = CAUSE.search(text)
        named = f": {cause.group(0)}" if cause else ""
        lines = "\n".join(text.splitlines()[-LOG_LINES:])
        return f"{why}{named}; its last lines:\n{lines}"

    def _written(self) -> str:
        """What this instance wrote, or the end of it."""
        return _files.text_since(self._log, self._log_start)
