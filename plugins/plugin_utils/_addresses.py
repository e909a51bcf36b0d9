# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where apps listen on a host: chosen for those that name no address, refused where others have it. Pure. PRIVATE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _listen
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._look import in_force
from ansible_collections.pyhost.platform.plugins.module_utils._models import App


def _own(look: Mapping[str, Any]) -> list[str]:
    """What the rules of an app that are in force listen on."""
    return in_force(look.get("conf", {}).get("texts", {}).get("nginx.d/app.conf", ""))


def choose(rows: Mapping[str, dict[str, Any]], host: Mapping[str, Any], looks: Mapping[str, Mapping[str, Any]]) -> None:
    """Apps whose entry names no address (``port_free``) keep the one that they have; the others get one that is free.

    ``rows`` are the apps of the run by name, ``looks`` what was found of each; a new address is said in the notes.
    """
    present = {name: row for name, row in rows.items() if row["app"]["state"] == "present"}
    free = [name for name, row in present.items() if row.get("port_free")]
    fixed = [one for name, row in present.items() if name not in free for one in row["app"]["listen"]]
    have = {name: _own(looks[name]) for name in free}
    for name, address in _listen.chosen(free, have, [*fixed, *host.get("claimed", {})], host["listening"]).items():
        rows[name]["app"]["listen"] = [address]
        rows[name]["notes"] = [] if address in have[name] else [f"{address} {_listen.CHOSEN}"]


def problems(app: App, look: Mapping[str, Any], host: Mapping[str, Any]) -> list[Problem]:
    """An address is the app's own when its rules in force, or its owner's, listen on it; nobody else may have it."""
    own, found = [*_own(look), *look.get("listens", ())], []
    for number, address in enumerate(app.listen):
        other = next((name for one, name in host.get("claimed", {}).items() if _listen.overlap(one, address)), "")
        user = host.get("holders", {}).get(address, "")
        if other:
            text = f'"{address}" is that of the app {other}; choose a free port'
        elif host["taken"].get(address) and address not in own:
            whose = f" (of the user {user})" if user else ""
            text = f'"{address}" is already used by another program on this host{whose}; choose a free port'
        else:
            continue
        found.append(Problem(app.name, f"listen[{number}]", text))
    return found
