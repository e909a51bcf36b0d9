# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an app without web cannot have. Pure. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._shape import Report, Values

OF_WEB = (
    "command",
    "config",
    "domains",
    "entrypoint",
    "error_pages",
    "listen",
    "locations",
    "maintenance",
    "nginx_alias_check",
    "port",
    "requests",
    "size",
    "strategy",
    "tls",
    "workers",
)
"""Keys of ``pyhost_apps`` that mean nothing where nobody asks."""

OF_HEALTH = ("good", "path", "status")


def check(values: Values, report: Report) -> None:
    """``values`` are those of an app with ``server: none``; what contradicts that goes to the report."""
    given = [name for name in OF_WEB if name in values.given]
    given += [f"health.{name}" for name in OF_HEALTH if name in values.get("health", Values()).given]
    for name in given:
        report.add(name, "is of apps that answer requests, and server is none; remove one of the two")
