# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Supervisor's programs of one cell against the files that declare them. PRIVATE to the collection."""

from __future__ import annotations

import configparser
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _process, _processes
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed
from ansible_collections.pyhost.platform.plugins.module_utils._instance import LOG_LINES, POLL
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

COMING_SECONDS = 10
"""Seconds between the start of the wrapper and its record, at most, on a very busy host."""

SETTLE_SECONDS = 15
"""Seconds that nginx and the app's own processes have to stay up after their start."""


def read(supervisor: Supervisor) -> None:
    """Bring Supervisor's programs in line with the files; ``app`` and ``app-next`` are the rollout's to restart."""
    rows = supervisor.reread()
    for name in rows["removed"]:
        if name != _home.NEXT:
            supervisor.stop(name)
            supervisor.remove(name)
    for name in rows["changed"]:
        if name not in (_home.APP, _home.NEXT):
            supervisor.stop(name)
            supervisor.remove(name)
            supervisor.add(name)
    for name in rows["added"]:
        supervisor.add(name)


def withdraw(supervisor: Supervisor) -> None:
    """End what the files do not declare any more."""
    for name in supervisor.reread()["removed"]:
        supervisor.stop(name)
        supervisor.remove(name)


def wanted(launch: Mapping[str, Any]) -> tuple[str, ...]:
    """The programs that a launch file wants at rest: ``app`` and ``nginx``, where there is web, each process, and the
    scheduler of what runs by the clock.
    """
    web = () if _processes.webless(launch) else (_home.APP, _home.NGINX)
    return (*web, *_processes.rows(launch), *((_home.CRON,) if launch.get("cron") or launch.get("crontab") else ()))


def end_left(home: Path, launch: Mapping[str, Any]) -> None:
    """End what programs that ``launch`` does not want any more have left running."""
    for path in sorted((home / "run").glob("*.json")):
        name, pid = path.stem, _files.read_json(path).get("pid")
        if name not in wanted(launch) and isinstance(pid, int) and not _process.start_time(pid):
            _process.end_orphans(home / "run", name, signal.SIGTERM)
            path.unlink(missing_ok=True)


def app_differs(home: Path, old: str, new: str) -> bool:
    """Whether two configuration sets declare the program ``app`` differently."""
    return _declared(home, old) != _declared(home, new)


def _declared(home: Path, conf: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    path = home / "conf" / "sets" / conf / "supervisor.d" / "app.conf"
    try:
        parser.read_string(_files.read_regular(path).decode("utf-8", "replace"))
        return dict(parser.items(f"program:{_home.APP}"))
    except (OSError, configparser.Error):
        return {}


def settle(home: Path, supervisor: Supervisor, launch: dict[str, Any]) -> None:
    """What we declared runs, and the app's own processes run ``launch``; the rest is the owner's.

    Raises `Committed` for a program that does not stay up.
    """
    programs = supervisor.programs()
    rows = _processes.rows(launch)
    for name in wanted(launch):
        pid = programs.get(name, {"pid": 0})["pid"]
        if name in rows and not fits(home, launch, name, pid):
            supervisor.stop(name)
        elif pid:
            continue
        supervisor.start(name)
    if _home.CRON in wanted(launch) and _process.read_record(
        home / "run", _home.CRON_HEARS, programs.get(_home.CRON, {"pid": 0})["pid"]
    ):
        supervisor.signal(_home.CRON, "HUP")  # The launch in force may be another one.
    for name in wanted(launch):
        if name != _home.APP:
            _wait(home, supervisor, name)


def fits(home: Path, launch: dict[str, Any], name: str, pid: int) -> bool:
    """Whether the process ``pid`` of the program ``name`` was started from ``launch``."""
    record = _process.read_record(home / "run", name, pid)
    deadline = Deadline(COMING_SECONDS)
    while pid and not record and _process.start_time(pid) and deadline.left() > 0:  # the start wrapper is at it
        time.sleep(POLL)
        record = _process.read_record(home / "run", name, pid)
    row = _processes.rows(launch).get(name, {})
    return (record.get("process"), record.get("command")) == (launch["process_digest"], row.get("command"))


def _wait(home: Path, supervisor: Supervisor, name: str) -> None:
    deadline = Deadline(SETTLE_SECONDS)
    state = "STARTING"
    while state == "STARTING" and deadline.left() > 0:
        state = supervisor.programs().get(name, {"state": "UNKNOWN"})["state"]
        if state == "RUNNING":
            return
        if state == "STARTING":
            time.sleep(POLL)
    log = home / "logs" / ("nginx-error.log" if name == _home.NGINX else f"{name}.log")
    lines = _files.last_lines(log, LOG_LINES)
    raise Committed(f"{name} does not stay up ({state.lower()}); the last lines of {log.name}:\n{lines}")
