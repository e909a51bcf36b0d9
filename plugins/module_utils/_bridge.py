# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``pyhost-bridge``: passes requests of the host's Apache to the app of an account. PRIVATE to the collection.

mod_fcgid starts it with a listening socket as standard input, as many of them as there are requests at a time. It asks
the nginx of the cell by the socket that nobody but the account can open, so there it is believed who asks.
"""

from __future__ import annotations

import http.client
import os
import pwd
import socket
import sys
from collections.abc import Mapping

from ansible_collections.pyhost.platform.plugins.module_utils._fastcgi import Gone, Request

SECONDS = 320
"""How long the app may be silent; the nginx of its cell gives up before, with a page of its own."""

BLOCK = 1 << 16
NO_ANSWER = b"Status: 503 Service Unavailable\r\nContent-Type: text/plain\r\n\r\nThe app does not answer.\n"

OF_A_HOP = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
"""What one connection says to its other end, and no further (RFC 9110, 7.6.1)."""

OURS = ("host", "proxy", "x-real-ip", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix")
"""Headers that a visitor's words are not believed for."""


class ToApp(http.client.HTTPConnection):
    """HTTP on a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def target(params: Mapping[str, str], script: str) -> tuple[str, str]:
    """What to ask the app for, as the visitor wrote it, and the path before the app's own root, such as ``/~me``.

    ``script`` is the name of the file that Apache runs, which its rules put after that path.
    """
    place = params.get("SCRIPT_NAME", "")
    prefix = place.rpartition("/")[0] if place.endswith(f"/{script}") else place
    path, mark, query = params.get("REQUEST_URI", "/").partition("?")
    if path.startswith(("http://", "https://")):
        path = "/" + path.split("/", 3)[3] if path.count("/") > 2 else "/"
    rest = path.split("/", prefix.count("/") + 1)[-1] if path.count("/") > prefix.count("/") else ""
    return f"/{rest}{mark}{query}", prefix


def headers(params: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The headers for the app."""
    told = {name[5:]: value for name, value in params.items() if name.startswith("HTTP_") and value}
    sent = {name.replace("_", "-").lower(): value for name, value in told.items()}
    found = {name: value for name, value in sent.items() if name not in (*OF_A_HOP, *OURS)}
    if params.get("CONTENT_TYPE"):
        found["content-type"] = params["CONTENT_TYPE"]
    if params.get("AUTHORIZATION") and "authorization" not in found:
        found["authorization"] = params["AUTHORIZATION"]
    secure = params.get("HTTPS", "").lower() in ("on", "1") or params.get("REQUEST_SCHEME") == "https"
    found |= {
        "host": params.get("HTTP_HOST") or params.get("SERVER_NAME", "localhost"),
        "x-real-ip": params.get("REMOTE_ADDR", ""),
        "x-forwarded-proto": "https" if secure else "http",
        "connection": "close",
    }
    if prefix:
        found["x-forwarded-prefix"] = prefix
    return found


def answer(request: Request, path: str, script: str) -> None:
    """Ask the app behind the socket ``path``, and pass on what it says as it comes."""
    params = request.params
    wanted, prefix = target(params, script)
    sent = headers(params, prefix)
    length = int(params.get("CONTENT_LENGTH") or 0)
    if length:
        sent["content-length"] = str(length)
    connection = ToApp(path)
    try:
        try:
            connection.putrequest(
                params.get("REQUEST_METHOD", "GET"), wanted, skip_host=True, skip_accept_encoding=True
            )
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(request.body if length else None)
            said = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            request.complain(_reason(path, error))
            request.write(NO_ANSWER)
            return
        lines = [f"Status: {said.status} {said.reason}"]
        lines += [f"{name}: {value}" for name, value in said.getheaders() if name.lower() not in OF_A_HOP]
        request.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        try:
            while block := said.read1(BLOCK):
                request.write(block)
        except (OSError, http.client.HTTPException) as error:
            request.complain(_reason(path, error))
            raise Gone from error  # An answer that ends too early has to look like that.
    finally:
        connection.close()


def _reason(path: str, error: Exception) -> str:
    app = path.split("/")[-3]
    if isinstance(error, PermissionError):
        runs, owner = pwd.getpwuid(os.geteuid()).pw_name, pwd.getpwuid(os.stat(__file__).st_uid).pw_name
        fix = "have the host run scripts with suexec, or write front: {via: proxy}"
        return f"pyhost: this script runs as {runs} and not as {owner}, so it may not ask the app {app}; {fix}"
    return f"pyhost: the app {app} does not answer: {error}"


def main(root: str, name: str, script: str) -> int:
    """Answer until the web server ends this process."""
    path = f"{root}/apps/{name}/run/web.sock"
    try:
        listening = socket.socket(fileno=0)
        listening.getsockname()
    except OSError:
        sys.stderr.write("pyhost-bridge is for the FastCGI of a web server, which gives it a listening socket\n")
        return 2
    while True:
        connection, _peer = listening.accept()
        with connection, connection.makefile("rb") as reading, connection.makefile("wb") as writing:
            try:
                request = Request(reading, writing)
                with request.body:
                    answer(request, path, script)
                    request.end()
            except Gone:
                continue
