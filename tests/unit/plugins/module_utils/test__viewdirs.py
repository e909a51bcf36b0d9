# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import pwd
import stat
from dataclasses import replace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _cell, _unit, _viewdirs
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell

VIEWS = (("home", "/home/dotcloud"), ("log", "/var/log/supervisor"), ("/opt/pyhost/s2i", "/usr/libexec/s2i"))


@pytest.fixture
def cell(tmp_path, monkeypatch):
    for module in (_cell, _viewdirs, _unit):
        monkeypatch.setattr(module, "VIEWS", str(tmp_path / "cells"))
    mine = pwd.getpwuid(os.geteuid()).pw_name
    return replace(make_cell("ramen", "system", views=VIEWS), user=mine)


def test_made_once_and_removed(cell, tmp_path):
    assert _viewdirs.make(cell) is True
    place = tmp_path / "cells" / "ramen"
    assert sorted(os.listdir(place)) == ["home", "home.next", "log"]
    assert {stat.S_IMODE((place / name).stat().st_mode) for name in os.listdir(place)} == {0o750}
    (place / "log" / "x.log").write_text("kept")
    assert _viewdirs.make(cell) is False
    assert (place / "log" / "x.log").read_text() == "kept"
    assert (_viewdirs.remove(cell), _viewdirs.remove(cell)) == (True, False)
    assert not place.exists()


def test_a_cell_without_views_has_no_directory(cell, tmp_path):
    assert _viewdirs.make(replace(cell, views=())) is False
    assert not (tmp_path / "cells").exists()


def test_the_unit_says_them_and_is_read_back(cell, tmp_path):
    lines = _unit.confinement(cell)
    place = tmp_path / "cells" / "ramen"
    assert f"BindPaths={place}/home:/home/dotcloud" in lines
    assert f"BindPaths={place}/log:/var/log/supervisor" in lines
    assert "BindReadOnlyPaths=/opt/pyhost/s2i:/usr/libexec/s2i" in lines
    assert _unit.views_in(cell, _unit.unit_text(cell)) == VIEWS


def test_a_private_network_is_no_view(cell):
    text = _unit.unit_text(replace(cell, network="private", views=()))
    assert _unit.views_in(cell, text) == ()
    assert "/etc/resolv.conf" in text


def test_what_prepares_a_version_has_the_twin_of_the_home(cell, tmp_path):
    now, coming = _unit.confinement(cell), _unit.confinement(cell, coming=True)
    assert [line for line in coming if line not in now] == [
        f"BindPaths={tmp_path}/cells/ramen/home.next:/home/dotcloud"
    ]


def test_a_process_that_sees_none_of_them_is_not_mounted(cell):
    assert _viewdirs.mounted(cell, os.getpid()) is False
    assert _viewdirs.mounted(replace(cell, views=()), os.getpid()) is True


def test_a_process_that_is_gone_needs_nothing(cell):
    assert _viewdirs.mounted(cell, 4194305) is True


def test_the_whole_home_at_a_second_path(cell):
    whole = (("~", "/home/ramen"),)
    mine = replace(cell, views=whole)
    text = _unit.unit_text(mine)
    assert text.count("BindPaths=/home/ramen:/home/ramen\n") == 1
    assert "BindPaths=/home/ramen:/srv\n" in text
    assert _unit.views_in(mine, text) == whole
    assert _viewdirs.make(mine) is False, "there is nothing to make"
