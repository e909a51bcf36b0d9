# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``pyhost-enter``: a shell or a command inside a cell, as its user, confined as its app is. PRIVATE to the collection.

Root says which app: ``pyhost-enter ramen [COMMAND …]``. An owner comes through sudo, which says who that is, and gets
the cell of that user, whatever else was said; the command is in ``SSH_ORIGINAL_COMMAND`` (sshd_config(5)).
"""

from __future__ import annotations

import os
import pwd
import shlex
import uuid
from collections.abc import Mapping, Sequence
from typing import NoReturn

from ansible_collections.pyhost.platform.plugins.module_utils._cell import GECOS, Cell, make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._formats import name as name_problem
from ansible_collections.pyhost.platform.plugins.module_utils._hostlook import as_on_host
from ansible_collections.pyhost.platform.plugins.module_utils._unit import confinement, root_paths

COMMAND = "SSH_ORIGINAL_COMMAND"
PASSED_ON = ("TERM", "LANG", COMMAND)


def main(words: Sequence[str]) -> NoReturn:
    if os.geteuid() != 0:
        raise SystemExit("pyhost-enter: needs root; put sudo in front of it")
    name = owned(os.environ)
    environment = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    if not name:
        if not words:
            raise SystemExit("pyhost-enter: name the app: pyhost-enter APP [COMMAND ...]")
        name = words[0]
        environment.pop(COMMAND, None)
        if words[1:]:
            environment[COMMAND] = shlex.join(words[1:])
    cell = found(name)
    terminal = all(os.isatty(stream) for stream in (0, 1, 2))
    line = command_line(cell, list(environment), terminal, uuid.uuid4().hex[:8])
    # A terminal of the owner's keeps its title and its colours.
    quiet = {"SYSTEMD_ADJUST_TERMINAL_TITLE": "0", "SYSTEMD_TINT_BACKGROUND": "0"}
    os.execve("/usr/bin/systemd-run", line, {**environment, **quiet, "PATH": "/usr/bin:/bin"})


def owned(environment: Mapping[str, str]) -> str:
    """The app of the user who came through sudo; "" when that is no user of a cell."""
    number = environment.get("SUDO_UID", "")
    try:
        entry = pwd.getpwuid(int(number))
    except (ValueError, KeyError):
        return ""
    return entry.pw_name if entry.pw_gecos.split(",")[0] == GECOS else ""


def found(name: str) -> Cell:
    """The cell of the app ``name`` on this host."""
    cell = make_cell(name, "system")
    if name_problem(name) or not os.path.exists(root_paths(cell)["unit"]):
        raise SystemExit(f"pyhost-enter: no app named {name!r} is on this host")
    return as_on_host(cell)


def command_line(cell: Cell, names: Sequence[str], terminal: bool, mark: str) -> list[str]:
    """How systemd is told; ``names`` are variables that are passed on, and never seen in a command line."""
    return [
        "systemd-run",
        "--quiet",
        "--wait",
        "--collect",
        "--service-type=exec",
        "--pty" if terminal else "--pipe",
        f"--unit=pyhost-{cell.name}-shell-{mark}",
        *(f"--property={line}" for line in confinement(cell)),
        *(f"--setenv={name}" for name in names),
        "--",
        f"{cell.tools}/bin/pyhost-owner",
    ]
