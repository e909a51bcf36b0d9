# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage release: one archive per app over the wire, and none whose digest is there."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible_collections.pyhost.platform.plugins.module_utils._pack import pack
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """Packs on the controller, sends one file with all archives, and lets the host unpack them in cells."""

    name = "release"
    TRANSFERS_FILES = True

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        rows = [row for row in _state.working(self.state) if not self._known(row)]
        for row in rows:
            row["todo"]["release"] = ["to fetch" if row["local"] is None else "new code"]
        if not rows:
            return self.result(False)
        if self.check:
            return self.result(any(row["local"] for row in rows))
        with tempfile.TemporaryDirectory(dir=C.DEFAULT_LOCAL_TMP) as directory:
            bundle = self._bundle(Path(directory), [row for row in rows if row["local"]])
            answer = self.remote(self._job(rows, bundle))
        _state.take(self.state, self.name, answer["apps"])
        for row in rows:
            result = row["stages"]["release"]
            if result.get("ok"):
                self._remember(row, result)
        return self.result(bool(answer["changed"]))

    def _known(self, row: dict[str, Any]) -> bool:
        """Whether the host has the wanted release; a git branch has to be asked for every time."""
        digest = (row["local"] or {}).get("digest", "")
        if not row["local"] and row["app"]["source"]["kind"] == "archive":
            digest = row["app"]["source"]["checksum"].partition(":")[2].lower()
        releases = row["look"].get("releases", ())
        there = [one for one in releases if digest and one["digest"] == digest and not one.get("rehearsed")]
        if not there:
            return False
        newest = max(there, key=lambda one: int(one["name"].partition("-")[0]))
        if row["facts"] is None:
            return False
        row["release"] = {
            "name": newest["name"],
            "digest": digest,
            "prepared": newest.get("prepared", ""),
            "checked": newest.get("checked", {}),
        }
        return True

    def _remember(self, row: dict[str, Any], result: dict[str, Any]) -> None:
        names = ("name", "digest", "prepared", "checked")
        row["release"] = {name: result[name] for name in names}
        if result["facts"] is not None:
            row["facts"] = result["facts"]
        if not result["changed"]:
            row["todo"]["release"] = []
        else:
            row["look"].setdefault("releases", []).append(dict(row["release"]))

    def _bundle(self, directory: Path, rows: list[dict[str, Any]]) -> str:
        """The path on the host of one tar with an archive per app; "" when there is none to send."""
        if not rows:
            return ""
        local = directory / "bundle.tar"
        with tarfile.open(local, "w") as tar:
            for row in rows:
                source = row["local"]
                archive = directory / "archive"
                if source["kind"] == "tree":
                    pack(Path(source["path"]), source["names"], archive)
                else:
                    shutil.copyfile(source["path"], archive)
                tar.add(archive, arcname=row["app"]["name"])
        temporary = self._connection._shell.tmpdir or self._make_tmp_path()
        remote = self._connection._shell.join_path(temporary, "bundle.tar")
        self._transfer_file(str(local), remote)
        self._fixup_perms2((temporary, remote))
        return str(remote)

    def _job(self, rows: list[dict[str, Any]], bundle: str) -> dict[str, Any]:
        settings = self.state["settings"]
        apps = [
            {
                "name": row["app"]["name"],
                "cell": row["cell"],
                "source": row["app"]["source"],
                "archive": bool(row["local"]),
                "digest": (row["local"] or {}).get("digest", ""),
                "approot": row["app"]["approot"],
                "entrypoint": row["app"]["entrypoint"],
                "requirements": row["app"]["requirements"],
                "constraints": row["app"]["constraints"],
                "reads": PLATFORMS[row["app"]["platform"]].reads,
                "environment": settings["build_environment"],
            }
            for row in rows
        ]
        return {"apps": apps, "bundle": bundle, "jobs": settings["jobs"]}
