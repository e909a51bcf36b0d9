# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._unused import verdicts

BASE = "/opt/python"
ONE, TWO = "3.12-aaaaaaaaaaaa", "3.12-bbbbbbbbbbbb"
STORE = [{"name": name, "version": "3.12.4", "source": "uv"} for name in (ONE, TWO)]
LINKS = {"3.12": f"{BASE}/store/{ONE}/bin/python3.12", "3.9": "/opt/mine/bin/python3.9"}

CASES = [
    # used, branches, fresh: why each of ONE, TWO and the links of 3.9 stays
    ({}, (), (), ("", "", "")),
    ({}, ("3.12",), (), ("the branch 3.12 is declared", "", "")),
    ({}, ("3.9",), (), ("", "", "the branch 3.9 is declared")),
    ({}, (), (TWO,), ("", "it was brought within the last hour", "")),
    ({f"{BASE}/store/{TWO}/bin/python3.12": "soup"}, (), (), ("", "soup", "")),
    ({f"{BASE}/store/{TWO}/bin": "a virtualenv"}, (), (), ("", "a virtualenv", "")),
    ({f"{BASE}/store/{TWO}": "somebody"}, (), (), ("", "somebody", "")),
    ({f"{BASE}/store/{TWO}x/bin/python": "no one"}, (), (), ("", "", "")),
    ({f"{BASE}/3.12/bin": "by the link"}, (), (), ("by the link", "", "")),
    ({f"{BASE}/3.9/bin/python": "by the link"}, (), (), ("", "", "by the link")),
    ({"/opt/mine/bin/python3.9": "ramen"}, (), (), ("", "", "ramen")),
]


@pytest.mark.parametrize(("used", "branches", "fresh", "whys"), CASES)
def test_what_stays(used, branches, fresh, whys):
    rows = {row["name"]: row for row in verdicts(BASE, STORE, LINKS, used, branches, fresh)}
    assert (rows[ONE]["why"], rows[TWO]["why"], rows["3.9"]["why"]) == whys
    assert (rows[ONE]["links"], rows[TWO]["links"], rows["3.9"]["source"]) == (["3.12"], [], "link")
    assert set(rows) == {ONE, TWO, "3.9"}
