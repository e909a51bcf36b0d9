# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage plan: what each app should look like, and what is to be done for that. Nothing but thinking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _todo
from ansible_collections.pyhost.platform.plugins.module_utils._asked import notes, source_of
from ansible_collections.pyhost.platform.plugins.module_utils._bindings import Reach
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._choose import Choice, chosen_for
from ansible_collections.pyhost.platform.plugins.module_utils._completed import completed
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import Interpreter
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._plan import Plan, Site, make_plan
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS, Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._ports import allocate
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts
from ansible_collections.pyhost.platform.plugins.plugin_utils import _bound, _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._passwords import Passwords
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """An app that cannot be planned fails alone."""

    name = "plan"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        self.foreseen = self.check or bool(self.state["settings"]["rehearse"])
        self.passwords = Passwords(self, self.state["settings"], check=self.foreseen)
        rows = _state.working(self.state)
        known: dict[str, Understanding] = {}
        for row in rows:
            if row["facts"] is not None:
                with self._alone(row):
                    known[row["app"]["name"]] = self._complete(row)
        looks = {name: row.get("look", {}) for name, row in self.state["apps"].items()}
        own = {name: self.state["apps"][name]["app"]["port"] for name in known}
        names = [name for name, one in known.items() if SERVERS[one.server].port and not own[name]]
        ports = allocate(looks, names, self.state["host"].get("listening", ()))
        for name, one in known.items():
            row = self.state["apps"][name]
            with self._alone(row):
                self._plan(row, one, (own[name],) if own[name] else ports.get(name, ()))
        return {**self.result(False), "plans": {row["app"]["name"]: self._summary(row) for row in rows}}

    @contextmanager
    def _alone(self, row: dict[str, Any]) -> Iterator[None]:
        """What goes wrong with one app is its own."""
        try:
            yield
        except PyhostError as error:
            _state.fail(row, self.name, str(error))

    def _complete(self, row: dict[str, Any]) -> Understanding:
        """From here on the app is what its entry and its tree say together."""
        app = App.from_dict(row["app"])
        known = PLATFORMS[app.platform].understand(app, TreeFacts.from_dict(row["facts"]))
        whole = completed(app, known)
        if whole.python != app.python and row["choice"]["branch"] != whole.python:
            raise PyhostError(
                f"python: the code asks for {whole.python}, and is read after the Pythons were chosen; write python: "
                f'"{whole.python}"'
            )
        row["app"] = whole.to_dict()
        return known

    def _plan(self, row: dict[str, Any], known: Understanding, ports: tuple[int, ...]) -> None:
        app, look = App.from_dict(row["app"]), row["look"]
        site = Site("", self.state["settings"]["build_environment"], ports)
        interpreter = self._interpreter(app)
        release = row.get("release") or self._coming(row)
        cell = Cell(**row["cell"])

        def planned(name: str) -> Plan:
            return make_plan(app, known, cell, interpreter, site, name, release["digest"], bound)

        bound = self._bound(app)
        plan = planned(release["name"])
        prepared, checked, row["copy_of"] = release["prepared"], release["checked"], ""
        rehearsed = self._rehearsed(row, plan, prepared, planned)
        if rehearsed:
            plan = rehearsed
            prepared, checked = "", {}
        elif self.state["settings"]["rehearse"]:
            if plan.virtualenv["local"] and not _in_force(look, plan):
                row["copy_of"] = release["name"]
                plan = planned(self._next(row, release["digest"]))
        elif plan.exclusive and prepared not in ("", plan.virtualenv["fingerprint"]):
            row["copy_of"] = release["name"]
            plan = planned(self._next(row, release["digest"]))
            prepared, checked = "", {}
        row["plan"] = plan.to_dict()
        row["notes"] = [*row.get("notes", []), *notes(known, plan.launch["process"]["environment"])]
        row["todo"]["build"] = _todo.build_todo(row["plan"], look, prepared, checked)
        row["todo"]["configure"] = _todo.configure_todo(row["plan"], look)
        hashed = _todo.with_digests(row["plan"])
        row["todo"]["rollout"] = _todo.rollout_todo(hashed, look)
        row["reasons"] = _todo.virtualenv_reasons(row["plan"], look)

    def _bound(self, app: App) -> tuple[Reach, ...]:
        """How the app reaches its services; raises `PyhostError` for one that is not ready."""
        looks = {self.host: self.state["host"].get("services"), **self.state.get("service_looks", {})}
        found = []
        for name in app.services:
            service = Service(**self.state["services"][name])
            wish = _bound.Wish(app.name, service, app.name, app.network == "private", owner=app.services_of)
            password = self.passwords.password(app.name, service, app.services_of)
            found.append(_bound.reach(wish, looks.get(service.host), self.host, password, self.foreseen))
        return tuple(found)

    def _rehearsed(self, row: dict[str, Any], plan: Plan, prepared: str, planned: Callable[[str], Plan]) -> Plan | None:
        """The plan for the copy of the release that a rehearsal made for this same virtualenv, if there is one.

        Only what is installed from the tree needs such a copy: there the virtualenv is that of one release.
        """
        if not plan.virtualenv["local"] or prepared == plan.virtualenv["fingerprint"]:
            return None
        for one in row["look"].get("releases", ()):
            if one.get("rehearsed") and one["digest"] == plan.digest:
                copy = planned(one["name"])
                if copy.virtualenv["fingerprint"] == one["rehearsed"]:
                    return copy
        return None

    def _interpreter(self, app: App) -> Interpreter:
        settings, host = self.state["settings"], self.state["host"]
        choice: Choice = chosen_for(app, settings, host)
        if choice.interpreter:
            return Interpreter.from_dict(choice.interpreter)
        if not self.check:
            raise PyhostError(f"python: {choice.branch} was to be installed and is not there{source_of(app)}")
        return Interpreter(choice.branch, "", "", choice.branch, "", "", "")

    def _coming(self, row: dict[str, Any]) -> dict[str, str]:
        """The release that a run would make (check mode)."""
        digest = row["local"]["digest"]
        return {"name": self._next(row, digest), "digest": digest, "prepared": "", "checked": {}}

    def _next(self, row: dict[str, Any], digest: str) -> str:
        numbers = [int(one["name"].partition("-")[0]) for one in row["look"].get("releases", ())]
        return f"{max(numbers, default=0) + 1}-{digest[:12]}"

    def _summary(self, row: dict[str, Any]) -> dict[str, Any]:
        plan = row.get("plan")
        if not plan:
            return {}
        order = plan["virtualenv"]
        return {
            "release": plan["release"],
            "python": order["version"],
            "virtualenv": order["fingerprint"],
            "server": plan["launch"]["process"]["server"],
            "how": plan["how"],
            "todo": {stage: row["todo"][stage] for stage in ("build", "configure", "rollout")},
        }


def _in_force(look: dict[str, Any], plan: Plan) -> bool:
    """Whether the app runs from the virtualenv of ``plan``."""
    process = (look.get("launch") or {}).get("process", {})
    return bool(look.get("current")) and process.get("virtualenv") == plan.virtualenv["fingerprint"]
