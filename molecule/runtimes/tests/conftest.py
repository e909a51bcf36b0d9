# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts with the Python of their distribution, and a relocatable one for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import pythons

OLD, NEW = "pyhost-debian12", "pyhost-debian13"

CALM: dict[str, Any] = {
    "name": "calm",
    "source": {"path": "command"},
    "command": "python server.py",
    "domains": ["calm.example.com"],
}


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the controller for archives."""
    return tmp_path_factory.mktemp("material")


@pytest.fixture(scope="session")
def archive(material: Path) -> dict[str, Any]:
    """A source that brings Python 3.11."""
    return pythons.packed(OLD, material)
