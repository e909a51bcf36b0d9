# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real nginx in a cell below a temporary directory, servers for it to lead to, and the ways to ask it."""

from __future__ import annotations

import getpass
import http.client
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell, make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._nginx import main_conf, servers_conf

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Place:
    """A cell, its configuration and its nginx, which listens on ``port`` and on the socket of the front."""

    def __init__(self, root: str) -> None:
        self.cell = replace(make_cell("ramen", "account", root, getpass.getuser()), web=f"{root}/web.sock")
        self.home = Path(self.cell.home)
        for name in ("run", "logs", "conf/nginx.d"):
            (self.home / name).mkdir(parents=True)
        self.conf = self.home / "conf" / "nginx.conf"
        self.port = free_port()

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    @property
    def listen(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.port}",)

    def put(self, name: str, text: str) -> None:
        """Write a file below the cell."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def write(
        self,
        rules: str,
        more: str = "",
        listen: tuple[str, ...] | None = None,
        cell: Cell | None = None,
        drain: int = 30,
    ) -> None:
        """Write the configuration: servers with ``rules``, and ``more`` text."""
        cell = cell or self.cell
        self.put("conf/nginx.conf", main_conf(cell, cell.path("conf", "nginx.d", "*.conf"), drain))
        text = servers_conf(cell, self.listen if listen is None else listen, rules)
        self.put("conf/nginx.d/app.conf", text + more)

    def words(self, *more: str) -> list[str]:
        return [str(NGINX), "-p", f"{self.home}/run/", "-c", str(self.conf), "-e", "stderr", *more]

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(self.words(), stderr=subprocess.PIPE, text=True) as process:
            try:
                self._wait(process)
                yield process
            finally:
                process.terminate()

    def _wait(self, process: subprocess.Popen[str]) -> None:
        for _attempt in range(500):
            try:
                socket.create_connection(self.address, 1).close()
                return
            except OSError:
                time.sleep(0.01)
            if process.poll() is not None:
                break
        process.terminate()
        pytest.fail(f"nginx does not answer: {process.stderr.read() if process.stderr else ''}")


@contextmanager
def new_place() -> Iterator[Place]:
    """A place with a path short enough for unix sockets."""
    root = tempfile.mkdtemp(prefix="ph", dir="/tmp")
    try:
        yield Place(root)
    finally:
        shutil.rmtree(root)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Reply(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]


def ask(
    address: str | tuple[str, int],
    headers: tuple[str, ...] = ("Host: a",),
    target: str = "/",
    method: str = "GET",
    body: bytes = b"",
) -> Reply:
    """What one request with just these headers is answered, over TCP or a unix socket."""
    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(kind) as one:
        one.settimeout(5)
        one.connect(address)
        lines = [f"{method} {target} HTTP/1.1", "Connection: close", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        one.sendall("".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body)
        response = http.client.HTTPResponse(one, method=method)
        response.begin()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, response.read(), found)
