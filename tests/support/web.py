# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask an app over HTTP from outside its host."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from tests.support.deploy import INVENTORY


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def address(host: str) -> str:
    """The address of a host of the inventory."""
    groups = json.loads(INVENTORY.read_text())["all"]["children"]
    found = {name: values for group in groups.values() for name, values in group["hosts"].items()}
    return str(found[host]["ansible_host"])


def get(host: str, domain: str, path: str = "/", port: int = 80, headers: dict[str, str] | None = None) -> Answer:
    """GET ``path`` of ``domain`` from the inventory's ``host``; the path goes out as it is."""
    connection = http.client.HTTPConnection(address(host), port, timeout=30)
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": domain, **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def status(host: str, domain: str, path: str = "/", port: int = 80) -> int:
    """The status of the answer to `get`; 0 while nobody answers."""
    try:
        return get(host, domain, path, port).status
    except (OSError, http.client.HTTPException):
        return 0
