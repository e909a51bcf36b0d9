# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a droplet is told of its app: VCAP_APPLICATION and its companions. Pure. PRIVATE to the collection.

The names are those of AppFog's DEA; what only an instance knows, such as its port, `_droplet` adds when it starts.
"""

from __future__ import annotations

import hashlib
import json

from ansible_collections.pyhost.platform.plugins.module_utils._models import App

HOST = "127.0.0.1"
"""Where instances listen: only nginx of the host asks them."""

FILES = 256
"""Open files of an instance, and ..."""

DISK = 2 << 30
"""… bytes of disk, if the app has no limit of its own."""


def environment(app: App, memory: int) -> dict[str, str]:
    """The variables of all instances; ``memory`` in bytes is that of an app without a limit."""
    return {"VCAP_APP_HOST": HOST, "VCAP_APPLICATION": json.dumps(application(app, memory), sort_keys=True)}


def application(app: App, memory: int) -> dict[str, object]:
    """VCAP_APPLICATION of the first instance."""
    limits = {
        "fds": FILES,
        "mem": _bytes(app.limits.memory) or memory,
        "disk": app.limits.kilobytes * 1024 or DISK,
    }
    return {
        "instance_id": hashlib.sha256(app.name.encode()).hexdigest()[:32],
        "instance_index": 0,
        "name": app.name,
        "uris": list(app.domains),
        "users": [],
        "version": "",
        "runtime": "python" if not app.python else f"python{app.python.partition('.')[0]}",
        "limits": limits,
        "host": HOST,
    }


def _bytes(amount: str) -> int:
    """Bytes of an amount as systemd writes it; 0 for none."""
    number, unit = (amount[:-1], amount[-1]) if amount[-1:].isalpha() else (amount or "0", "")
    return int(number) << 10 * ("", *"KMGT").index(unit)
