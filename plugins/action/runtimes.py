# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage runtimes: the wanted branches exist, each in its directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._choose import Choice, choose
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pack import sha256_file
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import DEFAULT, PythonSource, read
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage


class ActionModule(Stage):
    """Works within a run and by itself (role ``python``).

    In check mode it says which ``packages`` of the distribution have to come first.
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
        branches = [str(one) for one in args.get("branches", [])]
        job = {
            "scope": args.get("scope", "system"),
            "root": self.state.get("host", {}).get("root_directory", args.get("root", "")),
            "python_paths": args.get("paths", []),
            "branches": branches,
        }
        look = self.remote(job)["look"]
        choices, refused = self._choices(branches, look, sources)
        if refused:
            raise PyhostError("\n".join(refused))
        packages = sorted(one.package for one in choices if one.package)
        if self.check:
            return {"changed": self._to_do(choices, look), "packages": packages, "interpreters": look["interpreters"]}
        if packages:
            raise PyhostError(f"{', '.join(packages)} was to be installed and is not there")
        base = Path(str(args.get("base") or "."))
        orders = [self._order(one, look, base) for one in choices]
        more = {"orders": orders, "uv": f"{look['tools_directory']}/bin/uv", "environment": args.get("environment", {})}
        answer = self.remote({**job, **more})
        if "host" in self.state:
            self.state["host"]["interpreters"] = answer["interpreters"]
        return answer

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

    def _order(self, choice: Choice, look: dict[str, Any], base: Path) -> dict[str, Any]:
        if choice.interpreter:
            return {"branch": choice.branch, "real": choice.interpreter["real"]}
        source = choice.source
        assert source, "a choice without an interpreter or a package has a source"
        order = {"branch": choice.branch, "source": source.to_dict(), "sent": ""}
        if source.local and source.name(choice.branch) not in look["store"]:
            order["sent"] = self._sent(source, base / Path(source.location).expanduser())
        return order

    def _sent(self, source: PythonSource, path: Path) -> str:
        """Where on the host the file of ``source`` is, once it has been proved and sent."""
        key = "python_sources"
        try:
            found = sha256_file(path)
        except OSError as error:
            raise Problems([Problem("", key, f"{path} cannot be read: {error.strerror}")]) from error
        if found != source.sha256:
            raise Problems([Problem("", key, f"SHA-256 of {path} is {found}, expected {source.sha256}")])
        folder = self._connection._shell.tmpdir or self._make_tmp_path()
        target = self._connection._shell.join_path(folder, f"{source.name(source.branches[0])}.archive")
        self._transfer_file(str(path), target)
        return str(target)
