# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage cells: users, homes and units of the apps that lack them, and the end of those that are absent."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _boot
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
        diff = diff_of([text for row in rows for text in self._differences(row)] + self._line())
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
        answer = self.remote({"apps": job, "boot": self._way()})
        _state.take(self.state, self.name, answer["apps"])
        return self.result(bool(answer["changed"]), diff=diff)

    def _differences(self, row: dict[str, Any]) -> list[tuple[str, str, str]]:
        app, cell = App.from_dict(row["app"]), Cell(**row["cell"])
        if cell.scope == "account":
            return self._differences_of_account(app, cell, row["look"])
        there = row["look"]["root"]
        texts = {} if app.state == "absent" else root_texts(cell, app.limits, there["uid"], app.ssh_keys)
        return [(path, there[kind], texts.get(kind, "")) for kind, path in root_paths(cell).items()]

    def _differences_of_account(self, app: App, cell: Cell, look: dict[str, Any]) -> list[tuple[str, str, str]]:
        boot = self.state["host"].get("boot", {})
        there = boot.get("units", {}).get(cell.unit, {"text": ""})["text"]
        ours = _boot.is_ours(cell, there)
        unit = _boot.unit_text(cell) if self._way() == "systemd" and app.state == "present" else "" if ours else there
        before, after = "directory\n" if look.get("home") else "", "" if app.state == "absent" else "directory\n"
        return [(cell.home, before, after), (f"~/.config/systemd/user/{cell.unit}", there, unit)]

    def _line(self) -> list[tuple[str, str, str]]:
        """Our line of the user's crontab; the others there are nobody's business."""
        boot, host = self.state["host"].get("boot"), self.state["host"]
        if not boot:
            return []
        line = f"{_boot.line(host['root_directory'])}\n"
        made = any(row["app"]["state"] == "present" for row in self.state["apps"].values())
        wanted = self._way() == "cron" if made else boot["line"] and boot["others"]
        return [(f"crontab of {host['user']}", line if boot["line"] else "", line if wanted else "")]

    def _way(self) -> str:
        return str(self.state.get("boot", {}).get("way", "none"))
