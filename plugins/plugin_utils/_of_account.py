# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host cannot have of an app in account scope. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _boot, _webroot
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._models import App


def problems(state: Mapping[str, Any], app: App, cell: Cell, look: Mapping[str, Any]) -> list[Problem]:
    """A unit is nobody else's, a web root leads to one app, and what their owner has there stays."""
    boot = state["host"].get("boot")
    foreign = _boot.foreign(cell, state["boot"]["way"], boot["units"]) if boot else ""
    texts = (("name", foreign), ("front.web_root", _web_root(state, app, cell, look)))
    return [Problem(app.name, key, text) for key, text in texts if text]


def _web_root(state: Mapping[str, Any], app: App, cell: Cell, look: Mapping[str, Any]) -> str:
    directory = app.front.web_root
    if not directory:
        return ""
    place = look["web_root"]["place"]
    looks = {name: state["apps"][name].get("look", {}).get("web_root", {}) for name in state["order"]}
    first = next((name for name, one in looks.items() if one.get("place") == place), app.name)
    if first != app.name:
        return f"{directory} leads to the app {first}; write another directory, such as one below it"
    return _webroot.objection(cell, directory, look["web_root"]["there"])
