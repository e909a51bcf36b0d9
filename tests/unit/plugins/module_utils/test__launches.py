# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home, _launches
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError


def launch(process="p1", protocol="http", release="1-a", **more):
    return {
        "process": {
            "argv": [],
            "cwd": "",
            "environment": {"SECRET": "x"},
            "release": release,
            "virtualenv": "v1",
            "server": "x",
            "protocol": protocol,
        },
        "process_digest": process,
        "processes": {},
        "ports": {},
        "health": {},
        "conf": "c1",
        "python": "3.13.5",
        "digest": "a",
        **more,
    }


@pytest.fixture
def cell(home):
    _home.make_directories(home)
    return home


def links(home, digest):
    directory = home / "launches" / digest
    return {path.name: os.readlink(path) for path in directory.iterdir() if path.is_symlink()}


@pytest.mark.parametrize(
    ("protocol", "name"),
    [("http", "sock"), ("uwsgi", "uwsgi.sock"), ("fastcgi", "fastcgi.sock"), ("scgi", "scgi.sock")],
)
def test_write(cell, protocol, name):
    (cell / "launches" / ".stage-l1").mkdir()
    (cell / "launches" / ".stage-l1" / "half").write_text("")
    _launches.write(cell, "l1", launch(protocol=protocol))
    assert links(cell, "l1") == {
        "app": "../../releases/1-a",
        "venv": "../../virtualenvs/v1",
        "conf": "../../conf/sets/c1",
        name: "../../run/a-p1.sock",
    }
    path = cell / "launches" / "l1" / "launch.json"
    assert json.loads(path.read_text()) == _home.launch(cell, "l1") == launch(protocol=protocol)
    assert path.stat().st_mode & 0o777 == 0o440
    assert os.listdir(cell / "launches") == ["l1"]


def test_write_leaves_a_launch_that_is_there_alone(cell):
    _launches.write(cell, "l1", launch())
    _launches.traffic(cell, "l1", "n-p1.sock")
    _launches.write(cell, "l1", launch())
    assert _launches.serving(cell, "l1") == "n-p1.sock"


def test_needed(cell):
    def error():
        try:
            _launches.needed(cell, launch())
        except PyhostError as caught:
            return str(caught)
        return ""

    for what, path in (
        ("release", "releases/1-a"),
        ("virtualenv", "virtualenvs/v1/.pyhost.json"),
        ("configuration", "conf/sets/c1"),
    ):
        assert error() == f"its {what} {path} was removed meanwhile; run again"
        (cell / path).mkdir(parents=True)
    assert error() == ""


@pytest.mark.parametrize(
    ("protocol", "name"),
    [("http", "sock"), ("uwsgi", "uwsgi.sock"), ("fastcgi", "fastcgi.sock"), ("scgi", "scgi.sock")],
)
def test_traffic_follows_the_protocol(cell, protocol, name):
    _launches.write(cell, "l1", launch(protocol=protocol))
    _launches.traffic(cell, "l1", "app-next.port.sock")
    assert links(cell, "l1")[name] == "../../run/app-next.port.sock"
    assert _launches.serving(cell, "l1") == "app-next.port.sock"


def test_nothing_serves(cell):
    assert _launches.serving(cell, "") == ""
    assert _launches.serving(cell, "none") == ""
    _launches.write(cell, "l1", launch())
    (cell / "launches" / "l1" / "sock").unlink()
    assert _launches.serving(cell, "l1") == ""


OLD_WAYS = [
    # protocols of the new and the old one, the further link of the new one
    ("http", "http", {}),
    ("uwsgi", "uwsgi", {}),
    ("http", "uwsgi", {"uwsgi.sock": "../../run/a-p1.sock"}),
    ("uwsgi", "http", {"sock": "../../run/a-p1.sock"}),
    ("uwsgi", "fastcgi", {"fastcgi.sock": "../../run/a-p1.sock"}),
    ("scgi", "fastcgi", {"fastcgi.sock": "../../run/a-p1.sock"}),
]


@pytest.mark.parametrize(("new", "old", "further"), OLD_WAYS)
def test_workers_of_nginx_with_the_old_rules_reach_the_old_instance(cell, new, old, further):
    _launches.write(cell, "l1", launch("p1", old))
    _launches.write(cell, "l2", launch("p2", new))
    before = links(cell, "l2")
    _launches.keep_old_way(cell, "l2", "l1")
    assert links(cell, "l2") == {**before, **further}
    _launches.keep_old_way(cell, "l2", "")
    assert links(cell, "l2") == {**before, **further}


@pytest.mark.parametrize(
    ("old", "shown"), [("l1", "../../releases/1-a"), ("l2", None), ("l3", None), ("", None), ("none", None)]
)
def test_static_files_of_both_versions(cell, old, shown):
    for name in ("1-a", "2-b"):
        (cell / "releases" / name).mkdir()
    _launches.write(cell, "l1", launch("p1", release="1-a"))
    _launches.write(cell, "l2", launch("p2", release="2-b"))
    _launches.write(cell, "l3", launch("p3", release="2-b"))
    _launches.show_before(cell, "l2", old)
    assert links(cell, "l2").get("before") == shown
    _launches.hide_before(cell)
    assert "before" not in links(cell, "l2")


def test_static_files_of_a_version_that_is_gone(cell):
    (cell / "launches" / "l2").mkdir()
    (cell / "launches" / "l2" / "before").symlink_to("../../releases/1-a")
    _launches.hide_before(cell)
    assert links(cell, "l2") == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("n-p1.sock", "a-p1.sock"),
        ("app-next.port.sock", "app.port.sock"),
        ("a-p1.sock", "a-p1.sock"),
        ("app.port.sock", "app.port.sock"),
    ],
)
def test_lead_to_app(cell, before, after):
    _launches.write(cell, "l1", launch())
    _launches.traffic(cell, "l1", before)
    _launches.lead_to_app(cell, "l1")
    assert _launches.serving(cell, "l1") == after


def test_lead_to_app_before_the_first_deploy(cell):
    _launches.lead_to_app(cell, "")
    _launches.lead_to_app(cell, "none")


@pytest.mark.parametrize(
    ("socket", "is_next"),
    [
        ("n-p1.sock", True),
        ("app-next.port.sock", True),
        ("a-p1.sock", False),
        ("app.port.sock", False),
        ("nginx.sock", False),
        ("", False),
    ],
)
def test_by_next(socket, is_next):
    assert _launches.by_next(socket) is is_next


def test_of_process(cell):
    _launches.write(cell, "l1", launch("p1", conf="c1"))
    (cell / "launches" / "broken").mkdir()
    assert _launches.of_process(cell, "p1") == launch("p1", conf="c1")
    assert _launches.of_process(cell, "p2") == {}
    assert _launches.of_process(cell, "None") == {}
