# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty apps on one host change at once: by one playbook, and by a playbook of each app's own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.soak.conftest import opened
from tests.support.deploy import good
from tests.support.kitchen import Kitchen, unharmed

NAMES = tuple(f"dish{number:02}" for number in range(20))
WATCHED = (NAMES[0], NAMES[9], NAMES[19])
"""Apps that are asked all the while."""


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    with opened(tmp_path_factory.mktemp("twenty"), NAMES) as one:
        yield one


def test_one_playbook_changes_twenty(twenty: Kitchen) -> None:
    twenty.cook()
    with twenty.load(*WATCHED, what="twenty apps changed by one playbook") as seen:
        good(twenty.deploy())
    unharmed(seen)
    twenty.rests()


def test_twenty_playbooks_change_one_each(twenty: Kitchen) -> None:
    twenty.cook()
    with twenty.load(*WATCHED, what="twenty playbooks at once") as seen, ThreadPoolExecutor(len(NAMES)) as pool:
        for run in list(pool.map(twenty.deploy, NAMES)):
            good(run)
    unharmed(seen)
    twenty.rests()
