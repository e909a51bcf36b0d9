# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage inspect on the host: one look at everything. PRIVATE to the collection."""

from __future__ import annotations

import os
import pwd
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _atboot, _boundhere, _cells, _hostlook, _webfiles
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import TOOLS, make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._look import claims, look


def inspect(job: dict[str, Any]) -> dict[str, Any]:
    """Facts of the host and of every cell; nothing is changed.

    What a tenant can write is read as that tenant, never as root.
    """
    system = job["scope"] == "system"
    root = os.path.realpath(os.path.expanduser(job["root"])) if job["root"] else ""
    user = pwd.getpwuid(os.geteuid()).pw_name
    cells = {
        row["name"]: make_cell(row["name"], job["scope"], root, user, row["network"], row["views"])
        for row in job["apps"]
    }
    for row in job["apps"]:
        if row.get("web_root"):
            cell = cells[row["name"]]
            cells[cell.name] = replace(cell, web=cell.path("run", "web.sock"))
    tools = TOOLS if system else f"{root}/tools"
    looks: dict[str, dict[str, Any]] = {name: {} for name in cells}
    if system:
        for name, cell in cells.items():
            looks[name]["root"] = _hostlook.unit(cell)
    ours = [
        row
        for row in job["apps"]
        if not system or (looks[row["name"]]["root"]["user"] and not looks[row["name"]]["root"]["foreign"])
    ]
    calls = [(cells[row["name"]].user, partial(look, Path(cells[row["name"]].home), row["digest"])) for row in ours]
    for row, found in zip(ours, as_users(calls)):
        looks[row["name"]].update(found)
    known = _cells.cells("account", root) if not system else []
    claimed = claims({cell.name: Path(cell.home) for cell in known if cell.name not in cells})
    taken = {address: _hostlook.taken(address) for row in job["apps"] for address in row["listen"]}
    host = _hostlook.look_at_host({**job, "root": root, "tools": tools})
    if not system:
        host["boot"] = _atboot.look(root, sorted(cells))
    for row in job["apps"]:
        cell = cells[row["name"]]
        looks[cell.name]["cell"] = cell.to_dict()
        if not system:
            looks[cell.name]["web_root"] = _webfiles.look(cell, row.get("web_root", ""))
    host["services"] = _boundhere.look(job["services"]) if system and os.geteuid() == 0 else {}
    holders = {address: _hostlook.holder(address) for address, there in taken.items() if there}
    about = {"taken": taken, "holders": holders, "claimed": claimed}
    return {"changed": False, "host": {**host, **about}, "cells": looks}
