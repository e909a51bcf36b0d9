# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backup and restore on the host: an agent in the cell, from one call to the next. PRIVATE to the collection."""

from __future__ import annotations

import base64
import os
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cells, _formats, _pump, _snapshot
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._hostlook import as_on_host
from ansible_collections.pyhost.platform.plugins.module_utils._incell import command
from ansible_collections.pyhost.platform.plugins.module_utils._stage_rollout import start_daemon

SOCKETS = "/run/pyhost-backup"
"""Of system scope: the directory of the agents' sockets, root's alone."""

LOOK_SECONDS = 300.0
"""How long the files of a data directory may take to be counted."""


def backup(job: dict[str, Any]) -> dict[str, Any]:
    """One step of a backup or a restore, as ``job["step"]`` says.

    ``look`` counts what is there (``name`` "" is every app). ``begin`` starts the agent's ``verb`` with ``order`` and
    returns the ``token`` of all that follows: ``take`` returns what it says, ``give`` hands it the file ``path``,
    ``close`` ends that, ``stop`` ends all.
    """
    root = os.path.realpath(os.path.expanduser(job["root"]))
    name = job["name"]
    if name and (problem := _formats.name(name)):
        raise PyhostError(str(Problem("", "app", problem)))
    found = [as_on_host(cell) for cell in _cells.cells(job["scope"], root) if name in ("", cell.name)]
    if job["step"] == "look":
        return {"changed": False, "apps": _look(found)}
    if not found:
        raise PyhostError(f"{name} is not on this host any more")
    return {"changed": False, **_step(found[0], job)}


def _look(cells: list[Cell]) -> dict[str, dict[str, Any]]:
    calls = [(cell.user, partial(_snapshot.look, Path(cell.home))) for cell in cells]
    return {cell.name: found for cell, found in zip(cells, as_users(calls, LOOK_SECONDS))}


def _step(cell: Cell, job: dict[str, Any]) -> dict[str, Any]:
    path = _socket(cell)
    if job["step"] == "begin":
        if job["verb"] == "restore":
            start_daemon(cell)
        words = command(cell, job["verb"], job["seconds"])
        cwd = "/" if cell.scope == "system" else cell.home
        return {"token": _pump.start(path, words, {**job["order"], "place": cell.home, "claim": job["claim"]}, cwd)}
    if job["step"] == "give":
        row, _none = _pump.call(path, "give", job["token"], Path(job["path"]).read_bytes())
        return row
    row, data = _pump.call(path, job["step"], job["token"], most=job.get("most", 0))
    return {**row, "data": base64.b64encode(data).decode()}


def _socket(cell: Cell) -> Path:
    if cell.scope == "account":
        return Path(cell.home, "run", "backup.sock")
    folder = Path(SOCKETS)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{cell.name}.sock"
