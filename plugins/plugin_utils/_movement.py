# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What backup and restore have in common on the controller. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils._backup_run import Place
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage
from ansible_collections.pyhost.platform.plugins.plugin_utils._who import who


class Movement(Stage):
    """A verb that works by itself, on what is deployed."""

    fresh = True
    TRANSFERS_FILES = False

    def begin(self, args: dict[str, Any]) -> str:
        """Read what both take; the name of the app, "" for all."""
        self.where = {"scope": args.get("scope", "system"), "root": args.get("root", "~/pyhost")}
        self.wait = int(args.get("lock_wait", 0))
        return str(args.get("name") or "")

    def _claim(self) -> dict[str, Any]:
        return {"who": who(), "wait": self.wait}

    def looks(self, name: str) -> dict[str, dict[str, Any]]:
        """What this host has of the app, or of every app: those that are deployed. Raises `PyhostError`."""
        found = self.remote({**self.where, "name": name, "step": "look"})["apps"]
        wrong = [f"{app} on {self.host} cannot be read: {one['error']}" for app, one in found.items() if "error" in one]
        if wrong:
            raise PyhostError("\n".join(wrong))
        return {app: look for app, look in found.items() if look["deployed"]}

    def place(self, app: str) -> Place:
        def ask(step: dict[str, Any]) -> dict[str, Any]:
            return self.remote({**self.where, "name": app, **step})

        return Place(app, self.host, who(), ask, self._send, Display().display)

    def _send(self, path: Path) -> str:
        """Where on the host the file is, once it has been sent; the next one takes its place."""
        folder = self._connection._shell.tmpdir or self._make_tmp_path()
        target = str(self._connection._shell.join_path(folder, path.name))
        self._transfer_file(str(path), target)
        return target

    def hook(self, app: str, entries: Any) -> str:
        """The release hook of the app as it is declared, "" for none."""
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("name") == app:
                hooks = entry.get("hooks")
                return str(hooks.get("release") or "") if isinstance(hooks, dict) else ""
        return ""
