# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.plugin_utils._leftovers import declared, text


def test_declared():
    apps = [{"name": "ramen", "python": "3.11"}, {"name": "soup"}, "no app", {"python": "3.2"}]
    assert declared(apps, "3.13", ["3.9"], {"3.2": "3.12", "3.8": "3.10"}) == ["3.11", "3.12", "3.13", "3.2", "3.9"]
    assert declared("no list", "", [], {}) == []


TABLE = """\
host  app    what        name                     result   MB    why
----  -----  ----------  -----------------------  -------  ----  ---------------------------
web1  ramen  virtualenv  0123456789abcdef         removed  3.0
web1  -      runtime     3.12-aa (3.12.4, uv)     removed  40.5
web1  -      runtime     3.13-bb (3.13.5, build)  kept           the branch 3.13 is declared
43.5 MB freed on web1"""


def test_text():
    rows = [
        {"what": "virtualenvs", "name": "0123456789abcdef", "app": "ramen", "bytes": 3 << 20, "why": ""},
        {"what": "runtime", "name": "3.12-aa (3.12.4, uv)", "app": "", "bytes": 81 << 19, "why": ""},
        {
            "what": "runtime", "name": "3.13-bb (3.13.5, build)", "app": "", "bytes": 0,
            "why": "the branch 3.13 is declared",
        },
    ]  # fmt: skip
    assert text("web1", rows, False) == TABLE
    checked = text("web1", rows, True)
    assert checked.count("to be removed") == 2
    assert checked.endswith("43.5 MB would be freed on web1")


def test_nothing():
    assert text("web1", [], False) == "0.0 MB freed on web1"
