# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._asked import notes, source_of
from ansible_collections.pyhost.platform.plugins.module_utils._completed import completed
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs

RAMEN = App("ramen", Source("path", "x"))
KNOWN = Understanding(
    "gunicorn", "wsgi:application", Inputs("none"), python="3.11", pip_index_url="https://index.example.com/simple"
)


def test_the_tree_fills_what_the_entry_leaves_open():
    app = completed(RAMEN, KNOWN)
    assert (app.python, app.pip_index_url) == ("3.11", "https://index.example.com/simple")
    given = ("name", "pip_index_url", "python")
    own = App("ramen", Source("path", "x"), python="3.13", pip_index_url="https://other.example.com/", given=given)
    assert completed(own, KNOWN) == own
    default = App("ramen", Source("path", "x"), python="3.12")
    assert completed(default, KNOWN).python == "3.11"


def test_a_message_says_who_asked():
    assert source_of(RAMEN) == ""
    assert "the source asks for it" in source_of(completed(RAMEN, KNOWN))
    assert source_of(App("ramen", Source("path", "x"), python="3.11", given=("name", "python"))) == ""


def test_notes():
    known = Understanding("command", "", Inputs("none"), expected=("A", "B"), notes=("hello",))
    assert notes(known, {"A": "1"}) == ["hello", ".env.example names what environment does not have: B"]
    assert notes(known, {"A": "1", "B": ""}) == ["hello"]
