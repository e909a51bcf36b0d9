# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove what nothing needs: says which branches are declared, the host does the rest."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.plugin_utils import _leftovers
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """Works by itself, on every app of the host, declared or not."""

    name = "prune"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        branches = _leftovers.declared(
            args.get("apps"), args.get("python_default", ""), args.get("branches", ()), args.get("python_aliases", {})
        )
        job = {
            "scope": args.get("scope", "system"),
            "root": args.get("root", "~/pyhost"),
            "keep": int(args.get("keep_releases", 5)),
            "branches": branches,
            "check": self.check,
        }
        answer = self.remote(job)
        rows = answer["rows"]
        Display().display(f"\n{_leftovers.text(self.host, rows, self.check)}\n")
        return {
            "changed": answer["changed"],
            "rows": rows,
            "freed": sum(row["bytes"] for row in rows if not row["why"]),
        }
