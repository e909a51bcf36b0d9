# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage rollout on the host: every app moves by itself, in its cell. PRIVATE to the collection."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _atboot, _home, _order, _processes
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._incell import app_of, call, each
from ansible_collections.pyhost.platform.plugins.module_utils._programs import SETTLE_SECONDS
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

START_SECONDS = 60
MOST_WAIT = 86400
"""The longest ``stop_wait`` that there is; an owner may have written more into a launch."""

SLACK = 120
"""Seconds a rollout may take besides its health checks and drains, of which there are three at most."""


def rollouts(job: dict[str, Any]) -> dict[str, Any]:
    def one(row: dict[str, Any]) -> dict[str, Any]:
        plan = row["plan"]
        cell = Cell(**plan["cell"])
        begun = time.monotonic()
        try:
            start_daemon(cell)
        except PyhostError as error:
            return {"ok": False, "error": str(error), "committed": False, "seconds": 0}
        order = {"plan": plan, "keep": job["keep"], "claim": job["claim"], "why": row.get("why", "")}
        seconds = rollout_seconds(plan["launch"]) + _exchange_seconds(row.get("processes"))
        answer = call(cell, "rollout", order, seconds)
        return {**answer, "seconds": round(time.monotonic() - begun, 2)}

    answers = in_order(job["jobs"], job["apps"], one)
    _see_what_serves(job["apps"], answers)
    results = {row["plan"]["app"]: answer for row, answer in zip(job["apps"], answers)}
    return {"changed": any(one.get("changed") for one in answers), "apps": results}


def in_order(jobs: int, rows: list[dict[str, Any]], work: Callable[[dict[str, Any]], dict[str, Any]]) -> list[Any]:
    """The answers of ``work`` for each of ``rows``; an app that comes after others waits for these."""
    after = {row["plan"]["app"]: row.get("after", ()) for row in rows}
    answers: dict[str, dict[str, Any]] = {}

    def one(row: dict[str, Any]) -> dict[str, Any]:
        failed = [name for name, answer in answers.items() if not answer.get("ok") and not answer.get("committed")]
        text = _order.refusal(row["plan"]["app"], after, failed)
        return {"ok": False, "error": text, "committed": False, "seconds": 0} if text else work(row)

    NOW.waiting(after)
    while len(answers) < len(rows):
        names = _order.next_ones([name for name in after if name not in answers], after)
        wave = [row for row in rows if row["plan"]["app"] in names]
        answers.update(zip((row["plan"]["app"] for row in wave), each(jobs, wave, one, app_of)))
    return [answers[row["plan"]["app"]] for row in rows]


def _see_what_serves(rows: list[dict[str, Any]], answers: list[dict[str, Any]]) -> None:
    """A rollout that was killed did not say whether its version is in force; the link does, read as the app's user."""
    silent = [place for place, one in enumerate(answers) if not one.get("ok") and "committed" not in one]
    cells = [Cell(**rows[place]["plan"]["cell"]) for place in silent]
    looks = as_users([(cell.user, partial(_in_force, Path(cell.home))) for cell in cells])
    for place, found in zip(silent, looks):
        answers[place]["committed"] = found.get("launch") == rows[place]["plan"]["launch_digest"]


def _in_force(home: Path) -> dict[str, Any]:
    return {"launch": _home.current(home)}


def rollout_seconds(launch: dict[str, Any]) -> int:
    """Seconds that a rollout to ``launch`` may take, at most."""
    processes = 2 * _exchange_seconds(launch.get("processes"))
    return int(3 * (launch["health"]["timeout"] + launch["drain"]) + processes + SLACK)


def _exchange_seconds(processes: object) -> int:
    """Seconds that may go by until all of a launch's processes have ended one by one, and others have come up."""
    found = _processes.rows({"processes": processes if isinstance(processes, dict) else {}}).values()
    return sum(min(max(row["stop_wait"], 0), MOST_WAIT) + SETTLE_SECONDS for row in found)


def start_daemon(cell: Cell) -> None:
    """Have supervisord run: as the cell's unit, or in account scope as a unit or a daemon of this user."""
    deadline = Deadline(START_SECONDS)
    socket = Path(cell.home) / "run" / "supervisor.sock"
    if cell.scope == "system":
        finished = run(["systemctl", "start", cell.unit], deadline)
    else:
        if _answers(socket):
            return
        run([f"{cell.tools}/bin/pyhost-agent", "settle"], deadline, cwd=cell.home)
        conf = cell.path("conf", "supervisord.conf")
        finished = _atboot.start(cell, [f"{cell.tools}/bin/supervisord", "--configuration", conf])
    if finished.status != 0:
        raise PyhostError(f"supervisord does not start:\n{finished.tail()}")


def _answers(socket: Path) -> bool:
    try:
        Supervisor(str(socket), timeout=5).programs()
    except PyhostError:
        return False
    return True
