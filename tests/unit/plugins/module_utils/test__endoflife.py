# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._endoflife import days_left, warning

PAST = "Python 3.9 has had no security fixes since 2025-10-31; choose a newer branch"


@pytest.mark.parametrize(
    ("branch", "today", "left", "text"),
    [
        ("3.9", date(2025, 11, 1), -1, PAST),
        ("3.9", date(2030, 1, 1), -1523, PAST),
        ("3.9", date(2025, 10, 31), 0, "Python 3.9 gets no security fixes after 2025-10-31, in 0 days; choose a newer branch"),
        ("3.13", date(2029, 8, 2), 90, "Python 3.13 gets no security fixes after 2029-10-31, in 90 days; choose a newer branch"),
        ("3.13", date(2029, 8, 1), 91, ""),
        ("3.99", date(2029, 8, 1), None, ""),
    ],
)  # fmt: skip
def test_an_end_is_told(branch, today, left, text):
    assert days_left(branch, today) == left
    assert warning(branch, today) == text
