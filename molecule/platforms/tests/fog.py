# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps written for AppFog, and what they say of themselves on a host."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.web import get

HOST = place.host("pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "appfog"
GREETING = """ two  words, 'single', "double" and $HOME """


def copied(factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the trees, which a test may change; ``trees`` is its name there."""
    folder = factory.mktemp(TREES.name)
    shutil.copytree(TREES, folder / "trees")
    return folder


def entry(work: Path, name: str, tree: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "platform": "appfog",
        "source": {"path": str(work / "trees" / tree)},
        "python": "3.13",
        **more,
    }


def hello(work: Path) -> dict[str, Any]:
    return entry(
        work,
        "af-hello",
        "hello",
        domains=["af-hello.example.com"],
        workers=2,
        environment={"GREETING": GREETING},
        limits={"memory": "512M"},
    )


def told(path: str = "/", domain: str = "af-hello.example.com") -> Any:
    answer = get(HOST, domain, path)
    assert answer.status == 200, answer
    return json.loads(answer.body)
