# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redis: an instance of its own for each binding, with a port, a socket and a memory limit. PRIVATE to the collection.

The app may do all that concerns its data. It can neither configure the server nor make it write files elsewhere. We
change passwords while it runs, as a user of our own whose password root alone can read.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _servicetls
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
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

BASE = Path("/etc/pyhost/redis")
ADMIN = "pyhost"
MAY = (
    "~* &* +@all -@admin -@dangerous +keys +flushdb +flushall +info +sort +sort_ro +swapdb +restore +role "
    "+client|list +client|kill"
)
"""Everything with its own keys; of what Redis calls dangerous, what stays inside of the instance."""

SECONDS = 10


class Redis(Kind):
    program = "/usr/bin/redis-server"

    def look(self, rows: Sequence[Row]) -> dict[str, Any]:
        data, logins = [], {}
        up = running([_unit(row["name"]) for row in rows])
        for row in rows:
            text = _text(_conf(row["name"]))
            if up[_unit(row["name"])] and _shape(row, text) == text:
                data.append(row["name"])
                logins.update(_logins(text))
        return {"running": len(data) == len(rows), "data": data, "logins": logins}

    def serve(self, address: str) -> bool:
        del address
        return False

    def bind(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._bind(row)

    def forbid(self, row: Row, logins: Sequence[str]) -> None:
        left = {name: secret for name, secret in _logins(_text(_conf(row["name"]))).items() if name not in logins}
        if left:
            _write(row, left)
            _tell(row["name"], ["resetpass", *(f"#{secret}" for secret in left.values())], kick=True)
            return
        end(Path("/etc/systemd/system", _unit(row["name"])))
        for path in (_conf(row["name"]), _secret(row["name"])):
            path.unlink(missing_ok=True)

    def purge(self, row: Row) -> None:
        _files.remove(Path("/var/lib/pyhost-redis", row["name"]))

    def places(self, row: Row) -> dict[str, Any]:
        return {"port": 0 if row["remote"] else row["port"], "socket": _socket(row["name"])}

    def _bind(self, row: Row) -> None:
        before = _text(_conf(row["name"]))
        after = _write(row, row["logins"])
        unit = Path("/etc/systemd/system", _unit(row["name"]))
        command = f"{self.program} {_conf(row['name'])} --supervised systemd --daemonize no"
        text = unit_text("Redis", row, command, "redis", "Type=notify\nStateDirectory=pyhost-redis/{name}\n")
        if put(unit, text):
            systemctl("daemon-reload")
            before = ""
        systemctl("enable", unit.name)
        if not active(unit.name) or _settings(before) != _settings(after):
            systemctl("restart", unit.name)
        elif before != after:
            _tell(row["name"], ["resetpass", *(f"#{secret}" for secret in row["logins"].values())])


def _unit(name: str) -> str:
    return f"pyhost-redis-{name}.service"


def _conf(name: str) -> Path:
    return BASE / f"{name}.conf"


def _secret(name: str) -> Path:
    return BASE / f"{name}.admin"


def _socket(name: str) -> str:
    return f"{RUNTIME}-redis/{name}/redis.sock"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _logins(text: str) -> dict[str, str]:
    """Login to verifier, as our comments in the file say."""
    return dict(re.findall(r"^# login (\S+) (\S+)$", text, re.MULTILINE))


def _settings(text: str) -> str:
    """The file without what can be told to a running server."""
    return re.sub(r"^(?:# login|user default) .*\n", "", text, flags=re.MULTILINE)


def _shape(row: Row, text: str) -> str:
    """``text`` as it would be for ``row`` with the logins that are in it; another text has been edited."""
    return _render(row, _logins(text), _text(_secret(row["name"])))


def _write(row: Row, logins: dict[str, str]) -> str:
    BASE.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not _text(_secret(row["name"])):
        _files.write(_secret(row["name"]), secrets.token_hex(24), mode=0o600)
    text = _render(row, logins, _text(_secret(row["name"])))
    _files.write(_conf(row["name"]), text, mode=0o640)
    os.chown(_conf(row["name"]), 0, pwd.getpwnam("redis").pw_gid)
    return text


def _render(row: Row, logins: dict[str, str], admin: str) -> str:
    name = row["name"]
    if row["remote"]:
        files = _servicetls.have("redis", row["address"], "redis")
        listen = f"bind {row['address']}\nport 0\ntls-port {row['port']}\ntls-cert-file {files['certificate']}\n"
        listen += f"tls-key-file {files['key']}\ntls-auth-clients no\n"
    else:
        listen = f"bind 127.0.0.1\nport {row['port']}\n"
    hashes = " ".join(f"#{secret}" for secret in logins.values())
    comments = "".join(f"# login {login} {secret}\n" for login, secret in logins.items())
    return (
        f"{HEADER}{comments}{listen}unixsocket {_socket(name)}\nunixsocketperm 770\ndir /var/lib/pyhost-redis/{name}\n"
        f"appendonly yes\nmaxmemory {row['memory']}mb\nmaxmemory-policy noeviction\nenable-debug-command no\n"
        f"user default on {hashes} {MAY}\n"
        f"user {ADMIN} on #{hashlib.sha256(admin.encode()).hexdigest()} +acl +client +auth +ping\n"
    )


def _tell(name: str, words: list[str], kick: bool = False) -> None:
    """Change the app's user in the running server; with ``kick`` whoever is connected has to log in again."""
    orders = [["AUTH", ADMIN, _text(_secret(name))], ["ACL", "SETUSER", "default", *words]]
    if kick:
        orders.append(["CLIENT", "KILL", "USER", "default"])
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(SECONDS)
        try:
            line.connect(_socket(name))
            stream = line.makefile("rwb")
            for order in orders:
                parts = "".join(f"${len(word)}\r\n{word}\r\n" for word in order)
                stream.write(f"*{len(order)}\r\n{parts}".encode())
                stream.flush()
                said = stream.readline().decode("utf-8", "replace").strip()
                if said.startswith("-"):
                    raise PyhostError(f"Redis of {name} refuses {order[0]}: {said[1:]}")
        except OSError as error:
            raise PyhostError(f"Redis of {name} does not answer: {error}") from error
