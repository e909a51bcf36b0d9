# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps written for AusNimbus, and what they say of themselves on a host."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.remote import shell
from tests.support.web import get

HOST = place.host("pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "ausnimbus"
PRIVATE = {"network": "private"}


def copied(factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the trees, which a test may change; ``trees`` is its name there."""
    folder = factory.mktemp(TREES.name)
    shutil.copytree(TREES, folder / "trees")
    return folder


def entry(work: Path, name: str, tree: str, **more: Any) -> dict[str, Any]:
    source = {"path": str(work / "trees" / tree)}
    return {"name": name, "platform": "ausnimbus", "source": source, "domains": [f"{name}.example.com"], **more}


def told(name: str, port: int = 80, headers: dict[str, str] | None = None) -> Any:
    answer = get(HOST, f"{name}.example.com", "/", port, headers)
    assert answer.status == 200, answer
    return answer.json


def processes(name: str) -> list[str]:
    """User, parent, number and words of each process of an app."""
    return shell(HOST, f"ps -eo user:20,ppid,pid,args | grep '^{name} ' || true").splitlines()


def inside(name: str, *words: str) -> str:
    """What a command says that the app's owner runs in its cell."""
    return shell(HOST, " ".join(["/opt/pyhost/tools/bin/pyhost-enter", name, *words]))


def on_8080(name: str) -> int:
    """The status that whoever asks port 8080 in the app's own network gets."""
    ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080/', timeout=20).status)"
    return int(shell(HOST, f'ip netns exec pyhost-{name} python3 -c "{ask}"'))
