# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The databases of an app, out and in again, by the app's own logins. Runs in the cell. PRIVATE to the collection.

Dumps are SQL of the servers' own programs. What an app is bound to, its environment tells: ``NAME_TYPE``, ``NAME_HOST``
and so on, for the service NAME. Passwords go to the programs in their environment, which only the app's user can read.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import _redisdata
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

CHUNK = 1 << 20
SECONDS = 60
"""How long a question to a server may take; a dump takes as long as it takes."""

REDIS = "redis"
LEVEL = 3
LINES = 20


@dataclass(frozen=True)
class Binding:
    """One database of the app, as its environment tells."""

    service: str
    type: str
    fields: Mapping[str, str]

    @property
    def member(self) -> str:
        """The name of its dump in an archive."""
        return f"database-{self.service}.{'jsonl' if self.type == REDIS else 'sql'}.gz"


def bindings(launch: Mapping[str, Any]) -> list[Binding]:
    """The databases that the app of ``launch`` is bound to, in order of name."""
    environment = launch.get("process", {}).get("environment", {})
    found = []
    for service, kind in sorted(dict(launch.get("services", {})).items()):
        if kind in (*TYPES, REDIS):
            prefix = service.upper().replace("-", "_") + "_"
            fields = {key[len(prefix) :].lower(): text for key, text in environment.items() if key.startswith(prefix)}
            found.append(Binding(service, kind, fields))
    return found


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


def missing(found: list[Binding]) -> list[str]:
    """Packages that this host needs for the dumps and has not."""
    kinds = {one.type for one in found} - {REDIS}
    return sorted({TYPES[kind].package for kind in kinds if not shutil.which(TYPES[kind].dumper, path=_path())})


def version(one: Binding) -> str:
    """The server's version as it tells it; raises `PyhostError` when it does not answer."""
    if one.type == REDIS:
        return _redisdata.version(one.fields)
    return _ask(one, TYPES[one.type].version).split("-", 1)[0].split(" ", 1)[0]


def dump(one: Binding, out: IO[bytes]) -> int:
    """Write what the database holds, compressed, to ``out``; returns the bytes of that. Raises `PyhostError`."""
    if one.type == REDIS:
        return _redisdata.dump(one.fields, out)
    kind, size = TYPES[one.type], 0
    with tempfile.TemporaryFile() as errors, gzip.GzipFile("", "wb", LEVEL, out, mtime=0) as zipped:
        with _start(one, kind.dump_words(one.fields), errors, stdout=subprocess.PIPE) as process:
            while True:
                block = process.stdout.read(CHUNK) if process.stdout else b""
                if not block:
                    break
                size += len(block)
                zipped.write(block)
        _succeeded(one, kind.dumper, process.returncode, errors)
    return size


def load(one: Binding, source: IO[bytes]) -> None:
    """Replace what is in the database with what is in ``source``, which `dump` wrote. Raises `PyhostError`."""
    if one.type == REDIS:
        return _redisdata.load(one.fields, source)
    kind = TYPES[one.type]
    clearing = kind.clearing(lambda text: _ask(one, text))
    with tempfile.TemporaryFile() as errors:
        with _start(
            one, kind.client_words(one.fields), errors, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as process:
            whole = _hand_over(process, clearing, source, kind.after)
        _succeeded(one, kind.client, process.returncode, errors)
    if not whole:
        raise PyhostError(f"{one.service}: {kind.client} did not take all of the dump")
    return None


def _hand_over(process: subprocess.Popen[bytes], clearing: str, source: IO[bytes], after: str) -> bool:
    """Whether the client took everything. Only the last line commits, and a stream that breaks off has none."""
    stream = process.stdin
    if stream is None:
        return False
    try:
        stream.write(clearing.encode())
        with gzip.GzipFile(fileobj=source, mode="rb") as zipped:
            shutil.copyfileobj(zipped, stream, CHUNK)
        stream.write(after.encode())
        stream.flush()
    except BrokenPipeError:
        return False
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PyhostError(f"the dump is damaged: {error}") from error
    finally:
        with suppress(BrokenPipeError):
            stream.close()
    return True


def _ask(one: Binding, text: str) -> str:
    kind = TYPES[one.type]
    with tempfile.TemporaryFile() as errors:
        with _start(
            one, kind.client_words(one.fields), errors, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            try:
                output, _none = process.communicate(text.encode(), timeout=SECONDS)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise PyhostError(f"{one.service}: the server did not answer within {SECONDS} s") from error
        _succeeded(one, kind.client, process.returncode, errors)
    return output.decode("utf-8", "replace").strip()


def _start(one: Binding, words: list[str], errors: IO[bytes], **streams: Any) -> subprocess.Popen[bytes]:
    program = shutil.which(words[0], path=_path())
    if not program:
        package = TYPES[one.type].package
        raise PyhostError(f"{one.service}: {words[0]} is not on this host; install {package} there")
    environment = {"PATH": _path(), "HOME": os.getcwd(), "LC_ALL": "C.UTF-8", **TYPES[one.type].environment(one.fields)}
    # Ansible's run_command keeps all output in memory, and the agent has no Ansible.
    return subprocess.Popen(  # pylint: disable=ansible-bad-function
        [program, *words[1:]], env=environment, stderr=errors, **{"stdin": subprocess.DEVNULL, **streams}
    )


def _path() -> str:
    return "/usr/local/bin:/usr/bin:/bin"


def _succeeded(one: Binding, program: str, status: int, errors: IO[bytes]) -> None:
    if status:
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - (1 << 14)))
        lines = errors.read().decode("utf-8", "replace").strip().splitlines()[-LINES:]
        raise PyhostError("\n".join([f"{one.service}: {program} failed (exit status {status})", *lines]))
