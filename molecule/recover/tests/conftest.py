# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Four small apps that tests disturb, one fault after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.deploy import good
from tests.support.kitchen import Kitchen

HOST = "pyhost-debian12"
NAMES = ("bento", "curry", "ramen", "udon")


@pytest.fixture(scope="package")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    one = Kitchen(tmp_path_factory.mktemp("kitchen"), HOST, NAMES, python="3.11")
    good(one.deploy())
    yield one
    good(one.remove_all())
