# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can happen to a host, and what may not be left of it: killed processes, lost connections, power cuts."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.deploy import ROOT
from tests.support.remote import ask, shell

SETTLE_SECONDS = 10.0
"""Seconds that old workers may take to end after a run; what is there later was left behind."""


@dataclass(frozen=True)
class Cell:
    """The processes of one app by number, as they are now; 0 when there is none."""

    supervisord: int
    nginx: int
    app: int
    workers: tuple[int, ...]


def home_of(app: str) -> str:
    return "/srv" if app == "app" else f"/home/{app}"


def cell(host: str, app: str) -> Cell:
    """Look up the processes of ``app``, which gunicorn serves."""
    rows = [row for row in ask(host, "processes") if row["user"] == app]
    daemon = _number(rows, lambda row: "/supervisord " in row["words"])
    nginx = _number(rows, lambda row: row["parent"] == daemon and row["words"].startswith("nginx: master"))
    server = _number(rows, lambda row: row["parent"] == daemon and "/gunicorn " in row["words"])
    return Cell(daemon, nginx, server, tuple(row["pid"] for row in rows if row["parent"] == server))


def front(host: str) -> int:
    """The number of the host's own nginx."""
    return _number(
        ask(host, "processes"), lambda row: row["user"] == "root" and row["words"].startswith("nginx: master")
    )


def _number(rows: list[dict[str, Any]], fits: Callable[[dict[str, Any]], bool]) -> int:
    return next((row["pid"] for row in rows if fits(row)), 0)


def kill(host: str, *pids: int) -> None:
    """SIGKILL; a process that is gone by then is no error."""
    assert all(pids), f"nothing to kill: {pids}"
    shell(host, f"kill -9 {' '.join(map(str, pids))} 2>/dev/null || true")


def drop_connections(host: str, whole: bool = False) -> None:
    """End every SSH connection of ``host`` at its side; ``whole`` takes along what was started through them."""
    found = ask(host, "sessions")
    assert found["sshd"], "nobody is connected"
    kill(host, *found["sshd"], *(found["below"] if whole else ()))


def cut_power(host: str) -> None:
    """Reboot ``host`` without giving anything on it a chance to end; returns when it has booted."""
    words = [sys.executable, "-m", "tests.hosts", "restart", host]
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT)


def wait_for_transaction(host: str, app: str, verb: str = "rollout", seconds: int = 60) -> None:
    """Return once a transaction of ``app`` is under way on ``host``."""
    look = f"systemctl list-units --no-legend 'pyhost-{app}-{verb}-*' | grep --quiet pyhost"
    shell(host, f'timeout {seconds} sh -c "until {look}; do sleep 0.05; done"')


def wait_for_modules(host: str, seconds: float = 120.0) -> None:
    """Return once nothing runs any more that came through a connection: a killed controller's module goes on."""
    end = time.monotonic() + seconds
    while running := ask(host, "sessions")["below"]:
        assert time.monotonic() < end, running
        time.sleep(0.2)


def wait_for_rest(host: str, app: str, seconds: int = 120) -> None:
    """Return once no transaction of ``app`` is under way any more."""
    look = f"systemctl list-units --no-legend 'pyhost-{app}-*' | grep --quiet pyhost"
    shell(host, f'timeout {seconds} sh -c "while {look}; do sleep 0.1; done"')


def orphans(host: str, *apps: str) -> list[str]:
    """What changes of ``apps`` left behind on ``host``, in words; nothing is good.

    Processes of no program, programs that do not run, sockets without a listener, unfinished files, releases and
    virtualenvs that nothing needs, transient units, a held lock, a second front.
    """
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        found: list[str] = ask(host, "left", {app: home_of(app) for app in apps})
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.5)
