# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A websocket to an app, from outside its host."""

from __future__ import annotations

import socket
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.web import address

SECONDS = 60


class Websocket:
    """A connection to ``domain`` on the inventory's ``host``; it is open while the block runs."""

    def __init__(self, host: str, domain: str, path: str = "/") -> None:
        self._address = (address(host), 80)
        self._uri = f"ws://{domain}{path}"

    def __enter__(self) -> Websocket:
        here = socket.create_connection(self._address, SECONDS)
        self._open = connect(self._uri, sock=here, proxy=None, open_timeout=SECONDS)
        self._connection = self._open.__enter__()
        return self

    def __exit__(self, *about: Any) -> None:
        self._open.__exit__(*about)

    def ask(self, text: str) -> str:
        """What the app says to ``text``."""
        self._connection.send(text)
        return str(self._connection.recv(timeout=SECONDS))

    def closed(self) -> int:
        """Wait until the other side closes the connection; the code that it gives (RFC 6455 section 7.4)."""
        try:
            self._connection.recv(timeout=SECONDS)
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else 1006
        return 0
