# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell how the apps of all hosts are: a table for people, JSON for programs, a page for a browser."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.plugin_utils import _page, _status_rows, _status_table

NARROW, WIDEST = 80, 120


class ActionModule(ActionBase):
    """Works on the controller alone, once for all hosts."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        args = self._task.args
        now = datetime.now(timezone.utc)
        everybody = (task_vars or {}).get("ansible_play_hosts_all") or []
        hosts = self._hosts(args.get("found") or [], [str(host) for host in everybody], now)
        display = Display()
        width = min(max(int(getattr(display, "columns", NARROW)), NARROW), WIDEST)
        display.display(f"\n{_status_table.text(hosts, now, width)}\n")
        report = _status_rows.report(hosts, now)
        texts = {"path": json.dumps(report, indent=2, sort_keys=True) + "\n", "page": _page.page(report, now)}
        for name, text in texts.items():
            if args.get(name) and not self._task.check_mode:
                self._write(Path(str(args[name])).expanduser(), text)
        failed = _status_table.failures(hosts)
        if failed and args.get("strict"):
            return {**result, "changed": False, "failed": True, "msg": failed}
        return {**result, "changed": False, "counts": _status_rows.counts(hosts)}

    def _hosts(self, found: list[Any], everybody: list[str], now: datetime) -> dict[str, Any]:
        """What each host said; one without an answer left the run before it came to say anything."""
        said = {str(one["host"]): one["status"] for one in found if isinstance(one, dict) and "status" in one}
        nothing = _status_rows.host_row({}, [], now)
        return {_status_rows.plain(host): said.get(host, nothing) for host in sorted({*said, *everybody})}

    def _write(self, path: Path, text: str) -> None:
        """A reader finds the page of before or the new one; both are for everybody who may read the directory."""
        path.parent.mkdir(parents=True, exist_ok=True)
        _files.write(path, text, mode=0o644)
