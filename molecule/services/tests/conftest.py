# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app that counts its visits in every service it is bound to, and a neighbour that would like to, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import ROOT, Run, deploy, good
from tests.support.remote import shell
from tests.support.web import get

HOST = place.host("pyhost-debian13")
SOURCE = ROOT / "tests" / "data" / "visits"
TYPES = {"db": "postgresql", "cache": "redis", "sql": "mariadb", "queue": "rabbitmq", "mem": "memcached"}
APPS = ("ramen", "udon")


class Tenants:
    """Both apps, their services, and deploys of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords = folder / "passwords"
        self.variables: dict[str, Any] = {"services_passwords": str(self.passwords), "jobs": 2}

    def entry(self, name: str, services: Iterable[str], **changes: Any) -> dict[str, Any]:
        whole = {
            "name": name,
            "source": {"path": str(SOURCE)},
            "domains": [f"{name}.example.com"],
            "services": list(services),
            "environment": {"VERSION": "1"},
            "health": {"timeout": 60, "seconds": 1},
        }
        return {**whole, **changes}

    def deploy(
        self, *entries: dict[str, Any], words: Sequence[str] = (), limit: str = HOST, where: str = "", **more: Any
    ) -> Run:
        """Deploy ``entries`` with every service declared, on the app's own host or on ``where``."""
        on = {"host": where} if where else {}
        services = [
            {"name": name, "type": type_, **({} if type_ == "memcached" else on)} for name, type_ in TYPES.items()
        ]
        return deploy(list(entries), self.folder, limit, *words, **{"services": services, **self.variables, **more})

    def password(self, app: str, service: str) -> str:
        """The newest password of a binding, as the operator's files have it."""
        return (
            max((self.passwords / app).glob(f"{service}.*"), key=lambda path: path.stat().st_mtime).read_text().strip()
        )


def counts(app: str, host: str = HOST) -> dict[str, int]:
    """What a visit says: how many there were, by service."""
    answer = get(host, f"{app}.example.com")
    assert answer.status == 200, answer.text
    found: dict[str, int] = answer.json["counts"]
    return found


def tried(app: str, code: str, host: str = HOST) -> str:
    """What Python says to ``code`` in the app's virtualenv and as its user; the last line of an error."""
    script = f"import os, sys\ntry:\n    {code}\nexcept Exception as error:\n    print('REFUSED', str(error).splitlines()[0])\n"
    return shell(host, f"runuser -u {app} -- /home/{app}/current/venv/bin/python -", script.encode()).strip()


@pytest.fixture(scope="package")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    one = Tenants(tmp_path_factory.mktemp("services"))
    yield one
    good(one.deploy(*({"name": name, "state": "absent", "purge": True} for name in APPS)))
    left = shell(HOST, "cat /var/lib/pyhost/services.json")
    assert not any(f'"{name}_' in left for name in APPS)
