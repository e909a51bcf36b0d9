# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage inspect: one look at the host, and every objection it gives rise to, before anything is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _boot, _domains, _lock, _quota
from ansible_collections.pyhost.platform.plugins.module_utils._asked import source_of
from ansible_collections.pyhost.platform.plugins.module_utils._cell import (
    SOCKET_LIMIT,
    Cell,
    longest_socket,
    root_problem,
)
from ansible_collections.pyhost.platform.plugins.module_utils._choose import Choice, chosen_for
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._fitting import branch_problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS, Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._todo import cell_todo
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts
from ansible_collections.pyhost.platform.plugins.plugin_utils import (
    _addresses,
    _bound,
    _material,
    _of_account,
    _state,
    _toolbox,
)
from ansible_collections.pyhost.platform.plugins.plugin_utils._passwords import Passwords
from ansible_collections.pyhost.platform.plugins.plugin_utils._rehearsal import NEW
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage

EXTRAS = {
    "git": ("git",),
    "network": ("iproute2", "nftables"),
    "acme": ("python3-cryptography",),
    "sudo": ("sudo",),
    "logrotate": ("logrotate",),
    "quota": ("quota",),
}
"""What only some apps need, and the packages that bring it; a look at the host says what it has."""


class ActionModule(Stage):
    """Returns ``prepare``: what is missing on the host, so that the play skips what is there."""

    name = "inspect"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        settings = self.state["settings"]
        rows = self.state["apps"]
        self.proved: dict[Path, str] = {}
        job = {
            "scope": settings["scope"],
            "root": settings["root"] if settings["scope"] == "account" else "",
            "python_paths": settings["python_paths"],
            "services": self._own_types(),
            "system_packages": self._system_packages(),
            "branches": sorted({row["app"]["python"] for row in rows.values()} - {""}),
            "apps": [
                {
                    "name": name,
                    "network": row["app"]["network"],
                    "views": PLATFORMS[row["app"]["platform"]].of(name).views if settings["scope"] == "system" else (),
                    "listen": row["app"]["listen"] if row["app"]["state"] == "present" else [],
                    "digest": (row["local"] or {}).get("digest", ""),
                    "web_root": row["app"]["front"]["web_root"] if row["app"]["state"] == "present" else "",
                }
                for name, row in rows.items()
            ],
        }
        answer = self.remote(job)
        self.state["host"] = answer["host"]
        problems = self._host_problems(answer["host"])
        if problems:  # What the apps ask for says nothing on a host of another scope.
            raise Problems(problems)
        boot = answer["host"].get("boot")
        self.state["boot"] = vars(_boot.decide(settings["boot"], boot, answer["host"]["user"])) if boot else {}
        _addresses.choose(rows, answer["host"], answer["cells"])
        for name, row in rows.items():
            row["look"] = answer["cells"][name]
            row["cell"] = row["look"].pop("cell")
            if "error" in row["look"]:
                _state.fail(row, self.name, f"its cell cannot be looked at: {row['look']['error']}")
                row["todo"]["cells"] = []
                continue
            app = App.from_dict(row["app"])
            refusal = self._refusal(app, row["look"])
            if refusal:
                _state.fail(row, self.name, refusal)
                row["todo"]["cells"] = []
                continue
            cell = Cell(**row["cell"])
            if settings["rehearse"] and not row["look"].get("current"):
                row["left_out"] = NEW
                continue
            if app.state == "present":
                problems.extend(self._app_problems(app, cell, row, answer["host"]))
            row["todo"]["cells"] = self._cell_todo(app, cell, row["look"])
        if problems:
            raise Problems(dict.fromkeys(problems))
        return {"changed": False, "prepare": self._prepare(answer["host"]), "services": self._services()}

    def _own_types(self) -> list[str]:
        """Types of services that apps here are to have of this host itself."""
        named = {name for row in _state.working(self.state) for name in row["app"]["services"]}
        declared = self.state["services"]
        return sorted({declared[name]["type"] for name in named if declared[name]["host"] == self.host})

    def _services(self) -> dict[str, Any]:
        """Whether services have anything to do, as far as this host knows, and which others have to be looked at."""
        look, elsewhere = self.state["host"]["services"], _bound.hosts(self.state, self.host)
        if not look:
            return {"any": False, "elsewhere": []}
        settings = self.state["settings"]
        passwords = Passwords(self, settings, check=self.check or bool(settings["rehearse"]))
        wanted = _bound.wishes(self.state, passwords.verifier)
        own = [wish for wish in wanted if wish.service.host == self.host]
        self.state["kept"] = {self.host: _bound.kept(self.state, own, look, self.host)}
        todo = any(_bound.bind_todo(wish, look, self.host) for wish in own)
        todo = todo or bool(_bound.retire_rows(self.state, own, look, self.host))
        todo = todo and not settings["rehearse"]
        return {"any": todo or bool(elsewhere), "elsewhere": elsewhere}

    def _cell_todo(self, app: App, cell: Cell, look: dict[str, Any]) -> list[str]:
        host = self.state["host"]
        limits = _quota.of_home(host["quota"], cell.home).get("users", {})
        boot = _boot.todo(cell, self.state["boot"]["way"], host["boot"]) if host.get("boot") else ""
        found = cell_todo(app, cell, look, host["guarded"], limits.get(cell.user, 0), boot)
        left = app.state == "absent" and (host.get("boot") or {}).get("left")
        return found or (["start at boot ends"] if left else [])

    def _refusal(self, app: App, look: dict[str, Any]) -> str:
        """Why this app alone is left as it is, or ""."""
        held = look.get("held")
        if held and (app.state == "absent" or not self.state["settings"]["lock_wait"]):
            return _lock.refusal(held)
        if look.get("aliases") and app.state == "present" and app.nginx_alias_check == "refuse":
            told = "\n".join(look["aliases"])
            return f"{told}\n(the owner's own nginx text; nginx_alias_check: warn lets it be)"
        return ""

    def _host_problems(self, host: dict[str, Any]) -> list[Problem]:
        if self.state["settings"]["scope"] == "account":
            problem, boot = root_problem(host["root_directory"]), self.state["settings"]["boot"]
            refused = _boot.refusal(boot, host.get("boot") or {})
            texts = (("pyhost_root", problem), ("pyhost_boot", refused))
            return [Problem("", name, text) for name, text in texts if text]
        if not host["root"]:
            return [Problem("", "pyhost_scope", '"system" needs root on the host; use become, or write "account"')]
        if not host["systemd"]:
            return [Problem("", "pyhost_scope", '"system" needs systemd on the host; write "account"')]
        return []

    def _app_problems(self, app: App, cell: Cell, row: dict[str, Any], host: dict[str, Any]) -> list[Problem]:
        settings = self.state["settings"]
        found = []
        try:
            choice = chosen_for(app, settings, host)
            found.extend(self._material_problems(app, choice))
            row["choice"] = {
                "branch": choice.branch,
                "package": choice.package,
                "real": (choice.interpreter or {}).get("real", ""),
            }
            found.extend(branch_problems(app, self._known(app, row), choice.branch))
        except PyhostError as error:
            found.append(Problem("" if settings["rehearse"] else app.name, "", f"{error}{source_of(app)}"))
        if row["look"].get("root", {}).get("foreign"):
            found.append(
                Problem(
                    app.name,
                    "name",
                    f"the user {cell.user} exists on this host and was not made by pyhost; choose another name",
                )
            )
        found.extend(_of_account.problems(self.state, app, cell, row["look"]))
        socket = longest_socket(cell)
        if len(socket.encode()) > SOCKET_LIMIT:
            text = f"socket paths below {cell.home} exceed {SOCKET_LIMIT} bytes; set pyhost_root to a shorter path"
            found.append(Problem(app.name, "", text))
        if app.source.kind == "git" and not host["git"] and settings["scope"] == "account":
            found.append(Problem(app.name, "source.git", "git is not installed on this host"))
        found.extend(self._domain_problems(app, host))
        found.extend(_addresses.problems(app, row["look"], host))
        quota = _quota.of_home(host["quota"], cell.home)
        if app.limits.disk and not quota.get("has"):
            where = quota.get("mount", "this account")
            text = f"the file system of {where} has no user quotas; mount it with usrquota, or remove the key"
            found.append(Problem(app.name, "limits.disk", text))
        old = ((row["look"].get("launch") or {}).get("ports") or {}).values()
        if app.port in host["listening"] and app.network == "shared" and app.port not in old:
            text = f"{app.port} is already used by another program on this host; network: private has every port free"
            found.append(Problem(app.name, "port", text))
        return found

    def _material_problems(self, app: App, choice: Choice) -> list[Problem]:
        """A file of the controller that shall bring the app's Python is looked at before anything is touched."""
        source = choice.source
        if not source or not source.local:
            return []
        path = _material.place(self.state["settings"]["base"], source.location)
        if path not in self.proved:
            self.proved[path] = _material.trouble(path, source.sha256)
        return [Problem(app.name, "python", self.proved[path])] if self.proved[path] else []

    def _known(self, app: App, row: dict[str, Any]) -> Understanding | None:
        """What the code says, where it is on the controller."""
        return PLATFORMS[app.platform].understand(app, TreeFacts.from_dict(row["facts"])) if row["facts"] else None

    def _domain_problems(self, app: App, host: dict[str, Any]) -> list[Problem]:
        """A domain belongs to the app that had it first, also to one that this run does not know of."""
        texts = (host.get("front") or {}).get("texts", {})
        owners = {domain: _domains.owner(name) for name, text in texts.items() for domain in _domains.domains_of(text)}
        return [
            Problem(
                app.name, f"domains[{number}]", f'"{domain}" belongs to the app {owners[domain]}; remove it there first'
            )
            for number, domain in enumerate(app.domains)
            if domain in owners and owners[domain] != app.name and owners[domain] not in self.state["apps"]
        ]

    def _prepare(self, host: dict[str, Any]) -> dict[str, Any]:
        settings = self.state["settings"]
        system = settings["scope"] == "system"
        present = _state.working(self.state)
        choices = [row["choice"] for row in present]
        packages = sorted({one["package"] for one in choices if one["package"]})
        adopted = {
            (row["branch"], row["real"])
            for row in host["interpreters"]
            if row["path"].startswith(host["runtimes_directory"] + "/")
        }
        names = (host["tools"].get("digest"), host["tools"].get("agent"))
        tools = names != (_toolbox.digest(), _toolbox.agent_digest())
        missing = sorted({one["branch"] for one in choices if (one["branch"], one["real"]) not in adopted})
        needs = {
            "nginx": bool(present) and system and not host["nginx"],
            "tools": bool(present) and tools,
            "extras": self._extras([row["app"] for row in present], host) if system else [],
            "packages": packages,
            "branches": missing,
        }
        wanted = any(needs.values())
        return {**needs, "any": wanted, "lists": wanted and system and not host["lists"]}

    def _extras(self, apps: list[dict[str, Any]], host: dict[str, Any]) -> list[str]:
        """Packages of the distribution that only some apps need."""
        wanted = {
            "git": any(app["source"]["kind"] == "git" for app in apps),
            "network": any(app["network"] == "private" for app in apps),
            "acme": any(app["tls"]["acme"] for app in apps),
            "sudo": any(app["ssh_keys"] for app in apps),
            "logrotate": any(app["domains"] for app in apps),
            "quota": any(app["limits"]["disk"] for app in apps),
        }
        there = {**host, "quota": host["quota"]["tool"]}
        ours = {name for what, names in EXTRAS.items() if wanted[what] and not there[what] for name in names}
        return sorted(ours.union(host["absent"]))

    def _system_packages(self) -> list[str]:
        """What the code of the apps wants of the distribution; code that only the host can see is not asked."""
        if self.state["settings"]["scope"] != "system":
            return []
        return sorted({name for row in _state.working(self.state) for name in row.get("system_packages", ())})
