# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of root's files that keep the host's nginx going: it comes back, and its logs have an end. Pure. PRIVATE."""

from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils._front import DIRECTORY, LOGS, OF_LOG
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER

TIMER = "pyhost-logs.timer"

DESCRIPTORS = 65536

RETURNS = f"""{HEADER}[Service]
Restart=on-failure
RestartSec=1
LimitNOFILE={DESCRIPTORS}
"""
"""Debian's unit of nginx stays down when its master is killed, and may open 1024 files."""

ROTATION = f"""{HEADER}{LOGS}/{OF_LOG}*.log {{
    daily
    maxsize 50M
    rotate 14
    maxage 14
    notifempty
    compress
    delaycompress
    missingok
    create 0640 www-data adm
    sharedscripts
    postrotate
        [ ! -f /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"
    endscript
}}
"""
"""Debian turns nginx's logs over once a day, whatever they have grown to by then (logrotate(8)); two weeks stay."""

SERVICE = f"""{HEADER}[Unit]
Description=Logs of apps are turned over when they are large

[Service]
Type=oneshot
ExecStart=/usr/sbin/logrotate --state /var/lib/logrotate/pyhost.status {DIRECTORY}/logrotate.conf
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
"""

EVERY = f"""{HEADER}[Unit]
Description=Logs of apps are looked at every five minutes

[Timer]
OnBootSec=5min
OnUnitActiveSec=5min

[Install]
WantedBy=timers.target
"""

CONF = "/etc/nginx/nginx.conf"
CONNECTIONS = 8192
_CONNECTIONS = re.compile(r"^([ \t]*worker_connections[ \t]+)([0-9]+)([ \t]*;)", re.MULTILINE)


def roomy(text: str) -> str:
    """nginx's own file with room for `CONNECTIONS` of each worker, if it has less.

    Debian's 768 are used up by a few hundred slow clients of one app, and all others are away, then.
    """
    return _CONNECTIONS.sub(lambda found: f"{found[1]}{max(int(found[2]), CONNECTIONS)}{found[3]}", text)


FILES = {
    "/etc/systemd/system/nginx.service.d/pyhost.conf": RETURNS,
    "/etc/systemd/system/pyhost-logs.service": SERVICE,
    f"/etc/systemd/system/{TIMER}": EVERY,
    f"{DIRECTORY}/logrotate.conf": ROTATION,
}
"""Path to text."""
