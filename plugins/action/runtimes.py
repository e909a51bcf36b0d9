# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage runtimes: the wanted branches exist, each in its directory."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """Works within a run and by itself (role ``python``)."""

    name = "runtimes"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        if _state.exists(self.host):
            self.state = _state.load(self.host)
        branches = [str(one) for one in args.get("branches", [])]
        answer = self.remote(
            {
                "scope": args.get("scope", "system"),
                "root": self.state.get("host", {}).get("root_directory", args.get("root", "")),
                "python_paths": args.get("paths", []),
                "branches": branches,
                "check": self.check,
            }
        )
        there = {row["branch"] for row in answer["interpreters"]}
        missing = [branch for branch in branches if branch not in there]
        if missing and not self.check:
            can = ", ".join(sorted(there)) or "none"
            raise PyhostError(f"Python {', '.join(missing)} cannot be had on this host; it has: {can}")
        if "host" in self.state:
            self.state["host"]["interpreters"] = answer["interpreters"]
        return answer
