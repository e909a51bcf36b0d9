# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of an app as programs of its cell. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._models import WEBLESS, Process, amount


def programs(processes: Mapping[str, Process]) -> dict[str, dict[str, Any]]:
    """The programs by name, as a launch has them: one of the process's own name, or for a ``count`` above 1
    ``worker_00``, ``worker_01`` …

    Each says its ``command``, ``stop_signal``, ``stop_wait`` (seconds) and ``memory`` (bytes, 0 for no limit).
    """
    return {
        name: {
            "command": one.command,
            "stop_signal": one.stop_signal,
            "stop_wait": one.stop_wait,
            "memory": amount(one.memory),
        }
        for process, one in processes.items()
        for name in instances(process, one.count)
    }


def instances(name: str, count: int) -> list[str]:
    """The names of the programs of a process."""
    return [name] if count == 1 else [f"{name}_{number:02}" for number in range(count)]


def rows(launch: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The `programs` of a launch file, whoever wrote it: older ones say a command alone, with the app's drain."""
    found = {}
    for name, row in launch.get("processes", {}).items():
        row = row if isinstance(row, dict) else {"command": row}
        drain = launch.get("drain")
        found[str(name)] = {
            "command": str(row.get("command", "")),
            "stop_signal": str(row.get("stop_signal", "TERM")),
            "stop_wait": _number(row.get("stop_wait", drain), 0),
            "memory": _number(row.get("memory"), 0),
        }
    return found


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default


def webless(launch: Mapping[str, Any]) -> bool:
    """Whether a launch is of an app without web."""
    return bool(launch.get("process", {}).get("server") == WEBLESS)
