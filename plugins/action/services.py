# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage services: apps get their part of the services they name, and lose what they name no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._boundhere import digest
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service, login_app
from ansible_collections.pyhost.platform.plugins.plugin_utils import _bound, _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._passwords import Passwords
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of


class ActionModule(Stage):
    """One of its ``step``s: what is done for ``host``, one of the inventory, is delegated to that host by the play."""

    name = "services"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        step, on = str(args.get("step", "todo")), str(args.get("host", "") or self.host)
        settings = self.state["settings"]
        passwords = Passwords(self, settings, check=self.check)
        self.wishes = [] if settings["rehearse"] else _bound.wishes(self.state, passwords.verifier)
        self.looks: dict[str, Any] = self.state.setdefault("service_looks", {})
        self.looks.setdefault(self.host, self.state["host"]["services"])
        steps = {"look": self._look, "todo": self._todo, "bind": self._bind, "trust": self._trust, "retire": self._end}
        return steps[step](on)

    def _wanted(self, on: str) -> list[_bound.Wish]:
        return [wish for wish in self.wishes if wish.service.host == on]

    def _types(self, on: str) -> list[str]:
        return sorted({wish.service.type for wish in self._wanted(on)})

    def _look(self, on: str) -> dict[str, Any]:
        answer = self.remote({"do": "look", "types": self._types(on), "scope": "system"})
        self._remember(on, answer)
        self.state.setdefault("kept", {})[on] = _bound.kept(self.state, self._wanted(on), self.looks[on], on)
        return {"changed": False}

    def _todo(self, on: str) -> dict[str, Any]:
        """What the play has to do, on which host: ``install`` types, ``bind``, and ``retire`` after the rollouts."""
        del on
        found: dict[str, Any] = {"install": [], "bind": [], "retire": [], "trust": False}
        for host, look in self.looks.items():
            wanted = self._wanted(host)
            reasons = [(wish, _bound.bind_todo(wish, look, self.host)) for wish in wanted]
            types = _bound.missing(wanted, look)
            if types:
                found["install"].append({"host": host, "types": types})
            if any(reason for _wish, reason in reasons):
                found["bind"].append(host)
            if self._gone(host) and not self.state["settings"]["rehearse"]:
                found["retire"].append(host)
            for wish, reason in reasons:
                if reason:
                    text = f"{wish.service.name} ({wish.service.type} on {host}): {reason}"
                    self.state["apps"][wish.app]["todo"].setdefault(self.name, []).append(text)
        found["trust"] = any(wish.remote(self.host) for wish in self.wishes)
        return {"changed": False, **found}

    def _bind(self, on: str) -> dict[str, Any]:
        look = self.looks[on]
        due = [wish for wish in self._wanted(on) if _bound.bind_todo(wish, look, self.host)]
        if self.check or not due:
            return {**self.result(bool(due)), "diff": self._diff(due)}
        rows = [
            {
                "app": wish.app,
                "owner": wish.owner or wish.app,
                "service": wish.service.name,
                "type": wish.service.type,
                "name": wish.name,
                "host": self.host,
                "login": wish.login,
                "verifier": wish.verifier,
                "memory": wish.service.memory,
                "user": _bound.cell_user(wish, self.host),
                "remote": wish.remote(self.host),
                "address": wish.service.address,
            }
            for wish in due
        ]
        answer = self.remote({"do": "bind", "rows": rows, "types": self._types(on), "scope": "system"})
        self._remember(on, answer)
        for wish in due:
            result = answer["outcomes"][wish.name]
            if not result["ok"]:
                _state.fail(self.state["apps"][wish.app], self.name, f"{_called(wish.service)}: {result['error']}")
        return {**self.result(bool(answer["changed"])), "diff": self._diff(due)}

    def _trust(self, on: str) -> dict[str, Any]:
        """The certificates of services on other hosts, which apps of this one trust, are here."""
        del on
        there, files = self.looks[self.host]["trust"], {}
        for wish in self.wishes:
            known = self.state.get("certificates", {}).get(wish.service.host, {})
            text = known.get(wish.service.type, "") if wish.remote(self.host) else ""
            if text and there.get(wish.service.name) != digest(text):
                files[wish.service.name] = text
        if files and not self.check:
            self.remote({"do": "trust", "files": files, "scope": "system"})
            there.update({name: digest(text) for name, text in files.items()})
        return {"changed": bool(files)}

    def _end(self, on: str) -> dict[str, Any]:
        rows, look = self._gone(on), self.looks[on]
        names = [look["bindings"][row["name"]] for row in rows]
        gone = [
            (f"{app}: {one['service']}", "access\n", "no access\n")
            for row, one in zip(rows, names)
            for app in row["leave"]
        ]
        diff = diff_of(gone)
        if not rows or self.check:
            return {**self.result(bool(rows)), "diff": diff}
        answer = self.remote({"do": "retire", "rows": rows, "types": self._types(on), "scope": "system"})
        self._remember(on, answer)
        for row, one in zip(rows, names):
            result = answer["outcomes"][row["name"]]
            for entry in (self.state["apps"][app] for app in _concerned(row, one["app"])):
                if not result["ok"]:
                    text = f"{one['service']} ({one['type']} on {on}): its access cannot be removed: {result['error']}"
                    _state.fail(entry, self.name, text)
                for text in result.get("did", []):
                    entry["todo"].setdefault(self.name, []).append(f"{one['service']}: {text}")
        self.state.setdefault("kept", {})[on] = _bound.kept(self.state, self._wanted(on), self.looks[on], on)
        return {**self.result(bool(answer["changed"])), "diff": diff}

    def _gone(self, on: str) -> list[dict[str, Any]]:
        return _bound.retire_rows(self.state, self._wanted(on), self.looks[on], self.host)

    def _remember(self, on: str, answer: Mapping[str, Any]) -> None:
        self.looks[on] = answer["look"]
        self.state.setdefault("certificates", {})[on] = answer["certificates"]

    def _diff(self, wishes: list[_bound.Wish]) -> list[dict[str, str]]:
        return diff_of([(f"{wish.app}: {_called(wish.service)}", "", f"login {wish.login}\n") for wish in wishes])


def _concerned(row: Mapping[str, Any], owner: str) -> list[str]:
    """The apps whose access ends in some part: an old password's, all of it, or that to data which is removed."""
    return sorted({*row["leave"], *(login_app(login) for login in row["logins"])}) or [owner]


def _called(service: Service) -> str:
    return f"the service {service.name} ({service.type} on {service.host})"
