# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the Supervisor files of one cell. Pure. PRIVATE to the collection.

No value of an app is written here: commands are the start wrapper and a program name, so ``%``, quotes
and newlines of an environment never meet Supervisor's parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._generated import NOTE

HEADER = f"; {NOTE}"

STOP_MARGIN = 5
"""Seconds that Supervisor waits longer than the server itself before it kills."""

NGINX_DRAIN = 30
"""Seconds that nginx has to finish; not the app's ``drain``, a change of which would restart nginx."""


CRON_DRAIN = 15
"""Seconds that scheduled runs have to end when their scheduler is stopped, a killed one included."""

MEMORY = "PYHOST_MEMORY"
"""How supervisord knows the bytes that a program may take; the program itself never sees it."""


def daemon_conf(cell: Cell) -> str:
    """The daemon itself: its socket, its log, and where programs are declared."""
    socket, here = cell.path("run", "supervisor.sock"), cell.path
    return f"""{HEADER}[unix_http_server]
file={socket}
chmod=0700

[supervisord]
logfile={here("logs", "supervisord.log")}
logfile_maxbytes=2MB
logfile_backups=5
pidfile={here("run", "supervisord.pid")}
childlogdir={here("logs")}
directory={cell.inside}
identifier={cell.name}
umask=027

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[rpcinterface:logs]
supervisor.rpcinterface_factory=pyhost_supervisor:rotation
home={cell.inside}

[rpcinterface:memory]
supervisor.rpcinterface_factory=pyhost_supervisor:memory
run={here("run")}

[supervisorctl]
serverurl=unix://{socket}

[include]
files={" ".join(here(place, "supervisor.d", "*.conf") for place in ("conf", "run", "current"))}
"""


def program_conf(cell: Cell, program: str, wait: int, log: str, stop: str = "TERM", memory: int = 0) -> str:
    """One program, run by the start wrapper; ``log`` is a file name below ``logs``.

    ``stop`` is the signal that ends it after its running requests (for nginx that is QUIT, nginx(8)), ``wait`` the
    seconds after which it is killed, ``memory`` the bytes that it may take, 0 for no limit.
    """
    limit = f'environment={MEMORY}="{memory}"\n' if memory else ""
    return f"""[program:{program}]
command={cell.tools}/bin/pyhost-start {program}
directory={cell.inside}
autostart=true
autorestart=true
startsecs=1
startretries=10
stopsignal={stop}
stopwaitsecs={wait}
killasgroup=true
redirect_stderr=true
stdout_logfile={cell.path("logs", log)}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=5
{limit}"""


def programs_conf(
    cell: Cell, drain: int, processes: Mapping[str, Mapping[str, Any]], web: bool = True, cron: bool = False
) -> str:
    """The programs at rest: ``app`` and ``nginx``, where there is web, the app's own processes (`programs`), and the
    scheduler where there is ``cron``.
    """
    blocks = []
    if web:
        blocks.append(program_conf(cell, "app", drain + STOP_MARGIN, "app.log"))
        blocks.append(program_conf(cell, "nginx", NGINX_DRAIN + STOP_MARGIN, "nginx.log", "QUIT"))
    blocks += _processes(cell, processes)
    if cron:
        blocks.append(program_conf(cell, "cron", CRON_DRAIN, "cron.log"))
    return HEADER + "\n".join(blocks)


def processes_conf(cell: Cell, processes: Mapping[str, Mapping[str, Any]]) -> str:
    """The app's own processes alone."""
    return HEADER + "\n".join(_processes(cell, processes))


def _processes(cell: Cell, processes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        program_conf(cell, name, row["stop_wait"], f"{name}.log", row["stop_signal"], row["memory"])
        for name, row in processes.items()
    ]
