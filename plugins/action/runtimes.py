# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage runtimes: the wanted branches exist, each in its directory."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._choose import Choice, choose
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import DEFAULT, PythonSource, read
from ansible_collections.pyhost.platform.plugins.plugin_utils import _fleet, _material, _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage

PUBLISHED = "~/.cache/pyhost/pythons"
"""The directory of the controller for what was built."""


class ActionModule(Stage):
    """Works within a run and by itself (role ``python``).

    In check mode it says which ``packages`` of the distribution have to come first, and which ``builds`` are due.
    With the looks of all hosts of the play as ``peers`` it builds what this host shall build for all, and nothing else.
    """

    name = "runtimes"
    fresh = True
    TRANSFERS_FILES = True

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        if _state.exists(self.host):
            self.state = _state.load(self.host)
        sources, problems = read(args.get("sources", list(DEFAULT)), "python_sources")
        if problems:
            raise Problems(problems)
        self.folder = Path(str(args.get("published") or PUBLISHED)).expanduser()
        self.base = str(args.get("base") or ".")
        branches = [str(one) for one in args.get("branches", [])]
        self.job = {
            "scope": args.get("scope", "system"),
            "root": self.state.get("host", {}).get("root_directory", args.get("root", "")),
            "python_paths": args.get("paths", []),
            "branches": branches,
            "environment": args.get("environment", {}),
        }
        look = self.remote({**self.job, "step": "look"})["look"]
        self.job["uv"] = f"{look['tools_directory']}/bin/uv"
        choices, refused = self._choices(branches, look, sources)
        if refused:
            raise PyhostError("\n".join(refused))
        if "peers" in args:
            return self._build(choices, look, _fleet.builders(args["peers"]))
        packages = sorted(one.package for one in choices if one.package)
        builds = [self._build_row(one, look) for one in _to_build(choices)]
        if self.check:
            changed = self._to_do(choices, look)
            return {"changed": changed, "packages": packages, "builds": builds, "interpreters": look["interpreters"]}
        if packages:
            raise PyhostError(f"{', '.join(packages)} was to be installed and is not there")
        answer = self.remote({**self.job, "step": "make", "orders": [self._order(one, look) for one in choices]})
        if "host" in self.state:
            self.state["host"]["interpreters"] = answer["interpreters"]
        return answer

    def _build(self, choices: list[Choice], look: dict[str, Any], builders: dict[str, str]) -> dict[str, Any]:
        """Build what this host shall build for all, and keep it for the others on the controller."""
        wanted = _to_build(choices)
        mine = [one for one in wanted if builders.get(f"{one.stored} {look['machine']}") == self.host]
        if self.check or not mine:
            return {"changed": bool(mine), "packages": _fleet.packages(bool(mine), look["os"]) if wanted else []}
        self.remote({**self.job, "step": "make", "orders": [self._order(one, look) for one in mine]})
        for one in mine:
            self._publish(one.stored, look)
        return {"changed": True, "packages": []}

    def _publish(self, name: str, look: dict[str, Any]) -> None:
        packed = self.remote({**self.job, "step": "pack", "name": name})
        about = {"sha256": packed["sha256"], "modules": packed["modules"], "libc": look["libc"]}
        about |= {"branch": packed["branch"], "version": packed["version"]}
        try:
            fetch = partial(self._connection.fetch_file, packed["path"])
            _fleet.publish(self.folder, name, look["machine"], about, fetch)
        finally:
            self.remote({**self.job, "step": "packed", "name": name})

    def _build_row(self, choice: Choice, look: dict[str, Any]) -> dict[str, Any]:
        name = choice.stored
        there = _fleet.published(self.folder, name, look["machine"], look["libc"])
        return {"name": name, "machine": look["machine"], "libc": look["libc"], "published": bool(there)}

    def _choices(
        self, branches: list[str], look: dict[str, Any], sources: tuple[PythonSource, ...]
    ) -> tuple[list[Choice], list[str]]:
        found, refused = [], []
        for branch in branches:
            try:
                found.append(choose(branch, "", {}, look, sources))
            except PyhostError as error:
                refused.append(str(error))
        return found, refused

    def _to_do(self, choices: list[Choice], look: dict[str, Any]) -> bool:
        """Whether a branch is not, or not yet, where it will be."""
        ours = {
            (row["branch"], row["real"])
            for row in look["interpreters"]
            if row["path"].startswith(f"{look['runtimes_directory']}/")
        }
        return any((one.branch, (one.interpreter or {}).get("real", "")) not in ours for one in choices)

    def _order(self, choice: Choice, look: dict[str, Any]) -> dict[str, Any]:
        source, name = choice.source, choice.stored
        if source is None:
            return {"branch": choice.branch, "real": (choice.interpreter or {})["real"]}
        order = {"branch": choice.branch, "source": source.to_dict(), "sent": ""}
        if name in look["store"]:
            return order
        if source.kind == "build":
            there = _fleet.published(self.folder, name, look["machine"], look["libc"])
            if there:
                self._prove(Path(there["path"]), there["sha256"])
                sent = self._send(Path(there["path"]), name)
                return {**order, "sent": sent, "published": there["sha256"], "modules": there["modules"]}
        if source.local:
            path = _material.place(self.base, source.location)
            self._prove(path, source.sha256)
            order["sent"] = self._send(path, name)
        return order

    def _prove(self, path: Path, sha256: str) -> None:
        wrong = _material.trouble(path, sha256)
        if wrong:
            raise Problems([Problem("", "python_sources", wrong)])

    def _send(self, path: Path, name: str) -> str:
        """Where on the host the file of the controller is, once it has been sent."""
        folder = self._connection._shell.tmpdir or self._make_tmp_path()
        target = self._connection._shell.join_path(folder, f"{name}.archive")
        self._transfer_file(str(path), target)
        return str(target)


def _to_build(choices: list[Choice]) -> list[Choice]:
    return [one for one in choices if one.source and one.source.kind == "build"]
