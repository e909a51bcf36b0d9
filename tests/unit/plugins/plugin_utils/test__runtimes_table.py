# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._runtimes_table import dated, end_of_life, text

ROW = {
    "name": "3.13",
    "description": "CPython 3.13.5",
    "version": "3.13.5",
    "source": "distro",
    "apps": ["ramen", "soup"],
}
TODAY = date(2026, 11, 22)


def test_dates():
    rows = dated([ROW, {**ROW, "name": "3.9"}, {**ROW, "name": "3.99"}], TODAY)
    assert [(row["end_of_life"], row["days_left"]) for row in rows] == [
        ("2029-10-31", 1074), ("2025-10-31", -387), (None, None),
    ]  # fmt: skip
    assert rows[0]["apps"] == ["ramen", "soup"]


@pytest.mark.parametrize(
    ("end", "left", "said"),
    [
        ("2029-10-31", 1074, "2029-10-31, in 1074 days"),
        ("2026-11-23", 1, "2026-11-23, in 1 day"),
        ("2026-11-22", 0, "2026-11-22, in 0 days"),
        ("2026-11-21", -1, "2026-11-21, 1 day ago"),
        (None, None, "not known"),
    ],
)
def test_end_of_life(end, left, said):
    assert end_of_life(end, left) == said


TABLE = """\
host  name  description     version  source  end of life               apps
----  ----  --------------  -------  ------  ------------------------  -----------
web1  3.13  CPython 3.13.5  3.13.5   distro  2029-10-31, in 1074 days  ramen, soup
web1  3.11  CPython 3.11.2  3.11.2   uv      2027-10-31, in 343 days   -"""


def test_text():
    old = {"name": "3.11", "description": "CPython 3.11.2", "version": "3.11.2", "source": "uv", "apps": []}
    assert text("web1", dated([ROW, old], TODAY)) == TABLE


def test_a_host_without_any():
    assert text("web1", []).splitlines()[0] == "host  name  description  version  source  end of life  apps"
