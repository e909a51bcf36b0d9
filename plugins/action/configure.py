# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage configure: nginx and Supervisor files that differ are written aside and checked."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of


class ActionModule(Stage):
    """The difference is that of the texts, which hold no value of any environment."""

    name = "configure"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        rows = [row for row in _state.working(self.state) if row.get("plan") and row["todo"]["configure"]]
        if not rows:
            return self.result(False)
        diff = diff_of([text for row in rows for text in self._texts(row)])
        if self.check:
            return self.result(True, diff=diff)
        job = {
            "jobs": self.state["settings"]["jobs"],
            "apps": [{"plan": row["plan"]} for row in rows],
        }
        answer = self.remote(job)
        _state.take(self.state, self.name, answer["apps"])
        return self.result(bool(answer["changed"]), diff=diff)

    def _texts(self, row: dict[str, Any]) -> list[tuple[str, str, str]]:
        before = row["look"].get("conf", {}).get("texts", {})
        after = row["plan"]["conf"]
        home = row["cell"]["home"]
        return [
            (f"{home}/conf/{name}", before.get(name, ""), after.get(name, ""))
            for name in sorted(set(before) | set(after))
        ]
