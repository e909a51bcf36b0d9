# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The section ``config`` of a service in dotcloud.yml. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Callable

import yaml
from ansible_collections.pyhost.platform.plugins.module_utils._schema import CONFIG, Key
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_NEWRELIC = Key("enable_newrelic", "bool", "", "true")
_KEYS = {key.name: key for key in (*CONFIG, _NEWRELIC)}
_VERSION = re.compile(r"v?([23]\.[0-9]{1,2})")

Add = Callable[[str, yaml.Node], None]


def read(given: Mapping[str, yaml.Node], add: Add) -> dict[str, Any]:
    """What the section says, without the keys that nobody knows; ``add`` takes a problem and where it is."""
    found: dict[str, Any] = {}
    for name, node in given.items():
        if name != "python_version" and name not in _KEYS:
            continue
        text = node.value.strip() if isinstance(node, yaml.ScalarNode) else None
        value = _version(text) if name == "python_version" else _value(text, _KEYS[name])
        if value is None:
            add(_wrong(name, text), node)
        else:
            found[name] = value
    return found


def _version(text: str | None) -> str | None:
    match = _VERSION.fullmatch(text or "")
    return match[1] if match else None


def _value(text: str | None, key: Key) -> bool | int | None:
    if text is None:
        return None
    if key.type == "bool":
        return _BOOLEANS.get(text.lower())
    if not re.fullmatch("[0-9]{1,9}", text) or not key.least <= int(text) <= key.most:
        return None
    return int(text)


def _wrong(name: str, text: str | None) -> str:
    said = "this" if text is None else shown(text)
    if name == "python_version":
        return f"Unrecognized python_version {said}; write for example v2.7 or v3.11"
    key = _KEYS[name]
    if key.type == "bool":
        return f"{name}: {said} is neither true nor false"
    return f"{name}: {said} is no whole number from {key.least} to {key.most}"
