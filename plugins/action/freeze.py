# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Freeze: what is installed for an app on this host, as lines of a requirements file."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _freeze
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """What the host says is its tenant's word, and is checked here."""

    name = "freeze"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        name = str(args.get("name", ""))
        job = {"name": name, "scope": args.get("scope", "system"), "root": args.get("root", "~/pyhost")}
        answer = self.remote(job)
        if not answer["found"]:
            return {"changed": False, "found": False, "host": self.host, "lines": []}
        try:
            lines = _freeze.lines(answer)
        except PyhostError as error:
            raise PyhostError(f"{name} on {self.host}: {error}") from error
        return {"changed": False, "found": True, "host": self.host, "lines": lines}
