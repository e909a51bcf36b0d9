# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the servers' own programs dump and load a database, for each type that has some. Pure. PRIVATE to the collection.

``fields`` are those of a `_databases.Binding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, Callable

CHUNK = 1 << 20
DEFINER = re.compile(rb"DEFINER=`[^`]*`@`[^`]*`")


class PostgreSQL:
    """A database whose objects the login may drop; everything happens in one transaction."""

    package = "postgresql-client"
    dumper, client = "pg_dump", "psql"

    def environment(self, fields: Mapping[str, str]) -> dict[str, str]:
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "name"}
        told = {name: fields[field] for name, field in names.items() if fields.get(field)}
        if fields.get("trust"):
            told.update(PGSSLMODE="verify-full", PGSSLROOTCERT=fields["trust"])
        return {**told, "PGCONNECT_TIMEOUT": "15"}

    def dump_words(self, fields: Mapping[str, str]) -> list[str]:
        del fields
        return [
            self.dumper,
            "--no-owner",
            "--no-privileges",
            "--no-publications",
            "--no-subscriptions",
            "--no-password",
        ]

    def client_words(self, fields: Mapping[str, str]) -> list[str]:
        del fields
        options = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--tuples-only", "--no-align"]
        return [self.client, *options]

    def blocks(self, stream: IO[bytes]) -> Iterator[bytes]:
        """What the dump's program says."""
        while block := stream.read(CHUNK):
            yield block

    version = "SHOW server_version;"
    before = """\
BEGIN;
SET client_min_messages = warning;
DO $pyhost$
DECLARE one record;
BEGIN
  PERFORM lo_unlink(oid) FROM pg_largeobject_metadata WHERE pg_has_role(lomowner, 'USAGE');
  FOR one IN SELECT nspname FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND pg_has_role(nspowner, 'USAGE')
  LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', one.nspname);
  END LOOP;
  IF to_regnamespace('public') IS NULL THEN
    CREATE SCHEMA public;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    BEGIN
      ALTER SCHEMA public OWNER TO pg_database_owner;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
END $pyhost$;
"""
    after = "\nCOMMIT;\n"

    def clearing(self, ask: Callable[[str], str]) -> str:
        del ask
        return self.before


class MariaDB:
    """A database in which nothing can be taken back: a load that is killed is repeated."""

    package = "mariadb-client"
    dumper, client = "mariadb-dump", "mariadb"

    def environment(self, fields: Mapping[str, str]) -> dict[str, str]:
        return {"MYSQL_PWD": fields.get("password", "")}

    def _place(self, fields: Mapping[str, str]) -> list[str]:
        where = [f"--socket={fields['socket']}"] if fields.get("socket") else []
        if not where:
            where = [f"--host={fields.get('host', '')}", f"--port={fields.get('port', '3306')}", "--protocol=tcp"]
        if fields.get("trust"):
            where += [f"--ssl-ca={fields['trust']}", "--ssl-verify-server-cert"]
        return ["--no-defaults", *where, f"--user={fields.get('user', '')}", "--default-character-set=utf8mb4"]

    def dump_words(self, fields: Mapping[str, str]) -> list[str]:
        options = ["--single-transaction", "--quick", "--skip-lock-tables", "--no-tablespaces", "--hex-blob"]
        options += ["--routines", "--triggers", "--events", "--skip-dump-date", "--add-drop-table"]
        return [self.dumper, *self._place(fields), *options, fields.get("name", "")]

    def client_words(self, fields: Mapping[str, str]) -> list[str]:
        return [self.client, *self._place(fields), "--batch", "--skip-column-names", fields.get("name", "")]

    def blocks(self, stream: IO[bytes]) -> Iterator[bytes]:
        """What the dump's program says, without the login that made a view, a trigger or a routine.

        After a rotation, or on another host, that login is not there, and whoever loads the dump takes its place.
        """
        begins = True
        while block := stream.readline(CHUNK):
            yield DEFINER.sub(b"", block) if begins and block.startswith((b"CREATE ", b"/*!5")) else block
            begins = block.endswith(b"\n")

    version = "SELECT VERSION();"
    after = "\nSET FOREIGN_KEY_CHECKS = 1;\n"

    def clearing(self, ask: Callable[[str], str]) -> str:
        """What drops everything that is there; triggers go with their tables."""
        rows = ask(
            "SELECT CONCAT('DROP ', IF(TABLE_TYPE = 'VIEW', 'VIEW', IF(TABLE_TYPE = 'SEQUENCE', 'SEQUENCE', 'TABLE')),"
            " ' IF EXISTS `', REPLACE(TABLE_NAME, '`', '``'), '`;') FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA = DATABASE() UNION ALL"
            " SELECT CONCAT('DROP ', ROUTINE_TYPE, ' IF EXISTS `', REPLACE(ROUTINE_NAME, '`', '``'), '`;')"
            " FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() UNION ALL"
            " SELECT CONCAT('DROP EVENT IF EXISTS `', REPLACE(EVENT_NAME, '`', '``'), '`;')"
            " FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE();"
        )
        return f"SET FOREIGN_KEY_CHECKS = 0;\n{rows}\n"


TYPES: dict[str, Any] = {"postgresql": PostgreSQL(), "mariadb": MariaDB()}
"""Databases that have programs for dumps. Of the other types Redis keeps what it holds, too."""
