# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook ends at every task boundary, and in the midst of every task."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.soak.conftest import HOST
from tests.support.deploy import good
from tests.support.faults import wait_for_modules, wait_for_rest
from tests.support.interrupt import SIGNALS, ending, tasks
from tests.support.kitchen import Kitchen, unharmed

APP = "ramen"


@pytest.mark.parametrize("after", [0.0, 0.5], ids=["before", "during"])
@pytest.mark.parametrize("signal", SIGNALS)
def test_playbook_ends(
    kitchen: Kitchen, sample: Callable[[Sequence[int], int], list[int]], signal: str, after: float
) -> None:
    kitchen.cook(APP)
    names = tasks(good(kitchen.deploy(APP)).output)
    problems: list[str] = []
    with kitchen.load(APP, what=f"{signal} of ansible-playbook at every task") as seen:
        for number in sample(range(1, len(names) + 1), 1):
            kitchen.cook(APP)
            run = kitchen.deploy(APP, environment=ending(number, signal, after))
            wait_for_modules(HOST)
            wait_for_rest(HOST, APP)
            try:
                kitchen.recovers(APP)
            except AssertionError as error:
                problems.append(f"{names[number - 1]}: {error}")
            # The last tasks are shorter than the time after which the signal comes.
            if run.status != SIGNALS[signal] and not (after and run.status == 0):
                problems.append(f"{names[number - 1]}: exit status {run.status}: {run.output[-1000:]}")
    unharmed(seen)
    assert problems == []
