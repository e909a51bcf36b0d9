# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.benchmark.spread import digits, ratios, spread


def test_a_spread_has_the_ends_and_the_middle():
    found = spread([3.0, 9.5, 1.0, 2.0, 4.0])
    assert (found.least, found.median, found.most, found.count) == (1.0, 3.0, 9.5, 5)
    assert found.text() == "3.00 (1.00 to 9.50)"


def test_who_measured_once_has_no_spread():
    assert spread([3.25]).text() == "3.25 (once)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0123, "0.0123"),
        (-0.25, "-0.250"),
        (3.4, "3.40"),
        (12.34, "12.3"),
        (128.4, "128"),
        (41234.5, "41234"),
    ],
)
def test_three_digits_count(value, text):
    assert digits(value) == text


def test_a_ratio_is_that_of_the_medians_and_its_ends_are_of_rounds():
    # The rounds are 0.5, 0.5 and 0.8; the medians are 2 and 4.
    assert ratios([1.0, 2.0, 8.0], [2.0, 4.0, 10.0]) == [0.5, 0.5, 0.8]


def test_a_noisy_round_moves_an_end_and_not_the_middle():
    assert ratios([1.0, 1.0, 9.0], [2.0, 2.0, 3.0]) == [0.5, 0.5, 3.0]


@pytest.mark.parametrize(("ours", "theirs"), [([1.0], [4.0]), ([1.0, 1.0], [4.0, 4.0, 4.0])])
def test_without_pairs_only_medians_are_compared(ours, theirs):
    assert ratios(ours, theirs) == [0.25]
