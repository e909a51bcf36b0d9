# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage cells: users, homes and units of the apps that lack them, and the end of those that are absent."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._unit import root_paths, root_texts
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of


class ActionModule(Stage):
    """Asks the host only when a look found something to do."""

    name = "cells"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        rows = [row for row in self.state["apps"].values() if row["todo"]["cells"]]
        if not rows:
            return self.result(False)
        diff = diff_of([text for row in rows for text in self._differences(row)])
        if self.check:
            return self.result(True, diff=diff)
        job = [
            {
                "name": row["app"]["name"],
                "cell": row["cell"],
                "limits": row["app"]["limits"],
                "ssh_keys": row["app"]["ssh_keys"],
                "state": row["app"]["state"],
                "purge": row["app"]["purge"],
            }
            for row in rows
        ]
        answer = self.remote({"apps": job})
        _state.take(self.state, self.name, answer["apps"])
        return self.result(bool(answer["changed"]), diff=diff)

    def _differences(self, row: dict[str, Any]) -> list[tuple[str, str, str]]:
        app, cell = App.from_dict(row["app"]), Cell(**row["cell"])
        if cell.scope == "account":
            before, after = "absent\n", "directory\n"
            return [(cell.home, *((after, before) if app.state == "absent" else (before, after)))]
        there = row["look"]["root"]
        texts = {} if app.state == "absent" else root_texts(cell, app.limits, there["uid"], app.ssh_keys)
        return [(path, there[kind], texts.get(kind, "")) for kind, path in root_paths(cell).items()]
