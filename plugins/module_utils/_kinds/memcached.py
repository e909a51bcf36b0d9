# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""memcached: an instance of its own for each binding, on a socket that the app's user alone can reach. PRIVATE."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import (
    Kind,
    Row,
    active,
    end,
    put,
    running,
    systemctl,
)
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._instance import RUNTIME, unit_text

USER = "memcache"


class Memcached(Kind):
    program = "/usr/bin/memcached"

    def look(self, rows: Sequence[Row]) -> dict[str, Any]:
        up = running([_unit(row["name"]) for row in rows])
        data = [row["name"] for row in rows if up[_unit(row["name"])] and _there(row)]
        logins = {login: "" for row in rows if row["name"] in data for login in row["logins"]}
        return {"running": len(data) == len(rows), "data": data, "logins": logins}

    def serve(self, address: str) -> bool:
        del address
        return False

    def bind(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if put(_path(row["name"]), _text(row)):
                systemctl("daemon-reload")
                systemctl("enable", _unit(row["name"]))
                systemctl("restart", _unit(row["name"]))
            elif not active(_unit(row["name"])):
                systemctl("enable", "--now", _unit(row["name"]))

    def forbid(self, row: Row, logins: Sequence[str]) -> None:
        if set(row["logins"]) - set(logins):
            return
        end(_path(row["name"]))

    def purge(self, row: Row) -> None:
        """What it kept was in memory, and has gone with the instance."""

    def places(self, row: Row) -> dict[str, Any]:
        return {"port": 0, "socket": _socket(row["name"])}


def _unit(name: str) -> str:
    return f"pyhost-memcached-{name}.service"


def _path(name: str) -> Path:
    return Path("/etc/systemd/system", _unit(name))


def _socket(name: str) -> str:
    return f"{RUNTIME}-memcached/{name}/memcached.sock"


def _text(row: Row) -> str:
    command = f"{Memcached.program} -s {_socket(row['name'])} -a 0770 -m {row['memory']}"
    return unit_text("memcached", row, command, USER, "")


def _there(row: Row) -> bool:
    try:
        return _path(row["name"]).read_text("utf-8") == _text(row)
    except OSError:
        return False
