# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RabbitMQ: a vhost of its own for each binding, and its logins. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _servicetls
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import (
    Kind,
    Row,
    active,
    ask,
    listens,
    put,
    systemctl,
    wait_for,
)

CONF = Path("/etc/rabbitmq/conf.d/90-pyhost.conf")
ENVIRONMENT = Path("/etc/rabbitmq/rabbitmq-env.conf")
EPMD = Path("/etc/systemd/system/epmd.socket.d/pyhost.conf")
DATA = Path("/var/lib/rabbitmq/mnesia")
GUEST = "guest"
"""The user with a known password and all rights that comes with every new server."""

NODE = """\
NODENAME=rabbit@localhost
SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
"""
"""A new server talks to its own command line on loopback only; one that has data keeps its name."""


class RabbitMQ(Kind):
    program = "/usr/sbin/rabbitmq-server"
    port = 5672
    tls_port = 5671

    def look(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Its command line shows no password, so for logins that exist the record is believed."""
        if not (active("rabbitmq-server") and listens(self.port)) or not CONF.exists():
            return {"running": False, "data": [], "logins": {}}
        with ThreadPoolExecutor() as pool:  # Each takes half a second.
            users, hosts = pool.map(self._listed, ("list_users", "list_vhosts"), ("user", "name"))
        known = {login: secret for row in rows for login, secret in row["logins"].items()}
        return {
            "running": GUEST not in users,
            "data": sorted(row["name"] for row in rows if row["name"] in hosts),
            "logins": {login: secret for login, secret in known.items() if login in users},
        }

    def serve(self, address: str) -> bool:
        text = f"{HEADER}listeners.tcp.local = 127.0.0.1:{self.port}\n"
        if address:
            files = _servicetls.have("rabbitmq", address, "rabbitmq")
            text += (
                f"listeners.ssl.private = {address}:{self.tls_port}\nssl_options.certfile = {files['certificate']}\n"
                f"ssl_options.cacertfile = {files['certificate']}\nssl_options.keyfile = {files['key']}\n"
                "ssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false\n"
            )
        elif CONF.exists() and "listeners.ssl" in CONF.read_text("utf-8"):
            text = CONF.read_text("utf-8")
        changed = put(CONF, text)
        if not any(DATA.glob("rabbit@*")) or NODE in _read(ENVIRONMENT):
            before = _read(ENVIRONMENT)
            changed |= NODE not in before and put(ENVIRONMENT, before + NODE)
            if put(EPMD, f"{HEADER}[Socket]\nListenStream=\nListenStream=127.0.0.1:4369\n"):
                systemctl("daemon-reload")
                systemctl("try-restart", "epmd.socket")
        if changed or not active("rabbitmq-server"):
            systemctl("enable", "rabbitmq-server")
            systemctl("restart", "rabbitmq-server")
            changed = True
        wait_for(self.port)
        if GUEST in self._listed("list_users", "user"):
            self._do("delete_user", GUEST)
            changed = True
        return changed

    def bind(self, rows: Sequence[Row]) -> None:
        logins = [(row["name"], login, secret) for row in rows for login, secret in row["logins"].items()]
        definitions = {
            "vhosts": [{"name": row["name"]} for row in rows],
            "users": [
                {
                    "name": login,
                    "password_hash": secret,
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": [],
                }
                for _name, login, secret in logins
            ],
            "permissions": [
                {"user": login, "vhost": name, "configure": ".*", "write": ".*", "read": ".*"}
                for name, login, _secret in logins
            ],
        }
        # Its command line becomes the user rabbitmq, and hangs on a standard input that it is told to read.
        folder, group = Path("/run/pyhost-rabbitmq"), pwd.getpwnam("rabbitmq").pw_gid
        folder.mkdir(mode=0o750, exist_ok=True)
        os.chown(folder, 0, group)
        path = folder / "definitions.json"
        path.unlink(missing_ok=True)
        try:
            _files.write(path, json.dumps(definitions), mode=0o640)
            os.chown(path, 0, group)
            self._do("import_definitions", str(path))
        finally:
            path.unlink(missing_ok=True)

    def forbid(self, row: Row, logins: Sequence[str]) -> None:
        users = self._listed("list_users", "user")
        for login in logins:
            if login in users:
                self._do("delete_user", login)  # It closes their connections, too.

    def purge(self, row: Row) -> None:
        if row["name"] in self._listed("list_vhosts", "name"):
            self._do("delete_vhost", row["name"])

    def places(self, row: Row) -> dict[str, Any]:
        del row
        return {"port": self.port, "socket": ""}

    def _do(self, *words: str) -> str:
        return ask(["rabbitmqctl", "--quiet", *words])

    def _listed(self, verb: str, column: str) -> list[str]:
        return [row[column] for row in json.loads(self._do(verb, "--formatter=json"))]


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.exists() else ""
