# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the apps of an account come back when their host boots. Pure. PRIVATE to the collection.

Three ways: a unit of the user's own systemd for each app, which runs while nobody is logged in when the user lingers
(loginctl(1)); one line ``@reboot`` in the user's crontab (crontab(5)), which starts them all; or none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER

WAYS = ("auto", "systemd", "cron", "none")
"""What ``pyhost_boot`` may be; ``auto`` takes the first of the others that the host allows."""

PROGRAM = "pyhost-boot"
"""What the line of the crontab runs."""

WANTED = "default.target.wants"
"""Links to what a user's systemd starts with itself (systemd.special(7)), as ``systemctl --user enable`` makes."""


@dataclass(frozen=True)
class Boot:
    """The ``way`` that is taken, and what people are told of it; ``warning``: they did not ask for it."""

    way: str
    text: str
    warning: bool = False


def decide(wanted: str, look: Mapping[str, str], user: str) -> Boot:
    """The way for an account.

    ``look`` says for ``systemd`` and ``cron`` why the host does not allow it, "" where it does.
    """
    if wanted == "none":
        return Boot("none", "nothing starts at boot, because pyhost_boot is none")
    if not look["systemd"] and wanted != "cron":
        return Boot("systemd", "at boot each app is started by its own unit, pyhost-APP.service of systemctl --user")
    if not look["cron"]:
        return Boot("cron", f"at boot the apps are started by @reboot in the crontab of {user}")
    text = (
        f"nothing starts at boot ({look['systemd']}; {look['cron']}); "
        f'ask whoever runs the host for "loginctl enable-linger {user}" or for cron, and deploy again'
    )
    return Boot("none", text, warning=True)


def refusal(wanted: str, look: Mapping[str, str]) -> str:
    """Why the way that somebody ``wanted`` by name cannot be had, or ""."""
    why = look.get(wanted, "")
    return f'"{wanted}" cannot be had: {why}; write "auto" for what the host allows' if why else ""


def unit_text(cell: Cell) -> str:
    """The user's unit of one app: its supervisord, which systemd restarts when it is killed."""
    return f"""{HEADER}[Unit]
Description=pyhost cell {cell.name}

[Service]
Type=exec
ExecStartPre={cell.tools}/bin/pyhost-agent settle
ExecStart={cell.tools}/bin/supervisord --nodaemon --configuration {cell.path("conf", "supervisord.conf")}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory={cell.inside}
UMask=0027
KillMode=mixed
TimeoutStopSec=90
Restart=on-failure
RestartSec=1

[Install]
WantedBy=default.target
"""


def is_ours(cell: Cell, text: str) -> bool:
    """Whether the text of a unit was made for this cell; a user may have had a unit of that name before."""
    return text.startswith(HEADER) and f"ExecStart={cell.tools}/" in text


def line(root: str) -> str:
    """The line of the crontab for the apps below ``root``."""
    return f"@reboot {root}/tools/bin/{PROGRAM}"


def with_line(text: str, wanted: str) -> str:
    """A crontab with the line ``wanted``; every other byte is as it was."""
    if wanted in text.split("\n"):
        return text
    end = "\n" if text and not text.endswith("\n") else ""
    return f"{text}{end}{wanted}\n"


def without_line(text: str, unwanted: str) -> str:
    """A crontab without the line ``unwanted``; every other byte is as it was."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    return "".join(one for one in lines if one.rstrip("\n") != unwanted)


def unit_todo(cell: Cell, way: str, units: Mapping[str, Mapping[str, Any]]) -> str:
    """Why the unit of a cell that stays has to be written or removed, or ""; ``units`` are those there are, by name."""
    there = units.get(cell.unit, {"text": "", "enabled": False})
    if way == "systemd":
        right = there["text"] == unit_text(cell) and there["enabled"]
        return "" if right else "start at boot" if not there["text"] else "start at boot changed"
    return "start at boot changed" if is_ours(cell, there["text"]) else ""


def todo(cell: Cell, way: str, look: Mapping[str, Any]) -> str:
    """Why something has to be done for a cell that stays to start at boot, or ""; ``look`` is that of the host."""
    text = unit_todo(cell, way, look["units"])
    if not text and way == "systemd" and not look["lingers"]:
        text = "start at boot"
    if not text and (way == "cron") != look["line"]:
        text = "start at boot changed" if look["line"] else "start at boot"
    return text


def foreign(cell: Cell, way: str, units: Mapping[str, Mapping[str, Any]]) -> str:
    """Why the unit of a cell cannot be made, or ""."""
    text = units.get(cell.unit, {"text": ""})["text"]
    if way != "systemd" or not text or is_ours(cell, text):
        return ""
    return (
        f"{cell.unit} in ~/.config/systemd/user was not made for this app; "
        "choose another name, or set pyhost_boot to cron"
    )
