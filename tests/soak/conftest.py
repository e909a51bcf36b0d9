# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps on one host that the soak changes and disturbs again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support import place
from tests.support.deploy import good
from tests.support.kitchen import Kitchen

T = TypeVar("T")

HOST = place.host("pyhost-debian13")
PYTHON = "3.11" if HOST.endswith("12") else "3.13"
"""What the distribution has."""

NAMES = ("bento", "curry", "ramen", "udon")
ROUNDS = 10

WARM = 6
"""Rollouts after which as many releases are kept as ever will be, so that the next one has something to prune."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds", type=int, default=ROUNDS, help="how often everything is done; below 10 not every point"
    )


@pytest.fixture(scope="session")
def rounds(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("rounds"))


@pytest.fixture(scope="session")
def sample(rounds: int) -> Callable[[Sequence[T], int], list[T]]:
    """All points, or with few rounds so many for each round, evenly spread."""

    def some(points: Sequence[T], each: int) -> list[T]:
        wanted = rounds * each
        if rounds >= ROUNDS or wanted >= len(points):
            return list(points)
        return [points[int(len(points) * (number + 0.5) / wanted)] for number in range(wanted)]

    return some


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    with opened(tmp_path_factory.mktemp("kitchen"), NAMES) as one:
        yield one


@contextmanager
def opened(folder: Path, names: Iterable[str]) -> Iterator[Kitchen]:
    """A kitchen whose apps are deployed, on the host of this run."""
    one = Kitchen(folder, HOST, names, PYTHON)
    for entry in one.entries.values():
        entry["health"]["timeout"] = 120  # The load, or twenty starts at once, take what the machine has.
    good(one.deploy())
    yield one
    good(one.remove_all())
