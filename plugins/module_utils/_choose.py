# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which interpreter an app gets. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PLACE, PythonSource, chosen

DISTRIBUTION = {
    "debian 11": "3.9",
    "debian 12": "3.11",
    "debian 13": "3.13",
    "ubuntu 22.04": "3.10",
    "ubuntu 24.04": "3.12",
}
"""The one branch that a release's packages are sure to have."""


@dataclass(frozen=True)
class Choice:
    """``interpreter`` is that of a host's look, or None when ``package`` or ``source`` brings it first."""

    branch: str
    interpreter: dict[str, Any] | None
    package: str = ""
    source: PythonSource | None = None

    @property
    def stored(self) -> str:
        """The name that ``source`` gives it in the store, "" without one."""
        return self.source.name(self.branch) if self.source else ""


def choose(
    wanted: str,
    default: str,
    aliases: dict[str, str],
    host: dict[str, Any],
    sources: Sequence[PythonSource] = (),
) -> Choice:
    """The interpreter for an app that wants branch ``wanted`` ("" for the default).

    The first of ``sources`` that has the branch brings it; without any, what is there and then packages do.
    ``aliases`` maps a branch that cannot be had to one that can. Without a default the newest branch that
    is there is taken, and so it is where the default cannot be had. Raises `PyhostError` that lists what
    can be had.
    """
    found = host["interpreters"]
    if wanted:
        branch = aliases.get(wanted, wanted)
        choice = _find(branch, found, host, sources, hopeful=True)
        if choice:
            return choice
        raise PyhostError(_refusal(wanted, branch, found, host, sources))
    if default:
        choice = _find(aliases.get(default, default), found, host, sources)
        if choice:
            return choice
    usable = [row for row in found if row["branch"].startswith("3.")]
    if usable:
        newest = max(usable, key=lambda row: key(row["branch"]))
        return _find(newest["branch"], found, host, sources) or Choice(newest["branch"], newest)
    package = distribution_branch(host)
    if package:
        return Choice(package, None, f"python{package}")
    raise PyhostError("python: no Python 3 was found on this host; set pyhost_python_paths")


def chosen_for(app: App, settings: dict[str, Any], host: dict[str, Any]) -> Choice:
    """`choose` for an app, by the settings of its run."""
    sources = [PythonSource.from_dict(one) for one in settings["python_sources"]]
    return choose(app.python, settings["python_default"], settings["python_aliases"], host, sources)


def key(branch: str) -> tuple[int, ...]:
    """Order of branches: 3.9 comes before 3.13."""
    return tuple(int(part) for part in branch.split("."))


def distribution_branch(host: dict[str, Any]) -> str:
    """The branch of the distribution's packages where this process may install them, else ""."""
    system = host["os"]
    name = f"{system.get('ID', '')} {system.get('VERSION_ID', '')}"
    return DISTRIBUTION.get(name, "") if host["root"] else ""


def _find(
    branch: str,
    found: Sequence[dict[str, Any]],
    host: dict[str, Any],
    sources: Sequence[PythonSource],
    hopeful: bool = False,
) -> Choice | None:
    """``hopeful``: a host without package lists may still have the package; installing will tell."""
    rows = [row for row in found if row["branch"] == branch]
    offered = branch in host["packaged"] or branch == distribution_branch(host)
    unknown = hopeful and host["root"] and not host["lists"] and host["os"].get("ID") in ("debian", "ubuntu")
    kinds = {kind(row["real"]) for row in rows} | ({"distro"} if offered else set())
    source = chosen(branch, host.get("machine", ""), sources, sorted(kinds))
    if source and source.stored:
        there = next((row for row in rows if f"/{PLACE}/{source.name(branch)}/" in row["real"]), None)
        return Choice(branch, there, source=None if there else source)
    if source:
        rows = [row for row in rows if kind(row["real"]) == source.kind]
    if rows:
        return Choice(branch, rows[0])
    return Choice(branch, None, f"python{branch}") if _packages(sources) and (offered or unknown) else None


def _packages(sources: Sequence[PythonSource]) -> bool:
    """Whether packages of the distribution may bring a branch."""
    return not sources or any(one.kind == "distro" for one in sources)


def kind(real: str) -> str:
    """Which of the sources without a store the interpreter ``real`` is of, "" for one of the store."""
    if f"/{PLACE}/" in real:
        return ""
    return "distro" if real.startswith("/usr/bin/") else "path"


def _refusal(
    wanted: str,
    branch: str,
    found: Sequence[dict[str, Any]],
    host: dict[str, Any],
    sources: Sequence[PythonSource],
) -> str:
    names = {row["branch"] for row in found}
    names |= {*host["packaged"], distribution_branch(host)} if _packages(sources) else set()
    names |= {one for source in sources for one in source.branches if source.offers(one, host.get("machine", ""))}
    can = ", ".join(sorted(names - {""}, key=key)) or "none"
    alias = f" (pyhost_python_aliases maps it to {branch})" if branch != wanted else ""
    return (
        f'python: "{wanted}"{alias} cannot be had on this host; it has or can install: {can}. '
        "Write one of these, or let pyhost_python_sources say where it comes from"
    )
