# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at the runtimes of a host: a table for people, a JSON file for programs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.plugin_utils import _runtimes_table
from ansible_collections.pyhost.platform.plugins.plugin_utils._parts import write_part
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """Works by itself; nothing has to be declared."""

    name = "survey"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        job = {"scope": args.get("scope", "system"), "root": args.get("root", "~/pyhost")}
        answer = self.remote({**job, "python_paths": args.get("paths", [])})
        rows = _runtimes_table.dated(answer["runtimes"], date.today())
        if args.get("path") and not self.check:
            write_part(Path(args["path"]).expanduser(), self.host, {"runtimes": rows})
        unread = [f"{name} on {self.host} cannot be looked at: {why}" for name, why in answer["unread"].items()]
        text = "\n".join([_runtimes_table.text(self.host, rows), *unread])
        Display().display(f"\n{text}\n")
        return {"changed": False, "runtimes": rows}
