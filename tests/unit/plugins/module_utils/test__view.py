# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import stat

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home, _view
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

LINKS = {"current": "{approot}", "code": "{app}", "env": "{venv}", "data": "{srv}/data", "volatile": "", "a/b": "{app}"}


@pytest.fixture
def seen(tmp_path):
    place = tmp_path / "seen"
    place.mkdir()
    return place


def launch(seen, apart=True, **view):
    process = {
        "release": "7-abc",
        "virtualenv": "v1",
        "environment": {"PATH": "/srv/virtualenvs/v1/bin:/usr/bin", "VIRTUAL_ENV": "/srv/virtualenvs/v1", "KEY": "x"},
    }
    view = {
        "home": str(seen), "apart": apart, "approot": "shop", "virtualenv": f"{seen}/env", "links": LINKS,
        "files": {"environment.json": '{"KEY": "s3cret"}'}, **view,
    }  # fmt: skip
    return {"process": process, "view": view}


def links(seen):
    return {name: os.readlink(seen / name) for name in LINKS if (seen / name).is_symlink()}


def test_what_serves_is_reached_through_the_links_of_the_cell(home, seen):
    _view.put_in_force(home, launch(seen))
    assert links(seen) == {
        "current": f"{home}/app/shop", "code": f"{home}/app", "env": f"{home}/venv", "data": f"{home}/data",
        "a/b": f"{home}/app",
    }  # fmt: skip
    assert (seen / "volatile").is_dir()
    assert os.readlink(seen / "environment.json") == f"{home}/current/home/environment.json"


def test_what_is_prepared_is_reached_by_its_own_names(home, seen):
    _view.prepare(home, launch(seen))
    assert links(seen) == {
        "current": f"{home}/releases/7-abc/shop", "code": f"{home}/releases/7-abc",
        "env": f"{home}/virtualenvs/v1", "data": f"{home}/data", "a/b": f"{home}/releases/7-abc",
    }  # fmt: skip
    assert (seen / "environment.json").read_text() == '{"KEY": "s3cret"}'
    assert stat.S_IMODE((seen / "environment.json").stat().st_mode) == 0o440


def test_approot_may_be_the_whole_release(home, seen):
    _view.put_in_force(home, launch(seen, approot="."))
    assert links(seen)["current"] == f"{home}/app"


def test_a_home_that_is_the_cells_own_is_not_prepared(home, seen):
    _view.prepare(home, launch(seen, apart=False))
    assert os.listdir(seen) == []
    _view.put_in_force(home, launch(seen, apart=False))
    assert links(seen)["code"] == f"{home}/app"


def test_a_launch_without_a_view(home, seen):
    _view.check({})
    _view.put_in_force(home, {})
    _view.prepare(home, {"process": {}})
    assert os.listdir(seen) == []


def test_the_files_are_in_the_launch(tmp_path, seen):
    _view.write(tmp_path, launch(seen))
    path = tmp_path / "home" / "environment.json"
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ('{"KEY": "s3cret"}', 0o440)


@pytest.mark.parametrize("name", ["env", "environment.json"])
def test_a_directory_of_the_owners_is_in_the_way(seen, name):
    _view.check(launch(seen))
    (seen / name).mkdir()
    with pytest.raises(PyhostError) as caught:
        _view.check(launch(seen))
    assert str(caught.value) == f"{seen}/{name} is a directory, in the way of a link of the platform; move it away"


def test_the_owners_other_files_stay(home, seen):
    (seen / ".bashrc").write_text("mine")
    (seen / "volatile").mkdir()
    (seen / "volatile" / "cache").write_text("warm")
    _view.put_in_force(home, launch(seen))
    _view.put_in_force(home, launch(seen))
    assert (seen / ".bashrc").read_text() == "mine"
    assert (seen / "volatile" / "cache").read_text() == "warm"


def test_steps_see_the_virtualenv_where_the_platform_has_it(seen):
    assert _view.environment(launch(seen)) == {
        "PATH": f"{seen}/env/bin:/usr/bin", "VIRTUAL_ENV": f"{seen}/env", "KEY": "x",
    }  # fmt: skip
    assert _view.environment(launch(seen, virtualenv="")) == launch(seen)["process"]["environment"]
    assert _view.environment(launch(seen, apart=False)) == launch(seen)["process"]["environment"]


def test_names_that_are_ours_are_no_links_of_a_view():
    assert not {name for name, _target in _home.LINKS} & set(LINKS)
