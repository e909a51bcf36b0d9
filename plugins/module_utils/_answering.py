# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a service, from where the app is, whether it would answer the app. PRIVATE to the collection.

Each protocol is spoken as far as a server goes without a password; PostgreSQL alone wants to know who asks.
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

SECONDS = 10
Service = Mapping[str, Any]


def check(services: Sequence[Service]) -> None:
    """Raise `PyhostError` that names every service that does not answer, with the cause."""
    silent = [f"the service {one['service']} ({one['type']} at {_place(one)}) {text}"
              for one in services if (text := trouble(one))]  # fmt: skip
    if silent:
        raise PyhostError("\n".join(silent))


def trouble(one: Service) -> str:
    """Why the service would not answer, or ""."""
    try:
        with _connected(one) as line:
            line.settimeout(SECONDS)
            return ASK[one["type"]](line, one)
    except ssl.SSLError as error:
        return f"is not the one that is trusted: {error.reason or error}"
    except socket.timeout:
        return f"says nothing within {SECONDS} s"
    except OSError as error:
        return f"does not answer: {error.strerror or error}"


def _place(one: Service) -> str:
    return str(one["socket"] or f"{one['host']}:{one['port']}")


def _connected(one: Service) -> socket.socket:
    if not one["socket"]:
        return socket.create_connection((one["host"], one["port"]), timeout=SECONDS)
    path = f"{one['socket']}/.s.PGSQL.{one['port']}" if one["type"] == "postgresql" else one["socket"]
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(SECONDS)
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


def _sealed(line: socket.socket, one: Service) -> socket.socket:
    if not one["trust"]:
        return line
    context = ssl.create_default_context(cafile=one["trust"])
    return context.wrap_socket(line, server_hostname=one["host"])


def _postgresql(line: socket.socket, one: Service) -> str:
    """It asks for a password (R), or says what is wrong (E)."""
    if one["trust"]:
        line.sendall(struct.pack("!ii", 8, 80877103))  # SSLRequest
        if line.recv(1) != b"S":
            return "does not speak TLS"
        line = _sealed(line, one)
    words = b"".join(f"{word}\0".encode() for word in ("user", one["user"], "database", one["name"])) + b"\0"
    line.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)
    answer = line.recv(4096)
    if answer[:1] == b"R":
        return ""
    fields = {part[:1]: part[1:] for part in answer[5:].split(b"\0")}
    return _says(fields.get(b"M", answer))


def _mariadb(line: socket.socket, one: Service) -> str:
    """It greets (a packet that begins with 10), or sends an error (255)."""
    del one
    answer = line.recv(4096)
    return "" if answer[4:5] == b"\x0a" else _says(answer[13:] if answer[4:5] == b"\xff" else answer)


def _redis(line: socket.socket, one: Service) -> str:
    """It wants a password; one that still reads its data says so."""
    line = _sealed(line, one)
    line.sendall(b"PING\r\n")
    answer = line.recv(4096)
    return "" if answer.startswith((b"+PONG", b"-NOAUTH")) else _says(answer)


def _rabbitmq(line: socket.socket, one: Service) -> str:
    """It begins with Connection.Start, class 10 and method 10 of AMQP 0-9-1."""
    line = _sealed(line, one)
    line.sendall(b"AMQP\x00\x00\x09\x01")
    answer = line.recv(4096)
    return "" if answer[7:11] == b"\x00\x0a\x00\x0a" else _says(answer)


def _memcached(line: socket.socket, one: Service) -> str:
    del one
    line.sendall(b"version\r\n")
    answer = line.recv(4096)
    return "" if answer.startswith(b"VERSION") else _says(answer)


def _says(answer: bytes) -> str:
    text = "".join(sign for sign in answer.decode("utf-8", "replace").strip() if sign.isprintable())
    return f"says: {text[:200]}" if text else "ends the connection without a word"


ASK: dict[str, Callable[[socket.socket, Service], str]] = {
    "postgresql": _postgresql,
    "mariadb": _mariadb,
    "redis": _redis,
    "rabbitmq": _rabbitmq,
    "memcached": _memcached,
}
