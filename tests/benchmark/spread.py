# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least, median and most of some measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """What a list of measurements comes to; ``count`` says how many there were."""

    least: float
    median: float
    most: float
    count: int

    def text(self) -> str:
        """``3.4 (3.1 to 4.0)``; a single measurement has no spread, and says so."""
        if self.count == 1:
            return f"{digits(self.median)} (once)"
        return f"{digits(self.median)} ({digits(self.least)} to {digits(self.most)})"


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of ``values``, of which there has to be one at least."""
    return Spread(min(values), median(values), max(values), len(values))


def digits(value: float) -> str:
    """``value`` with three digits that count, and never fewer before the point than it has: 0.0123, 3.40, 128, 41234."""
    if not value:
        return "0"
    places = 2
    size = abs(value)
    while size < 1 and places < 6:
        places, size = places + 1, size * 10
    while size >= 10 and places:
        places, size = places - 1, size / 10
    return f"{value:.{places}f}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours divided by theirs: the ratio of the medians in the middle, and those of each round at the ends.

    Both were measured in turns, so that a round's two figures met the same machine. Where the numbers of rounds differ
    there are no pairs, and only the medians are compared.
    """
    middle = median(ours) / median(theirs)
    if len(ours) != len(theirs) or len(ours) < 2:
        return [middle]
    pairs = [one / other for one, other in zip(ours, theirs, strict=True)]
    return [min(*pairs, middle), middle, max(*pairs, middle)]
