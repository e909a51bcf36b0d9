# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of services of which every binding has a server of its own. Pure. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import Row

RUNTIME = "/run/pyhost"
"""Where the sockets are begins with this."""


def unit_text(what: str, row: Row, command: str, user: str, more: str) -> str:
    """One instance: the app's user comes to its socket by its group, and nobody else does."""
    name, low = row["name"], what.lower()
    groups = f"SupplementaryGroups={user}\n" if row["user"] else ""
    return f"""{HEADER}[Unit]
Description=pyhost {what} of {name}
After=network.target

[Service]
ExecStart={command}
User={user}
Group={row["user"] or user}
{groups}{more.format(name=name)}StateDirectoryMode=0700
RuntimeDirectory=pyhost-{low}/{name}
RuntimeDirectoryMode=0750
UMask=0007
Restart=always
RestartSec=1
NoNewPrivileges=yes
CapabilityBoundingSet=
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictSUIDSGID=yes
LockPersonality=yes
LimitNOFILE=65535

[Install]
WantedBy=multi-user.target
"""
