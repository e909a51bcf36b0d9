# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done for an app, and why: its plan compared with what a look found. Pure. PRIVATE."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _processes, _programs
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._digest import value_digests
from ansible_collections.pyhost.platform.plugins.module_utils._entrycheck import unchecked
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import reasons
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._unit import ROOT_FILES, root_texts

RUNNING = ("RUNNING", "STARTING")

PREPARE = "release to prepare"
CHECK = "entry point to check"
MAKES_NOTHING = (PREPARE, CHECK)
"""What a build may have to do without a virtualenv to make."""


def cell_todo(
    app: App, cell: Cell, look: dict[str, Any], guarded: bool = True, quota: int = 0, boot: str = ""
) -> list[str]:
    """Why the cell itself has to be made, changed or removed.

    ``guarded``: the host lets owners into cells alone. ``quota``: kilobytes that the user may have now, 0 for no limit.
    ``boot``: what is to be done for a cell of account scope to start at boot.
    """
    if app.state == "absent":
        return _removal(app, cell, look)
    if cell.scope == "account":
        return ([boot] if boot else []) if look.get("home") else ["new"]
    root = look["root"]
    if not root["user"]:
        return ["new"]
    texts = root_texts(cell, app.limits, root["uid"], app.ssh_keys)
    found = [f"{ROOT_FILES[kind]} changed" for kind, text in texts.items() if root[kind] != text]
    if app.limits.kilobytes != quota:
        found.append("disk quota changed")
    return found if guarded else [*found, "rules for logins changed"]


def _removal(app: App, cell: Cell, look: dict[str, Any]) -> list[str]:
    own = cell.scope == "system" and look["root"]["user"] and not look["root"]["foreign"]
    traces = bool(look.get("current") or look.get("releases") or look.get("supervisord"))
    if cell.scope == "system" and not own:
        return []
    there = (own or look.get("home")) if app.purge else (traces or (own and look["root"]["unit"]))
    return ["purged"] if there and app.purge else ["removed"] if there else []


def virtualenv_reasons(plan: dict[str, Any], look: dict[str, Any]) -> list[str]:
    """Why the virtualenv in force is not the one of the plan; empty when it is."""
    marker = look.get("virtualenv") or {}
    old = marker.get("components") if look.get("current") else None
    if old is None and look.get("current"):
        return ["virtualenv missing or incomplete"]
    found, note = reasons(old, plan["virtualenv"]["components"]), plan["virtualenv"].get("note", "")
    return [*found, note] if found and note else found


def build_todo(plan: dict[str, Any], look: dict[str, Any], prepared: str, checked: Any) -> list[str]:
    """Why the build has something to do; what the release's record says was ``prepared`` and ``checked``."""
    found = []
    if plan["virtualenv"]["fingerprint"] not in look.get("virtualenvs", ()):
        found = virtualenv_reasons(plan, look) or ["virtualenv missing or incomplete"]
    if prepared not in ("any", plan["virtualenv"]["fingerprint"]):
        found.append(PREPARE)
    if not found and unchecked(plan, checked) and not _serves(plan, look):
        found.append(CHECK)
    return found


def _serves(plan: dict[str, Any], look: dict[str, Any]) -> bool:
    """Whether this code serves already, from this virtualenv and by this command line: no import proves more."""
    process, now = plan["launch"]["process"], (look.get("launch") or {}).get("process", {})
    return bool(look.get("current")) and all(now.get(name) == process[name] for name in ("argv", "release"))


def rollout_todo(plan: dict[str, Any], look: dict[str, Any]) -> list[str]:
    """Why the app has to move, or be mended: what runs is compared with what should."""
    launch, old = plan["launch"], look.get("launch") or {}
    if not old:
        return ["first deploy"]
    found = _changes(launch, old)
    if not found and look["current"] != plan["launch_digest"]:
        found.append("settings changed")
    return found + _drift(plan, look)


