# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask an instance over its own socket whether it answers. PRIVATE to the collection."""

from __future__ import annotations

import http.client
import os
import re
import socket
from contextlib import closing

from ansible_collections.pyhost.platform.plugins.module_utils import _gateways
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._home import GATEWAYS

ANSWER_TIMEOUT = 10.0
"""Seconds for one answer."""


def accepted(status: int, accept: str) -> bool:
    """Whether ``status`` is in a list of codes and ranges such as ``200-399,401``."""
    for part in accept.replace(" ", "").split(","):
        low, _dash, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False


def ask(socket_path: str, protocol: str, host: str, path: str, timeout: float = ANSWER_TIMEOUT) -> int:
    """The status of one GET; raises `PyhostError` with the reason when there is no answer."""
    return _ask(_unix(socket_path, timeout), protocol, host, path)


def ask_port(port: int, host: str, path: str, timeout: float = ANSWER_TIMEOUT) -> int:
    """The same over TCP on 127.0.0.1."""
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout)
    except OSError as error:
        raise PyhostError(f"port {port} does not answer: {error.strerror or error}") from error
    return _ask(connection, "http", host, path)


def _unix(path: str, timeout: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(path)
    except OSError as error:
        connection.close()
        name = os.path.basename(path)
        raise PyhostError(f"socket {name} does not answer: {error.strerror or error}") from error
    return connection


def _ask(connection: socket.socket, protocol: str, host: str, path: str) -> int:
    told = protocol in GATEWAYS
    request = _gateways.request(protocol, _variables(host, path)) if told else _http_request(host, path)
    with connection:
        try:
            connection.sendall(request)
            return _status(connection, protocol)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise PyhostError(f"GET {path} got no answer: {str(error).strip() or type(error).__name__}") from error


def _status(connection: socket.socket, protocol: str) -> int:
    """uWSGI answers by its own protocol as by HTTP."""
    if protocol in ("fastcgi", "scgi"):
        with connection.makefile("rb") as stream:
            return _gateways.status(protocol, stream)
    with closing(http.client.HTTPResponse(connection, method="GET")) as response:
        response.begin()
        return response.status


def _http_request(host: str, path: str) -> bytes:
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: pyhost-health/1",
        "X-Forwarded-Proto: http",
        "Connection: close",
        "",
        "",
    )
    return "\r\n".join(lines).encode("ascii", "replace")


def _variables(host: str, path: str) -> dict[str, str]:
    """What nginx tells an app of such a request."""
    bare, _mark, query = path.partition("?")
    name, port = re.fullmatch(r"(.*?)(?::(\d+))?", host).groups()  # type: ignore[union-attr]
    return {
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": path,
        "PATH_INFO": bare,
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": name,
        "SERVER_PORT": port or "80",
        "HTTP_HOST": host,
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_USER_AGENT": "pyhost-health/1",
    }
