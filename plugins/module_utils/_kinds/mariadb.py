# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MariaDB: a database of its own for each binding, and its logins. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _servicetls
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import Kind, Row, active, ask, put, systemctl

CONF = Path("/etc/mysql/mariadb.conf.d/90-pyhost.cnf")
SOCKET = "/run/mysqld/mysqld.sock"
HERE = ("localhost", "127.0.0.1")
ELSEWHERE = "%"


class MariaDB(Kind):
    program = "/usr/sbin/mariadbd"
    port = 3306

    def look(self, rows: Sequence[Row]) -> dict[str, Any]:
        if not active("mariadb"):
            return {"running": False, "data": [], "logins": {}}
        text = self._sql(
            "SELECT 'data', schema_name, '', '' FROM information_schema.schemata UNION ALL "
            "SELECT 'login', user, authentication_string, host FROM mysql.user;"
        )
        found = [line.split("\t") for line in text.splitlines()]
        names = {row["name"] for row in rows}
        there: dict[str, dict[str, str]] = {}
        for kind, user, secret, host in found:
            if kind == "login":
                there.setdefault(user, {})[host] = secret
        logins = {}
        for row in rows:
            for login in row["logins"]:
                secrets = {there.get(login, {}).get(host, "") for host in _hosts(row)}
                if len(secrets) == 1:
                    logins[login] = secrets.pop()
        data = sorted(name for kind, name, *_rest in found if kind == "data" and name in names)
        return {"running": True, "data": data, "logins": logins}

    def serve(self, address: str) -> bool:
        changed = False
        if address:
            files = _servicetls.have("mariadb", address, "mysql")
            text = f"{HEADER}[mariadbd]\nbind-address = 127.0.0.1,{address}\n"
            text += f"ssl-cert = {files['certificate']}\nssl-key = {files['key']}\nssl-ca = {files['certificate']}\n"
            changed = put(CONF, text)
        if changed or not active("mariadb"):
            systemctl("enable", "mariadb")
            systemctl("restart", "mariadb")
            changed = True
        return changed

    def bind(self, rows: Sequence[Row]) -> None:
        self._sql("".join(_bind(row) for row in rows))

    def forbid(self, row: Row, logins: Sequence[str]) -> None:
        users = [_user(login, host) for login in logins for host in (*HERE, ELSEWHERE)]
        self._sql("".join(f"DROP USER IF EXISTS {user};\n" for user in users))
        for login in logins:
            running = self._sql(f"SELECT id FROM information_schema.processlist WHERE user = '{_plain(login)}';")
            self._sql("".join(f"KILL {int(one)};\n" for one in running.split()), force=True)

    def purge(self, row: Row) -> None:
        self._sql(f"DROP DATABASE IF EXISTS `{_plain(row['name'])}`;\n")

    def places(self, row: Row) -> dict[str, Any]:
        del row
        return {"port": self.port, "socket": SOCKET}

    def _sql(self, text: str, force: bool = False) -> str:
        # root is known by its socket (unix_socket); no file of settings has a say.
        words = ["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--protocol=socket"]
        return ask([*words, f"--socket={SOCKET}", "--user=root", *(["--force"] if force else [])], text)


def _hosts(row: Row) -> tuple[str, ...]:
    return (*HERE, ELSEWHERE) if row["remote"] else HERE


def _bind(row: Row) -> str:
    """What makes one binding; every statement may have been run before.

    ``_`` and ``%`` stand for other characters in the name of a database that is granted.
    """
    name = _plain(row["name"])
    pattern = name.replace("_", "\\_").replace("%", "\\%")
    text = f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4;\n"
    for login, secret in row["logins"].items():
        for host in _hosts(row):
            user = _user(login, host)
            how = f"IDENTIFIED BY PASSWORD '{_plain(secret)}' REQUIRE {'SSL' if host == ELSEWHERE else 'NONE'}"
            text += f"CREATE USER IF NOT EXISTS {user} {how};\nALTER USER {user} {how};\n"
            text += f"GRANT ALL PRIVILEGES ON `{pattern}`.* TO {user};\n"
    return text


def _user(login: str, host: str) -> str:
    return f"'{_plain(login)}'@'{host}'"


def _plain(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.*-]+", text):
        raise PyhostError(f"{text!r} cannot be written in SQL")
    return text
