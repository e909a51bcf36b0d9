# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL: a database of its own for each binding, whose owner cannot log in. PRIVATE to the collection.

Logins are members of that owner and of ``pyhost``. ``pg_hba.conf`` lets members of ``pyhost`` into the one database
that has the name of a role they are members of, and nowhere else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _servicetls
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import Kind, Row, ask, put, systemctl

GROUP = "pyhost"
SOCKETS = "/var/run/postgresql"
BEGIN, END = "# BEGIN pyhost", "# END pyhost"
HBA = f"""\
{BEGIN}
local    samerole  +{GROUP}                scram-sha-256
host     samerole  +{GROUP}  127.0.0.1/32  scram-sha-256
host     samerole  +{GROUP}  ::1/128       scram-sha-256
hostssl  samerole  +{GROUP}  all           scram-sha-256
local    all       +{GROUP}                reject
host     all       +{GROUP}  all           reject
{END}
"""
"""Our part of pg_hba.conf, before everything else: the first line that fits decides."""


class PostgreSQL(Kind):
    program = "/usr/bin/pg_lsclusters"
    port = 5432

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def look(self, rows: Sequence[Row]) -> dict[str, Any]:
        if not self._cluster()["online"]:
            return {"running": False, "data": [], "logins": {}}
        text = self._sql(
            "SELECT 'data', datname, '' FROM pg_database UNION ALL SELECT 'login', rolname, rolpassword FROM pg_authid "
            f"WHERE rolcanlogin AND pg_has_role(oid, to_regrole('{GROUP}')::oid, 'member') AND NOT rolsuper;"
        )
        found = [line.split("|", 2) for line in text.splitlines()]
        names = {row["name"] for row in rows}
        logins = {name: secret for kind, name, secret in found if kind == "login"}
        ready = self._hba().startswith(HBA)
        data = sorted(name for kind, name, _none in found if kind == "data" and name in names)
        return {"running": ready, "data": data, "logins": logins}

    def serve(self, address: str) -> bool:
        cluster = self._cluster()
        folder = Path("/etc/postgresql", cluster["version"], "main")
        changed = False
        if address:
            files = _servicetls.have("postgresql", address, "postgres")
            text = (
                f"{HEADER}listen_addresses = 'localhost,{address}'\nssl = on\n"
                f"ssl_cert_file = '{files['certificate']}'\nssl_key_file = '{files['key']}'\n"
            )
            changed = put(folder / "conf.d" / "pyhost.conf", text)
        if changed or not cluster["online"]:
            systemctl("enable", f"postgresql@{cluster['version']}-main")
            systemctl("restart", f"postgresql@{cluster['version']}-main")
            self._known = {}
        self._sql(
            f"SELECT 'CREATE ROLE {GROUP} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{GROUP}')"
            "\n\\gexec\n"
        )
        before = self._hba()
        if not before.startswith(HBA):
            rest = re.sub(rf"(?ms)^{BEGIN}$.*?^{END}$\n", "", before)
            _keep_owner(folder / "pg_hba.conf", HBA + rest)
            self._sql("SELECT pg_reload_conf();")
            changed = True
        return changed

    def bind(self, rows: Sequence[Row]) -> None:
        self._sql("".join(_bind(row) for row in rows))

    def forbid(self, row: Row, logins: Sequence[str]) -> None:
        for login in logins:
            self._sql(
                f"SELECT 'ALTER ROLE {_name(login)} NOLOGIN' WHERE {_exists(login)}\n\\gexec\n"
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {_text(login)};\n"
            )
            # What the login made without the role of the binding belongs to the binding, too.
            leave = (
                f"SELECT 'REASSIGN OWNED BY {_name(login)} TO {_name(row['name'])}' WHERE {_exists(login)}\n\\gexec\n"
                f"SELECT 'DROP OWNED BY {_name(login)}' WHERE {_exists(login)}\n\\gexec\n"
            )
            if row["name"] in self.look([row])["data"]:
                self._sql(leave, row["name"])
            self._sql(f"DROP ROLE IF EXISTS {_name(login)};\n")

    def purge(self, row: Row) -> None:
        name = _name(row["name"])
        self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\nDROP ROLE IF EXISTS {name};\n")

    def places(self, row: Row) -> dict[str, Any]:
        del row
        return {"port": int(self._cluster()["port"]), "socket": SOCKETS}

    def _cluster(self) -> dict[str, Any]:
        """The newest cluster called ``main``; asking takes 60 ms, and only `serve` changes what it says."""
        if not self._known:
            self._known = self._found()
        return self._known

    def _found(self) -> dict[str, Any]:
        for line in reversed(ask([self.program, "--no-header"]).splitlines()):
            version, name, port, state = line.split()[:4]
            if name == "main":
                return {"version": version, "port": port, "online": state.startswith("online")}
        raise PyhostError('PostgreSQL has no cluster "main" here; make one with pg_createcluster VERSION main --start')

    def _hba(self) -> str:
        return Path("/etc/postgresql", self._cluster()["version"], "main", "pg_hba.conf").read_text("utf-8")

    def _sql(self, text: str, database: str = "postgres") -> str:
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-p", self._cluster()["port"]]
        return ask([*words, "-d", database, "-f", "-"], text, "postgres")


def _keep_owner(path: Path, text: str) -> None:
    """pg_hba.conf is PostgreSQL's; it is replaced as a whole, with owner and mode as they were."""
    old = path.stat()
    stage = path.with_name(f".pyhost-{path.name}")
    stage.write_text(text, encoding="utf-8")
    os.chown(stage, old.st_uid, old.st_gid)
    stage.chmod(old.st_mode & 0o777)
    os.replace(stage, path)


def _bind(row: Row) -> str:
    """What makes one binding; every statement may have been run before."""
    owner = row["name"]
    text = (
        f"SELECT 'CREATE ROLE {_name(owner)} NOLOGIN' WHERE NOT {_exists(owner)}\n\\gexec\n"
        f"ALTER ROLE {_name(owner)} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;\n"
        f"SELECT $p$CREATE DATABASE {_name(owner)} OWNER {_name(owner)} TEMPLATE template0 ENCODING 'UTF8' "
        f"LOCALE 'C.UTF-8'$p$ WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {_text(owner)})\n\\gexec\n"
        f"REVOKE ALL ON DATABASE {_name(owner)} FROM PUBLIC;\n"
    )
    for login, secret in row["logins"].items():
        text += (
            f"SELECT 'CREATE ROLE {_name(login)} NOLOGIN' WHERE NOT {_exists(login)}\n\\gexec\n"
            "BEGIN;\n"
            f"GRANT {GROUP}, {_name(owner)} TO {_name(login)};\n"
            f"ALTER ROLE {_name(login)} SET role = {_text(owner)};\n"
            f"ALTER ROLE {_name(login)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS LOGIN "
            f"PASSWORD {_text(secret)};\n"
            "COMMIT;\n"
        )
    return text


def _exists(role: str) -> str:
    return f"EXISTS (SELECT FROM pg_roles WHERE rolname = {_text(role)})"


def _name(name: str) -> str:
    """An identifier; ours have neither quotes nor backslashes, which is checked all the same."""
    return f'"{_plain(name)}"'


def _text(text: str) -> str:
    return f"'{_plain(text)}'"


def _plain(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.$:+/=-]+", text):
        raise PyhostError(f"{text!r} cannot be written in SQL")
    return text
