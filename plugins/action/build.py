# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage build: virtualenvs that are missing, all at once."""

from __future__ import annotations

import shutil
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._stage_build import builds
from ansible_collections.pyhost.platform.plugins.module_utils._todo import MAKES_NOTHING
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of


class ActionModule(Stage):
    """In check mode the packages are resolved and nothing is built."""

    name = "build"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        rows = [row for row in _state.working(self.state) if row.get("plan") and row["todo"]["build"]]
        if not rows:
            return self.result(False)
        if self.check:
            rows = [row for row in rows if any(text not in MAKES_NOTHING for text in row["todo"]["build"])]
        if not rows:
            return self.result(True)
        tools = self.state["host"]["tools"]
        uv = f"{rows[0]['cell']['tools']}/bin/uv" if tools else shutil.which("uv") or ""
        if self.check and not uv:
            return self.result(True)
        job = {
            "jobs": self.state["settings"]["jobs"],
            "check": self.check,
            "uv": uv,
            "share": self.state["settings"]["shared_wheels"] and self.state["settings"]["scope"] == "system",
            "apps": [
                {
                    "plan": row["plan"],
                    "copy_of": row["copy_of"],
                    "makes": any(text not in MAKES_NOTHING for text in row["todo"]["build"]),
                    "exists": bool(tools) and bool(row["look"].get("home")),
                }
                for row in rows
            ],
        }
        answer = self.remote(job) if tools else builds({**job, "machine": self.state["host"]["machine"]})
        _state.take(self.state, self.name, answer["apps"])
        self.state["wheels"] = answer.get("wheels", {})
        return self.result(bool(answer["changed"]), diff=diff_of([self._packages(row) for row in rows]))

    def _packages(self, row: dict[str, Any]) -> tuple[str, str, str]:
        before = (row["look"].get("virtualenv") or {}).get("packages") or {}
        after = row["stages"]["build"].get("packages")
        if after is None:
            after = before
        return f"{row['app']['name']}: packages", _lines(before), _lines(after)


def _lines(packages: dict[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in sorted(packages.items()))
