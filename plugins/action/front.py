# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage front: domains lead to the cells that serve them."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _front
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._models import Requests
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of


class ActionModule(Stage):
    """Apps that failed keep the file they have; apps that are absent lose theirs."""

    name = "front"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        if self.state["settings"]["scope"] == "account":
            return {"changed": False}
        there = self.state["host"]["front"].get("texts", {})
        wanted = self._wanted(there)
        ready = there == wanted and self.state["host"]["front"].get("ready")
        if ready or (not there and len(wanted) == len(self._files([], {}))):
            return {"changed": False}
        names = sorted(set(there) | set(wanted))
        diff = diff_of(
            [(f"{_front.DIRECTORY}/live/{name}", there.get(name, ""), wanted.get(name, "")) for name in names]
        )
        if self.check:
            return {"changed": True, "diff": diff}
        files = {name: text for name, text in wanted.items() if there.get(name) != text}
        answer = self.remote({"files": files, "gone": sorted(set(there) - set(wanted))})
        for name in self.state["order"]:
            if error := answer["refused"].get(_front.file_name(name)):
                _state.fail(self.state["apps"][name], self.name, error)
        return self.result(bool(answer["changed"]), diff=diff)

    def _files(self, sites: list[_front.Site], others: dict[str, str]) -> dict[str, str]:
        return _front.files(sites, tuple(self.state["settings"]["trusted_proxies"]), others)

    def _wanted(self, there: dict[str, str]) -> dict[str, str]:
        sites = []
        kept = dict(there)
        for name, row in self.state["apps"].items():
            file = _front.file_name(name)
            present = row["app"]["state"] == "present"
            if present and row["failed"] and file in there:
                continue
            kept.pop(file, None)
            if present and not row["failed"]:
                app = row["app"]
                sites.append(_front.Site(Cell(**row["cell"]), tuple(app["domains"]), Requests(**app["requests"])))
        others = {name: text for name, text in kept.items() if name.startswith(_front.OF_APP)}
        return self._files(sites, others)
