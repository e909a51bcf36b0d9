# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back up apps: from every host, for each app one archive on the controller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _backup_run, _backups, _backups_table
from ansible_collections.pyhost.platform.plugins.plugin_utils._movement import Movement


class ActionModule(Movement):
    """Apps one after the other; one that fails does not keep the others from theirs."""

    name = "backup"

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        name = self.begin(args)
        if args.get("look"):
            found = self.looks(name).values()
            return {"changed": False, "packages": sorted({one for look in found for one in look["packages"]})}
        folder, keep = Path(str(args["path"])).expanduser().absolute(), int(args.get("keep", 0))
        rows, errors = [], []
        for app, look in self.looks(name).items():
            try:
                rows.append(self._one(app, look, folder, keep))
            except PyhostError as error:
                errors.append(f"{app} on {self.host}: {error}")
        if rows:
            Display().display(f"\n{_backups_table.text(rows)}\n")
        if errors:
            raise PyhostError("\n".join(errors))
        return {"changed": bool(rows), "found": bool(rows), "backups": rows}

    def _one(self, app: str, look: dict[str, Any], folder: Path, keep: int) -> dict[str, Any]:
        row = {"app": app, "host": self.host, "files": look["files"], "databases": look["databases"]}
        if self.check:
            return {
                **row,
                "path": str(folder / app),
                "size": look["bytes"],
                "seconds": 0.0,
                "removed": [],
                "warnings": [],
            }
        taken = _backup_run.take(self.place(app), folder, look)
        place = Path(taken["path"]).parent
        gone = _backups.spare([path.name for path in place.glob("*.tar")], app, self.host, keep)
        for old in gone:
            (place / old).unlink(missing_ok=True)
        data = taken["members"][_backup_run.DATA]
        warnings = _backups_table.warnings(data)
        for text in warnings:
            Display().warning(f"{app} on {self.host}: {text}")
        return {
            **row,
            "files": data["files"],
            "path": taken["path"],
            "size": taken["size"],
            "seconds": taken["seconds"],
            "removed": gone,
            "warnings": warnings,
        }
