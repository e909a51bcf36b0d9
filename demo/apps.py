# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which apps the demo deploys, and on which ports; both are remembered, so that a second run changes nothing."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

from demo.controller import DEMO, ROOT, DemoError

FIRST_PORT = 8000
MEMORY = DEMO / "apps.json"


def entries(directories: list[Path]) -> list[dict[str, Any]]:
    """The entries of ``pyhost_apps``: the hello example first, then every directory given now or before."""
    known = _remembered()
    wanted: dict[str, dict[str, Any]] = {"hello": _hello()}
    wanted.update({entry["name"]: entry for entry in known.values() if Path(entry["source"]["path"]).is_dir()})
    for directory in directories:
        entry = _own(directory.resolve())
        other = wanted.get(entry["name"])
        if other and other["source"] != entry["source"]:
            raise DemoError(
                f"{directory}: another app of the demo is called {entry['name']} already; rename the directory"
            )
        wanted[entry["name"]] = entry
    taken: set[int] = set()
    for name, entry in wanted.items():
        port = _port(known.get(name), taken)
        taken.add(port)
        entry["listen"] = [f"127.0.0.1:{port}"]
    MEMORY.parent.mkdir(exist_ok=True)
    MEMORY.write_text(json.dumps(wanted, indent=2) + "\n")
    return list(wanted.values())


def _remembered() -> dict[str, dict[str, Any]]:
    try:
        value = json.loads(MEMORY.read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _hello() -> dict[str, Any]:
    return {
        "name": "hello",
        "source": {"path": str(ROOT / "examples" / "hello")},
        "environment": {"GREETING": "Hello from bin/demo"},
        "locations": [{"location": "/static/", "alias": "static/"}],
    }


def _own(directory: Path) -> dict[str, Any]:
    if not directory.is_dir():
        raise DemoError(f"{directory} is not a directory")
    name = re.sub(r"[^a-z0-9]+", "-", directory.name.lower()).strip("-")
    name = (name if name[:1].isalpha() else f"app-{name}")[:31].strip("-")
    return {"name": name, "source": {"path": str(directory)}}


def _port(before: dict[str, Any] | None, taken: set[int]) -> int:
    """The port of the last run while it is ours or free, else the first free one."""
    if before:
        port = int(before["listen"][0].rpartition(":")[2])
        if port not in taken and (_ours(before["name"]) or _free(port)):
            return port
    port = FIRST_PORT
    while port in taken or not _free(port):
        port += 1
    return port


def _ours(name: str) -> bool:
    """Whether the app's own supervisord answers."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(DEMO / "apps" / name / "run" / "supervisor.sock"))
        except OSError:
            return False
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
