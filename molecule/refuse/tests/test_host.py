# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host cannot have: said after one look at it, before anything is touched."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from molecule.refuse.tests.conftest import HOST, Case, apps_of, refused, whole
from tests.hosts.fleet import container

HELLO = {"path": "hello"}
CASES = [
    Case(
        "python-2.7",
        [{"name": "old", "source": HELLO, "python": "2.7"}],
        '  old: python: "2.7" cannot be had on this host; it has or can install: 3.11. '
        "Write one of these, or let pyhost_python_sources say where it comes from",
    ),
    Case(
        "python-of-the-future",
        [{"name": "new", "source": HELLO, "python": "3.99"}],
        '  new: python: "3.99" cannot be had on this host; it has or can install: 3.11. '
        "Write one of these, or let pyhost_python_sources say where it comes from",
    ),
    Case(
        "port-of-another-program",
        [{"name": "busy", "source": HELLO, "listen": ["127.0.0.1:8798", "127.0.0.1:8799"]}],
        '  busy: listen[1]: "127.0.0.1:8799" is already used by another program on this host (of the user root); '
        "choose a free port",
    ),
    Case(
        "port-of-another-program-on-one-address",
        [{"name": "busyall", "source": HELLO, "listen": ["0.0.0.0:22"]}],
        '  busyall: listen[0]: "0.0.0.0:22" is already used by another program on this host (of the user root); '
        "choose a free port",
    ),
    Case(
        "name-of-a-person",
        [{"name": "person", "source": HELLO}],
        "  person: name: the user person exists on this host and was not made by pyhost; choose another name",
    ),
]


@pytest.fixture(scope="module")
def stranger() -> Iterator[None]:
    """Somebody else's program on port 8799."""
    base = ["docker", "exec", container(HOST)]
    words = ["systemd-run", "--quiet", "--collect", "--unit=stranger", "--property=Type=exec", "python3", "-c"]
    listen = "import socket,time; s=socket.create_server(('127.0.0.1',8799)); time.sleep(600)"
    subprocess.run([*base, *words, listen], check=True, timeout=30)
    wait = "until ss --listening --tcp --numeric | grep --quiet :8799; do sleep 0.1; done"
    subprocess.run([*base, "timeout", "20", "sh", "-c", wait], check=True, timeout=30)
    yield
    subprocess.run([*base, "systemctl", "stop", "stranger"], check=True, timeout=30)


@pytest.fixture(scope="module")
def message(stranger: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    return refused(apps_of(CASES), tmp_path_factory.mktemp("host"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_mistake(message: str, case: Case) -> None:
    assert f"\n{case.says}\n" in f"{message}\n"


def test_all_mistakes_of_all_apps_are_one_message(message: str) -> None:
    assert message == whole(CASES)
