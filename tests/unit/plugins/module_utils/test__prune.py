# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home
from ansible_collections.pyhost.platform.plugins.module_utils._prune import prune


def launch(home, name, age, release, virtualenv, conf):
    path = home / "launches" / name
    path.mkdir()
    process = {"release": release, "virtualenv": virtualenv, "argv": [], "cwd": "", "environment": {}}
    content = {
        "process": {**process, "server": "", "protocol": ""},
        "conf": conf,
        "process_digest": "",
        "processes": {},
    }
    content.update({"ports": {}, "health": {}, "python": "", "digest": ""})
    (path / "launch.json").write_text(json.dumps(content))
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    for area, one in (("releases", release), ("virtualenvs", virtualenv), ("conf/sets", conf)):
        (home / area / one).mkdir(exist_ok=True)
    (home / "releases" / f"{release}.json").write_text("{}")


@pytest.fixture
def cell(home):
    _home.make_directories(home)
    launch(home, "l1", 40, "1-a", "v1", "c1")
    launch(home, "l2", 30, "2-b", "v1", "c1")
    launch(home, "l3", 20, "3-c", "v2", "c1")
    launch(home, "l4", 10, "4-d", "v2", "c2")
    (home / "current").symlink_to("launches/l4")
    return home


def there(home):
    return {area: sorted(os.listdir(home / area)) for area in ("launches", "releases", "virtualenvs", "conf/sets")}


def test_nothing_to_remove(cell):
    before = there(cell)
    assert prune(cell, 4) == []
    assert prune(cell, 9) == []
    assert there(cell) == before


def test_the_newest_and_what_they_need_stay(cell):
    assert prune(cell, 3) == ["launches/l1", "releases/1-a", "releases/1-a.json"]
    assert prune(cell, 2) == ["launches/l2", "releases/2-b", "releases/2-b.json", "virtualenvs/v1"]
    assert there(cell) == {
        "launches": ["l3", "l4"],
        "releases": ["3-c", "3-c.json", "4-d", "4-d.json"],
        "virtualenvs": ["v2"],
        "conf/sets": ["c1", "c2"],
    }


@pytest.mark.parametrize("keep", [1, 0])
def test_the_one_in_force_stays_however_old_it_is(cell, keep):
    (cell / "current").unlink()
    (cell / "current").symlink_to("launches/l1")
    prune(cell, keep)
    assert there(cell) == {
        "launches": ["l1"],
        "releases": ["1-a", "1-a.json"],
        "virtualenvs": ["v1"],
        "conf/sets": ["c1"],
    }


def test_what_crashes_left_goes_and_data_does_not(cell):
    (cell / "launches" / ".stage-l5").mkdir()
    (cell / "releases" / ".stage-77").mkdir()
    (cell / "releases" / "5-e").mkdir()
    (cell / "virtualenvs" / "v9").mkdir()
    (cell / "conf" / "sets" / ".stage-c9").mkdir()
    (cell / "launches" / "broken").mkdir()
    (cell / "launches" / "broken" / "launch.json").write_text("{")
    os.utime(cell / "launches" / "broken", (0, 0))
    (cell / "data" / "precious").write_text("")
    assert prune(cell, 4) == [
        "conf/sets/.stage-c9",
        "launches/.stage-l5",
        "launches/broken",
        "releases/.stage-77",
        "releases/5-e",
        "virtualenvs/v9",
    ]
    assert (cell / "data" / "precious").exists()
