# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage front: domains lead to the cells that serve them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _domains, _front, _webroot
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Requests
from ansible_collections.pyhost.platform.plugins.plugin_utils import _pairs, _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import Pair
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of

HTTP2_DIRECTIVE = (1, 25, 1)
"""The version of nginx since which HTTP/2 is a directive and no word of ``listen``."""

HTTP2_DEBIAN = 13
"""The first Debian whose nginx has it: what a deploy would install there."""


class ActionModule(Stage):
    """Apps that failed keep the file they have; apps that are absent lose theirs.

    With ``known`` only files change that are there already.
    """

    name = "front"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        self.known = bool(args.get("known"))
        if self.state["settings"]["scope"] == "account":
            return {"changed": False} if self.known else self._web_roots()
        host = self.state["host"]["front"]
        there = host.get("texts", {})
        wanted, pairs = self._wanted(there, host.get("pairs", ()))
        if there == wanted and host.get("ready") and not pairs:
            return {"changed": False}
        if not there and not any(name.startswith(_domains.OF_APP) for name in wanted):
            return {"changed": False}
        names = sorted(set(there) | set(wanted))
        diff = diff_of(
            [(f"{_front.DIRECTORY}/live/{name}", there.get(name, ""), wanted.get(name, "")) for name in names]
        )
        if self.check:
            return {"changed": True, "diff": diff}
        files = {name: text for name, text in wanted.items() if there.get(name) != text}
        answer = self.remote({"files": files, "gone": sorted(set(there) - set(wanted)), "pairs": pairs})
        for name in self.state["order"]:
            if error := answer["refused"].get(_domains.file_name(name)):
                _state.fail(self.state["apps"][name], self.name, error)
        texts = {name: there.get(name, "") if name in answer["refused"] else text for name, text in wanted.items()}
        host.update(texts=texts, ready=True, pairs=sorted({*host.get("pairs", ()), *pairs}))
        return self.result(bool(answer["changed"]), diff=diff)

    def _web_roots(self) -> dict[str, Any]:
        """Lead web roots of the host's own Apache to the apps that name them, and those no more that did before."""
        due, texts = [], []
        for row in self.state["apps"].values():
            look = (row.get("look") or {}).get("web_root")
            if not look or row["failed"] or row["app"]["state"] != "present":
                continue
            app, cell = App.from_dict(row["app"]), Cell(**row["cell"])
            wanted = _webroot.texts(cell, app.front.via, app.listen[0]) if app.front.web_root else {}
            place, there = look["place"], look["there"] or {}
            if there == wanted and look["recorded"] == place:
                continue
            row["todo"][self.name] = ["web root"]
            due.append({"cell": row["cell"], "directory": place, "texts": wanted})
            texts += [(f"{place}/{one}", there.get(one, ""), wanted.get(one, "")) for one in sorted({*there, *wanted})]
        if not due:
            return {"changed": False}
        diff = diff_of(texts)
        if self.check:
            return self.result(True, diff=diff)
        answer = self.remote({"web_roots": due})
        _state.take(self.state, self.name, answer["apps"])
        return self.result(bool(answer["changed"]), diff=diff)

    def _wanted(self, there: dict[str, str], pairs: list[str]) -> tuple[dict[str, str], dict[str, str]]:
        """The texts that shall be in force, and the certificates and keys that have to be sent for them."""
        sites: list[_front.Site] = []
        sent: dict[str, str] = {}
        kept = dict(there)
        for name, row in self.state["apps"].items():
            file = _domains.file_name(name)
            present = row["app"]["state"] == "present"
            if present and row["failed"] and file in there:
                continue
            if self.known and not (present and file in there):
                continue
            before = kept.pop(file, "")
            if present and not row["failed"] and row["app"]["domains"]:
                app = row["app"]
                tls, new = self._tls(row, before, pairs)
                requests, acme = Requests(**app["requests"]), bool(app["tls"].get("acme"))
                sites.append(_front.Site(Cell(**row["cell"]), tuple(app["domains"]), requests, tls, acme))
                sent.update(new)
        others = {name: text for name, text in kept.items() if name.startswith(_domains.OF_APP)}
        trusted = tuple(self.state["settings"]["trusted_proxies"])
        http2 = any(site.tls for site in sites) and self._knows_http2()
        return _front.files(sites, trusted, others, http2), sent

    def _tls(self, row: dict[str, Any], before: str, there: list[str]) -> tuple[_front.Tls | None, dict[str, str]]:
        app = row["app"]
        if app["tls"].get("self_signed"):
            return _pairs.made(app, before, there, datetime.now(timezone.utc))
        if not app["tls"].get("acme"):
            return _pairs.given(app, Pair(**row["pair"]), there) if row.get("pair") else (None, {})
        if row.get("pair"):
            return _pairs.issued(app, Pair(**row["pair"]), self.state["settings"]["acme_directory"], there)
        return _pairs.in_force(app, before, there), {}

    def _knows_http2(self) -> bool:
        """Whether the host's nginx has the directive; what this run has installed could not be seen before."""
        version = self.state["host"]["nginx_version"]
        if not version and not self.check:
            version = self.state["host"]["nginx_version"] = self.remote({"question": "version"})["version"]
        if not version:
            system = self.state["host"][
                "os"
            ]  # What a deploy would install there: Debian 13 has nginx 1.26, 12 has 1.22.
            return system.get("ID") == "debian" and int(system.get("VERSION_ID") or 0) >= HTTP2_DEBIAN
        return tuple(version) >= HTTP2_DIRECTIVE
