# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage rehearse: virtualenvs on another branch aside, and the table of who would fail."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.plugin_utils import _rehearsal, _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import table


class ActionModule(Stage):
    """Fails when an app would; what it built is there for the change itself. In check mode nothing is built."""

    name = "rehearse"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        due = [row for row in _state.working(self.state) if row.get("plan") and not self._in_force(row)]
        changed = False
        if due:
            answer = self._answer(due)
            _state.take(self.state, self.name, answer["apps"])
            changed = any(one.get("built") or (self.check and one.get("ok")) for one in answer["apps"].values())
        entries = [self.state["apps"][name] for name in self.state["order"]]
        rows = [_rehearsal.row(self.host, entry, self.check) for entry in entries]
        moved = _rehearsal.moved(entries, self.state["settings"], self.state["host"])
        failed = _rehearsal.details(rows)
        text = "\n".join(filter(None, (table(rows, _rehearsal.COLUMNS), moved)))
        Display().display(f"\n{text}\n")
        told = [{key: value for key, value in row.items() if key != "error"} for row in rows]
        return {"changed": changed, "rehearsal": told, **({"failed": True, "msg": failed} if failed else {})}

    def _answer(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        tools = self.state["host"]["tools"]
        uv = f"{rows[0]['cell']['tools']}/bin/uv"
        apps = [{"plan": row["plan"], "copy_of": row["copy_of"], "exists": bool(tools)} for row in rows]
        job = {"jobs": self.state["settings"]["jobs"], "check": self.check, "verb": self.name, "uv": uv, "apps": apps}
        return self.remote(job)

    def _in_force(self, row: dict[str, Any]) -> bool:
        process = (row["look"].get("launch") or {}).get("process", {})
        return bool(process.get("virtualenv") == row["plan"]["virtualenv"]["fingerprint"])
