# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage report: a table for people, a JSON file for programs, and the run's verdict."""

from __future__ import annotations

import fcntl
import json
import time
from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import failures, notes, report_row, table

FORMAT = 1


class ActionModule(Stage):
    """Fails when an app of this host failed, naming each with its cause."""

    name = "report"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        rows = [report_row(self.host, self.state["apps"][name], self.check) for name in self.state["order"]]
        path = self.state["settings"]["report_path"]
        if path and not self.check:
            self._write(Path(path).expanduser(), rows)
        if rows:
            text = "\n".join(filter(None, (table(rows), notes(rows))))
            Display().display(f"\n{text}\n")
        failed = failures(rows)
        if failed:
            return {"changed": False, "failed": True, "msg": failed}
        return {"changed": False, "report": rows}

    def _write(self, path: Path, rows: list[dict[str, Any]]) -> None:
        """One file for all hosts; each host replaces its own part."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            content = _previous(stream.read())
            content["hosts"][self.host] = {
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "seconds": self.state.get("seconds", {}),
                "apps": rows,
            }
            stream.seek(0)
            stream.truncate()
            stream.write(json.dumps(content, indent=2, sort_keys=True) + "\n")


def _previous(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = {}
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        value = {"format": FORMAT, "hosts": {}}
    return value
