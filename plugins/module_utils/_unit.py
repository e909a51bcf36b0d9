# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the systemd files of one cell. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.pyhost.platform.plugins.module_utils import _network
from ansible_collections.pyhost.platform.plugins.module_utils._access import KEYS, keys_text
from ansible_collections.pyhost.platform.plugins.module_utils._cell import VIEWS, WHOLE, Cell
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
from ansible_collections.pyhost.platform.plugins.module_utils._models import Limits

SEALED = (
    "UMask=0027",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectSystem=strict",
    "ProtectHome=tmpfs",
    "ProtectProc=invisible",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "RestrictSUIDSGID=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "KeyringMode=private",
    "LimitCORE=0",
    "InaccessiblePaths=-/run/dbus",
)
"""What foreign code runs under, whoever it runs as: it sees no home but its own and changes nothing of the host's."""

NOBODYS = (
    *SEALED,
    "DynamicUser=yes",
    "TemporaryFileSystem=/srv:ro",
    "InaccessiblePaths=-/run/pyhost",
    "WorkingDirectory=/tmp",
    "Environment=HOME=/tmp",
    "MemoryMax=2G",
    "TasksMax=256",
    "CPUWeight=50",
    "LimitFSIZE=1G",
)
"""What works for no app runs under: a user who owns nothing, and who is gone when it ends."""


def confinement(cell: Cell, coming: bool = False) -> tuple[str, ...]:
    """Properties of everything that runs in the cell: its unit, its builds and its rollouts.

    All of it is in one slice, which has the limits of the app. The home is bound over ``/srv``; the app named
    ``app`` lives in ``/srv`` itself. ``coming``: a version that does not serve yet is being prepared.
    """
    lines = [
        f"Slice={cell.slice}",
        f"User={cell.user}",
        f"Group={cell.user}",
        *SEALED,
        f"WorkingDirectory={cell.inside}",
        f"Environment=HOME={cell.inside}",
        f"ReadWritePaths=-/run/pyhost/{cell.name}",
    ]
    if cell.home == cell.inside:
        lines.append(f"ReadWritePaths={cell.inside}")
    else:
        lines.append(f"BindPaths={cell.home}:{cell.inside}")
    for what, where in cell.views:
        kind = "BindReadOnlyPaths" if what.startswith("/") else "BindPaths"
        lines.append(f"{kind}={cell.view(what, coming)}:{where}")
    if cell.private:
        # A resolver on the host's loopback cannot be reached; systemd-resolved says which ones it asks.
        resolvers = "BindReadOnlyPaths=-/run/systemd/resolve/resolv.conf:/etc/resolv.conf"
        lines += [f"NetworkNamespacePath=/run/netns/{cell.namespace}", resolvers]
    return tuple(lines)


def views_in(cell: Cell, text: str) -> tuple[tuple[str, str], ...]:
    """The views of ``cell`` that the text of its unit names; `confinement` the other way round."""
    own = f"{VIEWS}/{cell.name}/"
    pairs = re.findall(r"^Bind(?:ReadOnly)?Paths=([^:\n-][^:\n]*):(.+)$", text, re.MULTILINE)
    named = [(what[len(own) :] if what.startswith(own) else what, where) for what, where in pairs]
    whole = [(WHOLE, where) for what, where in named if what == cell.home and where != cell.inside]
    return (*((what, where) for what, where in named if what != cell.home), *whole)


def slice_text(cell: Cell, limits: Limits) -> str:
    """The slice of the cell: limits of the app as a whole, whatever runs for it."""
    given = (("MemoryMax", limits.memory), ("CPUQuota", limits.cpu), ("TasksMax", limits.tasks))
    lines = "".join(f"{key}={value}\n" for key, value in given if value)
    return f"{HEADER}[Unit]\nDescription=pyhost limits of {cell.name}\n\n[Slice]\n{lines}"


def unit_text(cell: Cell) -> str:
    """The cell's unit: one supervisord, which runs the app and the cell's nginx."""
    body = "\n".join(confinement(cell))
    network = f"BindsTo={cell.network_unit}\nAfter={cell.network_unit}\n" if cell.private else ""
    return f"""{HEADER}[Unit]
Description=pyhost cell {cell.name}
After=network-online.target
Wants=network-online.target
{network}
[Service]
Type=exec
ExecStartPre={cell.tools}/bin/pyhost-agent settle
ExecStart={cell.tools}/bin/supervisord --nodaemon --configuration {cell.path("conf", "supervisord.conf")}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
TimeoutStopSec=90
Restart=on-failure
RestartSec=1
{body}

[Install]
WantedBy=multi-user.target
"""


def tmpfiles_text(cell: Cell) -> str:
    """The directory of the front's socket: the cell may write it, the front may enter it."""
    return f"{HEADER}d /run/pyhost/{cell.name} 2750 {cell.user} www-data -\n"


ROOT_FILES = {
    "slice": "limits",
    "network": "network",
    "unit": "unit",
    "tmpfiles": "directory of the front's socket",
    "keys": "ssh keys",
}
"""Root's own files of a cell by kind, and what each is for."""


def root_paths(cell: Cell) -> dict[str, str]:
    """Where root's own files of a cell are, by kind."""
    return {
        "slice": f"/etc/systemd/system/{cell.slice}",
        "network": f"/etc/systemd/system/{cell.network_unit}",
        "unit": f"/etc/systemd/system/{cell.unit}",
        "tmpfiles": f"/etc/tmpfiles.d/pyhost-{cell.name}.conf",
        "keys": f"{KEYS}/{cell.name}",
    }


def root_texts(cell: Cell, limits: Limits, uid: int | None, keys: Sequence[str] = ()) -> dict[str, str]:
    """What is in them, by kind, "" where there is none; ``uid`` is the user's number, None before there is one."""
    return {
        "slice": slice_text(cell, limits),
        "network": _network.unit_text(cell, uid) if cell.private else "",
        "unit": unit_text(cell),
        "tmpfiles": tmpfiles_text(cell),
        "keys": keys_text(keys),
    }
