# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the programs of pyhost on a host."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._cell import TOOLS
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state, _toolbox
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """Works within a run and by itself (role ``supervisor``)."""

    name = "tools"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        if _state.exists(self.host):
            self.state = _state.load(self.host)
        host = self.state.get("host", {})
        names = {"digest": _toolbox.digest(), "agent": _toolbox.agent_digest()}
        if self.check and host:
            there = host.get("tools", {})
            return {"changed": any(there.get(key) != value for key, value in names.items())}
        answer = self.remote(
            {
                "tools": host.get("tools_directory") or args.get("directory") or TOOLS,
                "python": args.get("python", ""),
                "check": self.check,
                **names,
                "packages": list(_toolbox.PACKAGES),
                "nginx_packages": list(_toolbox.NGINX_PACKAGES),
                "nginx": args.get("nginx") or host.get("nginx", ""),
                "sources": _toolbox.sources(),
                "environment": args.get("build_environment") or {},
            }
        )
        if host:
            host["tools"] = names
        return answer
