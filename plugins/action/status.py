# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at how the apps of a host are; a host that cannot be reached is a result, too."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, StageError
from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import host_row


class ActionModule(Stage):
    """Works by itself; nothing has to be declared, and nothing is changed."""

    name = "status"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        job = {"scope": args.get("scope", "system"), "root": args.get("root", "~/pyhost")}
        try:
            answer = self.remote(job)
        except StageError as error:
            answer = {"error": str(error)}
        except AnsibleError as error:  # It cannot be reached, or does not let us become root.
            answer = {"error": error.message}
        apps = args.get("apps")
        found = host_row(answer, apps if isinstance(apps, list) else [], datetime.now(timezone.utc))
        return {"changed": False, "host": self.host, "status": found}
