# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from dataclasses import replace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _viewlinks
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell

GONE = ("app", "venv", "current", "logs")
LINKS = [
    ("public_html", "/srv/app/public_html", "removed"),
    ("code", "/srv/app", "removed"),
    ("pyvenv.cfg", "/srv/venv/pyvenv.cfg", "removed"),
    ("log", "logs", "removed"),
    ("bin/virtualenv", "/srv/current/home/bin/virtualenv", "removed"),
    ("bin/primary_tech/pip", "/srv/current/home/bin/primary_tech/pip", "removed"),
    ("mine", "/srv/data/mine", "kept"),
    ("also", "bin/own", "kept"),
    ("appendix", "/srv/apparel", "kept"),
    ("host", "/etc/passwd", "kept"),
    ("up", "/srv/../app", "kept"),
    ("itself", "/srv", "kept"),
    ("bin/own", "/srv/app/own", "kept"),
    ("bin/current", "../app", "kept"),
    ("data/virtualenv", "/srv/current/home/bin/virtualenv", "kept"),
    ("a/b/c/virtualenv", "/srv/current/home/bin/virtualenv", "kept"),
]


@pytest.fixture
def cell(home):
    for name, target, _what in LINKS:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).symlink_to(target)
    return replace(make_cell("ramen", "system"), home=str(home))


def test_what_leads_to_what_was_removed(cell, home):
    (home / "bin" / "tool").write_text("the owner's")
    assert _viewlinks.remove(cell, GONE) is True
    assert {name: os.path.islink(home / name) for name, _target, _what in LINKS} == {
        name: what == "kept" for name, _target, what in LINKS
    }
    assert (home / "bin" / "tool").read_text() == "the owner's"
    assert _viewlinks.remove(cell, GONE) is False


def test_nothing_is_removed_through_a_link(cell, home, tmp_path):
    (tmp_path / "virtualenv").symlink_to("/srv/current/home/bin/virtualenv")
    (home / "elsewhere").symlink_to(tmp_path)
    _viewlinks.remove(cell, GONE)
    assert (tmp_path / "virtualenv").is_symlink()


def test_a_home_that_is_not_there_has_none(cell, home):
    assert _viewlinks.remove(replace(cell, home=f"{home}/none"), GONE) is False
