# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On which host of a play the release hook of an app runs, and what that means for the others. Pure. PRIVATE.

Every host decides for itself, from the states that the hosts of the run left on the controller, and all come to the
same: under Ansible's strategy linear every host has been resolved before the first one comes to its hooks, and
every hook has ended before the first host rolls out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _todo
from ansible_collections.pyhost.platform.plugins.module_utils._moments import START
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state


def due(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The apps of a host that have a release hook and will get a new version here."""
    return [
        row
        for row in _state.working(state)
        if row.get("plan") and row["app"]["hooks"]["release"] and _todo.hook_todo(row["plan"], row["look"])
    ]


def starting(plan: Mapping[str, Any]) -> list[str]:
    """The names of the steps that run each time before a new version starts."""
    return [one["name"] for one in plan["steps"] if one["when"] == START]


def stepping(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The apps of a host that have such steps and will get a new version; they run on every host."""
    rows = [row for row in _state.working(state) if row.get("plan") and starting(row["plan"])]
    return [row for row in rows if _todo.hook_todo(row["plan"], row["look"])]


def hook_host(app: str, digest: str, hosts: Sequence[str], states: Mapping[str, dict[str, Any]]) -> str:
    """The host whose release hook counts for every host that brings the code ``digest`` to ``app``.

    That is the host that has run it already, in an earlier batch of the play; else the first of ``hosts`` that is
    to have the app with its hook. A host without a state was lost before the run began to know its apps.
    """
    rows = {host: states[host]["apps"].get(app) for host in hosts if host in states}
    having = [host for host, row in rows.items() if row and _has_hook(row["app"])]
    tried = [host for host in having if "hook" in rows[host]["stages"] and rows[host]["plan"]["digest"] == digest]
    return (tried or having)[0]


def _has_hook(app: dict[str, Any]) -> bool:
    return app["state"] == "present" and bool(app["hooks"]["release"])


def objection(app: str, digest: str, host: str, state: dict[str, Any]) -> str:
    """Why an app must not move to the code ``digest``: what became of its hook on ``host``; "" when it may.

    ``state`` is that of ``host``.
    """
    row = state["apps"][app]
    if row.get("plan") and row["plan"]["digest"] != digest:
        return (
            f"the release hook ran for no code like this: {host} has other code of this app; run again, "
            "or deploy hosts with code of their own in runs of their own"
        )
    if "hook" in row["stages"]:
        return "" if row["stages"]["hook"].get("ok") else f"the release hook failed on {host}"
    if row["todo"].get("hook") == []:  # what runs there already is this version, and its hook ran with it
        return ""
    if row["failed"]:
        return f"the release hook did not run on {host}, where the app failed at {row['failed']['stage']}"
    return (
        f"the release hook did not come to its end on {host}, which left the run; mend that host, "
        f"or leave it out with --limit 'all:!{host}'"
    )
