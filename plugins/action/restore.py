# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore one app from an archive of the controller."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _backup_run, _backups
from ansible_collections.pyhost.platform.plugins.plugin_utils._backup_file import Reader
from ansible_collections.pyhost.platform.plugins.plugin_utils._movement import Movement
from ansible_collections.pyhost.platform.plugins.plugin_utils._remote_agent import Progress, megabytes


class ActionModule(Movement):
    """The archive is proved before the host is touched; what is there now becomes a backup first."""

    name = "restore"
    TRANSFERS_FILES = True

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        name = self.begin(args)
        looks = self.looks(name)
        if name not in looks:
            return {"changed": False, "found": False, "msg": f"{name} is not on {self.host}; deploy it first"}
        folder = Path(str(args["path"])).expanduser().absolute()
        given = str(args.get("archive") or "")
        path = Path(given).expanduser().absolute() if given else _backups.newest(folder, name, self.host)
        reader = Reader(path, name)
        try:
            return self._restore(name, reader, looks[name], folder, args)
        finally:
            reader.close()

    def _restore(
        self, name: str, reader: Reader, look: dict[str, Any], folder: Path, args: dict[str, Any]
    ) -> dict[str, Any]:
        manifest = reader.manifest
        missing = sorted(
            str(row["service"])
            for member, row in manifest["members"].items()
            if member.startswith(_backup_run.PREFIX) and row.get("service") not in look["databases"]
        )
        if missing:
            text = (
                f"{reader.path} has the database of {', '.join(missing)}, to which {name} is not bound on {self.host}"
            )
            raise PyhostError(f"{text}; nothing was changed")
        place = self.place(name)
        reader.verify(Progress(f"{reader.path.name}, checksums", reader.size, place.tell))
        what = f"{name}: the backup of {manifest['host']} of {manifest['time']} ({megabytes(reader.size)})"
        if self.check:
            text = f"{what} would replace the data on {self.host}"
            Display().display(f"\n{text}\n")
            return {"changed": True, "found": True, "msg": text, "did": []}
        before = ""
        if args.get("safety", True):
            before = _backup_run.take(place, folder, look)["path"]
        data = manifest["members"].get(_backup_run.DATA, {})
        order = {
            "hook": self.hook(name, args.get("apps")),
            "build_timeout": int(args.get("hook_timeout") or 900),
            "bytes": int(data.get("bytes", 0)),
            "files": int(data.get("files", 0)),
        }
        undo = f"-e app={name} -e archive={before}" if before else ""
        with tempfile.TemporaryDirectory(dir=C.DEFAULT_LOCAL_TMP) as work:
            try:
                done = _backup_run.bring_back(place, reader, order, Path(work))
            except PyhostError as error:
                again = f"; what was there before is in {before}" if before else ""
                raise PyhostError(f"{name} on {self.host}: {error}\nrun the restore again{again}") from error
        text = f"{what} is in force on {self.host} after {done['seconds']:.1f} s"
        undone = f"; this takes it back: ansible-playbook pyhost.platform.restore {undo}" if undo else ""
        Display().display(f"\n{text}{undone}\n")
        return {"changed": True, "found": True, "msg": text + undone, "did": done["did"], "before": before}
