# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage certificates: what a certificate authority has to be asked for, it is asked for."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils import _domains
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _acme, _certificates, _pairs, _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import Pair
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, StageError


class ActionModule(Stage):
    """Goes to the host when a certificate is due alone; an app that gets none keeps what it has."""

    name = "certificates"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        due = self._due()
        for name, reason in due.items():
            self.state["apps"][name]["todo"][self.name] = [f"asked for: {reason}"]
        if not due or self.check:
            return self.result(bool(due))
        self.remote({"account_key": _certificates.account_key()})
        got = 0
        for number, name in enumerate(due, 1):
            row = self.state["apps"][name]
            Display().display(f"certificate {number} of {len(due)}: {name} ({due[name]})")
            begun = time.monotonic()
            try:
                pair = self._ask(name, row["app"]["domains"])
            except PyhostError as error:
                _state.take(self.state, self.name, {name: {"error": f"{error}\n(the app itself is in force)"}})
                continue
            got += 1
            row["pair"] = {"certificate": pair.certificate, "key": pair.key}
            done = {"ok": True, "seconds": round(time.monotonic() - begun, 2)}
            _state.take(self.state, self.name, {name: done})
        return self.result(bool(got))

    def _due(self) -> dict[str, str]:
        """Why a certificate has to be asked for, by app."""
        if self.state["settings"]["scope"] == "account":
            return {}
        front, now = self.state["host"]["front"], datetime.now(timezone.utc)
        directory = self.state["settings"]["acme_directory"]
        due = {}
        for row in _state.working(self.state):
            text = front.get("texts", {}).get(_domains.file_name(row["app"]["name"]), "")
            if row["app"]["tls"].get("acme") and (text or self.check):
                reason = _pairs.due(row["app"], text, front.get("pairs", ()), directory, now)
                due.update({row["app"]["name"]: reason} if reason else {})
        return due

    def _ask(self, name: str, domains: list[str]) -> Pair:
        """What the authority issues; raises `PyhostError` when it does not, or not what was asked for."""
        settings, asked = self.state["settings"], _certificates.request(domains)
        order = self._acme(_acme.arguments(settings, name, asked.certificate))
        answers = _acme.answers(order)
        try:
            self.remote({"answers": answers})
            self._acme(_acme.arguments(settings, name, asked.certificate, order))
        finally:
            found = self.remote({"fetch": _acme.certificate(name), "gone": sorted(answers)})
        pair = Pair(found["text"], asked.key)
        wrong = [text for _key, text in _certificates.problems(pair, domains, datetime.now(timezone.utc))]
        if wrong:
            raise PyhostError(f"the certificate that {settings['acme_directory']} issued {'; '.join(wrong)}")
        return pair

    def _acme(self, arguments: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._execute_module(
            module_name=_acme.MODULE, module_args=arguments, task_vars=self.vars
        )
        if answer.get("unreachable"):
            raise StageError(answer)
        if answer.get("failed"):
            raise PyhostError(f"no certificate from {arguments['acme_directory']}: {answer.get('msg', '')}")
        return answer