def _changes(new: dict[str, Any], old: dict[str, Any]) -> list[str]:
    found = []
    process, before = new["process"], old["process"]
    if new["digest"] != old["digest"]:
        found.append("new code")
    elif process["release"] != before["release"]:
        found.append("release prepared anew")
    if new["python"] != old["python"]:
        found.append(f"Python {old['python']} → {new['python']}")
    elif process["virtualenv"] != before["virtualenv"]:
        found.append("virtualenv changed")
    names = environment_changes(process["environment"], before["environment"])
    ours = ("PATH", "VIRTUAL_ENV", "PYTHONPATH")
    if any(name.lstrip("+-~") not in ours for name in names):
        found.append("environment changed")
    if process["server"] != before["server"]:
        found.append(f"server {before['server']} → {process['server']}")
    if not found and new["process_digest"] != old["process_digest"]:
        found.append("command line changed")
    if new["conf"] != old["conf"]:
        found.append("rules changed")
    if _processes.rows(new) != _processes.rows(old):
        found.append("processes changed")
    if new.get("cron", {}) != old.get("cron", {}):
        found.append("schedules changed")
    return found


def environment_changes(new: dict[str, str], old: dict[str, str]) -> list[str]:
    """Names that were added, removed and changed (``+A``, ``-B``, ``~C``); values are never shown.

    ``old`` holds digests of values, as a look gives them; ``new`` the same.
    """
    added = [f"+{name}" for name in sorted(set(new) - set(old))]
    removed = [f"-{name}" for name in sorted(set(old) - set(new))]
    changed = [f"~{name}" for name in sorted(set(new) & set(old)) if new[name] != old[name]]
    return added + removed + changed


def _drift(plan: dict[str, Any], look: dict[str, Any]) -> list[str]:
    if not look["supervisord"]:
        return ["supervisord is not running"]
    found = []
    if look["rolling"]:
        found.append("an interrupted rollout")
    if look["conf"]["digest"] != look["launch"].get("conf"):
        found.append("generated files were edited")
    if not look["links"]:
        found.append("links are missing")
    wanted = look["launch"]["process_digest"]
    programs = look["programs"]
    for name in _programs.wanted(look["launch"]):
        state = programs.get(name, {"state": "missing", "record": {}})
        if state["state"] not in RUNNING:
            found.append(f"{name} is {state['state'].lower()}")
        elif name not in ("nginx", "cron") and state["record"].get("process") != wanted:
            found.append(f"{name} runs something else")
    return found


def owner_notes(look: dict[str, Any]) -> list[str]:
    """What the owner of a cell made or stopped there: told, and left as it is."""
    ours = ("app", "app-next", "nginx", "cron", *_processes.rows(look.get("launch", {})))
    programs = look.get("programs", {})
    stopped = [name for name in sorted(programs) if name not in ours and programs[name]["state"] not in RUNNING]
    own = [*look.get("own", ()), *look.get("aliases", ())]
    return [*own, *(f"program {name} is {programs[name]['state'].lower()}" for name in stopped)]


def configure_todo(plan: dict[str, Any], look: dict[str, Any]) -> list[str]:
    """Why the configuration set has to be written."""
    if look.get("conf", {}).get("digest") == plan["conf_digest"]:
        return []
    return ["files to write"]


def hook_todo(plan: dict[str, Any], look: dict[str, Any]) -> list[str]:
    """Why the release hook is due: the app's processes will be started from something new."""
    old = look.get("launch") or {}
    if not old:
        return ["first deploy"]
    return ["new version"] if old["process_digest"] != plan["launch"]["process_digest"] else []


def with_digests(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan with the environment reduced to digests, as a look gives it, so that both compare."""
    launch = plan["launch"]
    process = {**launch["process"], "environment": value_digests(launch["process"]["environment"])}
    return {**plan, "launch": {**launch, "process": process}}
