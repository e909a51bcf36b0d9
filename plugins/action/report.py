# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage report: a table for people, a JSON file for programs, and the run's verdict."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._lock import BUSY
from ansible_collections.pyhost.platform.plugins.plugin_utils import _profile
from ansible_collections.pyhost.platform.plugins.plugin_utils._parts import write_part
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, StageError
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import (
    ends,
    failures,
    notes,
    report_row,
    start_at_boot,
    table,
    wheel_notes,
)


class ActionModule(Stage):
    """Fails when an app of this host failed, naming each with its cause."""

    name = "report"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        rows = [report_row(self.host, self.state["apps"][name], self.check) for name in self.state["order"]]
        kept = [text for texts in self.state.get("kept", {}).values() for text in texts]
        warnings = ends(self.host, rows, date.today()) + start_at_boot(self.host, rows, self.state.get("boot") or {})
        profile = self._profile()
        path = self.state["settings"]["report_path"]
        if path and not self.check:
            part = {"apps": rows, "warnings": warnings, "kept": kept}
            part |= {key: self.state.get(key, {}) for key in ("seconds", "wheels", "boot")}
            part |= {"profile": profile} if profile else {}
            write_part(Path(path).expanduser(), self.host, part)
        if rows:
            parts = (table(rows), notes(rows), wheel_notes(rows, self.state.get("wheels", {})), *kept, *warnings)
            text = "\n".join(filter(None, parts))
            Display().display(f"\n{text}\n")
        if profile:
            Display().display(f"{_profile.text(self.host, profile)}\n")
        failed = failures(rows)
        self._remember()
        if failed:
            return {"changed": False, "failed": True, "msg": failed}
        return {"changed": False, "report": rows}

    def _profile(self) -> dict[str, Any]:
        """Where the time of this run went until now, if that was asked for."""
        found = self.state.get("profile")
        return _profile.account(found["stages"], time.monotonic() - found["since"]) if found else {}

    def _remember(self) -> None:
        """Let each app know whether its last change failed: those that failed now, and those that had and did not.

        A refusal before anything was touched is none. A run that planned nothing, such as that of certificates, clears
        nobody, and a rollout has done so itself.
        """
        due = []
        for name in self.state["order"]:
            row = self.state["apps"][name]
            failed, look = row["failed"] or {}, row.get("look") or {}
            better = look.get("failed") and row.get("plan") and "rollout" not in row["stages"]
            if row.get("cell") and row["app"]["state"] == "present":
                if failed and failed["stage"] not in ("resolve", "inspect") and BUSY not in failed["error"]:
                    due.append({"cell": row["cell"], "failed": failed})
                elif not failed and better:
                    due.append({"cell": row["cell"], "failed": {}})
        if due and not self.check:
            with suppress(StageError, AnsibleError):  # What this run has to say comes first.
                self.remote({"apps": due})
