# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make ``ansible_collections.pyhost.platform`` importable from a plain clone of the repository."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[2]


def _package(name: str, path: Path | None) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(path)] if path else []
    sys.modules.setdefault(name, module)


_package("ansible_collections", None)
_package("ansible_collections.pyhost", None)
_package("ansible_collections.pyhost.platform", ROOT)


# How long one example takes is the machine's business.
hypothesis.settings.register_profile("pyhost", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("pyhost")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """What a program sets for itself ends with its test."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
