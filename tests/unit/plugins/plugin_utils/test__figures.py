# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._figures import amount, number, release, since, span

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (-5, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (86400 * 3.5, "3 d")],
)
def test_span(seconds, said):
    assert span(seconds) == said


@pytest.mark.parametrize(
    ("time", "said"), [("2026-11-22T11:00:00Z", "1 h"), ("2026-11-23T11:00:00Z", "0 s"), ("", ""), ("yesterday", "")]
)
def test_since(time, said):
    assert since(time, NOW) == said


@pytest.mark.parametrize(("size", "said"), [(0, "0 MB"), (48 << 20, "48 MB"), (3 << 29, "1.5 GB")])
def test_amount(size, said):
    assert amount(size) == said


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (9999, "9999"), (12345, "12.3k"), (1_500_000, "1.5M")])
def test_number(value, said):
    assert number(value) == said


def test_release():
    assert (release("12-3f2a9c1b77aa"), release("12-3f2a9c1b77aa", 0), release("")) == ("12-3f2a9c1", "12", "")
