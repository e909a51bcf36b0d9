# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an instance of Redis holds, out and in again, by its protocol. Runs in the cell. PRIVATE to the collection.

A dump has a line of JSON for each key: database, key, value as DUMP gives it, and when it ends (milliseconds since the
epoch, 0 for never). It is of many moments: a key that changes meanwhile is there as it was before or after.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Union

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

SECONDS = 60
"""How long one answer may take."""

COUNT = 50
"""Keys that are asked for at once; the server keeps all of their values in memory until we have read them."""

LEVEL = 3

Word = Union[bytes, str, int]


class Redis:
    """A connection (RESP2, redis.io/docs/reference/protocol-spec)."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._answers = line.makefile("rb")

    def ask(self, *commands: Sequence[Word]) -> list[Any]:
        """The answers to ``commands``, sent all at once; raises `PyhostError` with the first error."""
        self._line.sendall(b"".join(_packed(words) for words in commands))
        answers = [self._answer() for _words in commands]
        for answer in answers:
            if isinstance(answer, PyhostError):
                raise answer
        return answers

    def one(self, *words: Word) -> Any:
        return self.ask(words)[0]

    def _answer(self) -> Any:
        """The next answer; an error is returned, so that what follows it can be read."""
        line = self._answers.readline()
        kind, rest = line[:1], line[1:-2]
        if not line.endswith(b"\r\n"):
            raise PyhostError("the server closed the connection")
        if kind == b"-":
            return PyhostError(rest.decode("utf-8", "replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._answers.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self._answer() for _place in range(int(rest))]
        return rest

    def close(self) -> None:
        self._answers.close()


def _packed(words: Sequence[Word]) -> bytes:
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


@contextmanager
def connected(fields: Mapping[str, str]) -> Iterator[Redis]:
    """A connection to the instance that ``fields`` tell of; raises `PyhostError` when there is none."""
    try:
        with _line(fields) as line:
            redis = Redis(line)
            try:
                if fields.get("password"):
                    redis.one("AUTH", fields["password"])
                yield redis
            finally:
                redis.close()
    except OSError as error:
        raise PyhostError(f"Redis cannot be reached: {error}") from error


def _line(fields: Mapping[str, str]) -> socket.socket:
    if fields.get("socket"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(SECONDS)
            line.connect(fields["socket"])
        except OSError:
            line.close()
            raise
        return line
    host = fields.get("host", "127.0.0.1")
    line = socket.create_connection((host, int(fields.get("port", "6379"))), SECONDS)
    if not fields.get("trust"):
        return line
    return ssl.create_default_context(cafile=fields["trust"]).wrap_socket(line, server_hostname=host)


def version(fields: Mapping[str, str]) -> str:
    with connected(fields) as redis:
        found = re.search(rb"^redis_version:([0-9.]+)", redis.one("INFO", "server"), re.MULTILINE)
    return found[1].decode() if found else ""


def dump(fields: Mapping[str, str], out: IO[bytes]) -> int:
    """Write every key, compressed, to ``out``; returns the bytes of the values."""
    size = 0
    with connected(fields) as redis, gzip.GzipFile("", "wb", LEVEL, out, mtime=0) as zipped:
        found = re.findall(rb"^db(\d+):", redis.one("INFO", "keyspace"), re.MULTILINE)
        for database in sorted(map(int, found)):
            redis.one("SELECT", database)
            for keys in _keys(redis):
                now = int(time.time() * 1000)
                answers = redis.ask(*[words for key in keys for words in (("DUMP", key), ("PTTL", key))])
                for key, value, left in zip(keys, answers[::2], answers[1::2]):
                    if value is not None and left != -2:
                        size += len(value)
                        zipped.write(_row(database, key, value, now + left if left >= 0 else 0))
    return size


def _keys(redis: Redis) -> Iterator[list[bytes]]:
    """All keys of the database, each at least once, as SCAN promises."""
    cursor = b"0"
    while True:
        cursor, keys = redis.one("SCAN", cursor, "COUNT", COUNT)
        if keys:
            yield keys
        if cursor == b"0":
            return


def _row(database: int, key: bytes, value: bytes, end: int) -> bytes:
    texts = [base64.b64encode(one).decode() for one in (key, value)]
    return json.dumps([database, *texts, end]).encode() + b"\n"


def load(fields: Mapping[str, str], source: IO[bytes]) -> None:
    """Replace every key with those in ``source``, which `dump` wrote; a kill leaves some of them."""
    with connected(fields) as redis, gzip.GzipFile(fileobj=source, mode="rb") as zipped:
        redis.one("FLUSHALL")
        commands: list[Sequence[Word]] = []
        for line in zipped:
            database, key, value, end = json.loads(line)
            name = base64.b64decode(key)
            commands += [("SELECT", database), ("RESTORE", name, end, base64.b64decode(value), "REPLACE", "ABSTTL")]
            if len(commands) >= COUNT:
                redis.ask(*commands)
                commands = []
        if commands:
            redis.ask(*commands)
