# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._platforms._env_example import expected, note
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

TEXT = """\
# Copy this file to .env
SECRET_KEY=
export DATABASE_URL = postgres://localhost/shop
#SENTRY_DSN=
SECRET_KEY=again
PORT=8000
"""


def test_the_names_of_a_file():
    facts = TreeFacts((), {"web/.env.example": TEXT})
    assert expected(facts, "web") == ("SECRET_KEY", "DATABASE_URL", "PORT")
    assert expected(facts, ".") == ()


def test_what_is_missing():
    names = ("SECRET_KEY", "DATABASE_URL", "PORT")
    text = ".env.example names what environment does not have: SECRET_KEY, DATABASE_URL"
    assert note(names, {"LANG": "C"}) == text
    assert note(names, {"SECRET_KEY": "", "DATABASE_URL": "x"}) == ""
