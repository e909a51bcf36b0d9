# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtimes of a host and the apps that run on them, as rows. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._choose import key, kind
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PLACE


def rows(
    base: str,
    interpreters: Sequence[dict[str, Any]],
    store: Sequence[dict[str, Any]],
    looks: Mapping[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    """One row for each interpreter that is there, and for each that is gone while an app still runs on it.

    ``base`` is the directory of runtimes, ``interpreters`` what was found on the host, the preferred first, ``store``
    the markers of what lies in the store, ``looks`` what each cell has. ``chosen`` says that the branch's directory
    leads to this interpreter.
    """
    apps: dict[str, list[str]] = {}
    gone: dict[str, str] = {}
    for name, look in sorted(looks.items()):
        now = look.get("there", {}).get(look.get("now") or "", {})
        if now.get("python"):
            apps.setdefault(now["python"], []).append(name)
            gone.setdefault(now["python"], now["version"])
    found: dict[str, dict[str, Any]] = {}
    for one in interpreters:
        row = found.setdefault(one["real"], _row(one["real"], one["branch"], one["version"], base, store, apps))
        row["description"] = f"{one['implementation']} {one['version']}"
        row["chosen"] = row["chosen"] or one["path"] == f"{base}/{one['branch']}/bin/python"
    for real in sorted(set(gone) - set(found)):
        branch = ".".join(gone[real].split(".")[:2])
        found[real] = {**_row(real, branch, gone[real], base, store, apps), "description": f"gone: {real}"}
    return sorted(found.values(), key=lambda row: (*_order(row["name"]), not row["chosen"], row["path"]))


def _row(
    real: str, branch: str, version: str, base: str, store: Sequence[dict[str, Any]], apps: dict[str, list[str]]
) -> dict[str, Any]:
    name = real.partition(f"{base}/{PLACE}/")[2].partition("/")[0]
    sources = {one["name"]: str(one["source"]) for one in store}
    return {
        "name": branch,
        "description": "",
        "version": version,
        "source": sources.get(name, "") or kind(real) or PLACE,
        "path": real,
        "chosen": False,
        "apps": apps.get(real, []),
    }


def _order(branch: str) -> tuple[int, ...]:
    try:
        return key(branch)
    except ValueError:
        return (0,)
