# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import stat

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home


def test_everything_leads_through_current(tmp_path):
    _home.make_directories(tmp_path)
    _home.make_links(tmp_path)
    launch = tmp_path / "launches" / "l1"
    for name in ("releases/1-a", "virtualenvs/v1", "conf/sets/c1/nginx.d", "conf/sets/c1/supervisor.d"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("run/a-p1.sock", "conf/sets/c1/nginx.d/app.conf", "conf/sets/c1/supervisor.d/app.conf"):
        (tmp_path / name).write_text(name)
    launch.mkdir()
    for name, target in {
        "app": "../../releases/1-a",
        "venv": "../../virtualenvs/v1",
        "conf": "../../conf/sets/c1",
        "sock": "../../run/a-p1.sock",
        "uwsgi.sock": "../../run/a-p0.sock",
    }.items():
        (launch / name).symlink_to(target)
    assert not (tmp_path / "app").exists()
    (tmp_path / "current").symlink_to("launches/l1")
    real = os.path.realpath(tmp_path)
    assert {name: os.path.realpath(tmp_path / name).removeprefix(f"{real}/") for name, _to in _home.LINKS} == {
        "app": "releases/1-a",
        "venv": "virtualenvs/v1",
        "run/app.sock": "run/a-p1.sock",
        "run/app.uwsgi.sock": "run/a-p0.sock",
        "run/app.fastcgi.sock": "launches/l1/fastcgi.sock",
        "run/app.scgi.sock": "launches/l1/scgi.sock",
        "conf/nginx.d/app.conf": "conf/sets/c1/nginx.d/app.conf",
        "conf/supervisor.d/app.conf": "conf/sets/c1/supervisor.d/app.conf",
    }


def test_directories_are_not_for_everybody(tmp_path):
    _home.make_directories(tmp_path)
    _home.make_directories(tmp_path)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) & 0o007 == 0


def test_current_and_launch(tmp_path):
    assert (_home.current(tmp_path), _home.launch(tmp_path, "")) == ("", {})
    (tmp_path / "current").symlink_to("launches/l1")
    assert (_home.current(tmp_path), _home.launch(tmp_path, "l1")) == ("l1", {})
    (tmp_path / "launches" / "l1").mkdir(parents=True)
    path = tmp_path / "launches" / "l1" / "launch.json"
    path.write_text(json.dumps(LAUNCH))
    assert _home.launch(tmp_path, "l1") == LAUNCH


LAUNCH = {
    "process": {
        "argv": [],
        "cwd": "/srv",
        "environment": {},
        "release": "1-a",
        "virtualenv": "v1",
        "server": "gunicorn",
        "protocol": "http",
    },
    "process_digest": "p1",
    "processes": {},
    "ports": {},
    "health": {},
    "conf": "c1",
    "python": "3.13.5",
    "digest": "aaa",
    "app": "ramen",
}


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {**LAUNCH, "process": None},
        {**LAUNCH, "conf": 1},
        {**LAUNCH, "ports": []},
        {name: value for name, value in LAUNCH.items() if name != "digest"},
        {**LAUNCH, "process": {**LAUNCH["process"], "release": {}}},
        {**LAUNCH, "process": {"argv": []}},
    ],
)
def test_a_launch_that_no_deploy_wrote(tmp_path, value):
    (tmp_path / "launches" / "l1").mkdir(parents=True)
    (tmp_path / "launches" / "l1" / "launch.json").write_text(json.dumps(value))
    assert _home.launch(tmp_path, "l1") == {}


def test_names(tmp_path):
    assert _home.socket_name("app", "p1") == "a-p1.sock"
    assert _home.socket_name("app-next", "p1") == "n-p1.sock"
    assert _home.next_conf(tmp_path) == tmp_path / "run" / "supervisor.d" / "app-next.conf"


def test_forget_next(home):
    _home.make_directories(home)
    _home.forget_next(home)
    _home.next_conf(home).write_text("")
    (home / "run" / "next").symlink_to("../launches/none")
    for name in ("app-next.json", "app.json"):
        (home / "run" / name).write_text("")
    _home.forget_next(home)
    assert sorted(os.listdir(home / "run")) == ["app.json", "supervisor.d"]
    assert os.listdir(home / "run" / "supervisor.d") == []


def test_put_in_force(home):
    _home.put_in_force(home, "")
    assert _home.current(home) == ""
    for digest in ("l1", "l2", "l2"):
        _home.put_in_force(home, digest)
        assert (_home.current(home), os.readlink(home / "current")) == (digest, f"launches/{digest}")
    _home.put_in_force(home, "")
    assert (_home.current(home), os.listdir(home)) == ("", [])


@pytest.mark.parametrize(
    ("launch", "name"),
    [
        ({}, "sock"),
        ({"process": {"protocol": "http"}}, "sock"),
        ({"process": {"protocol": "uwsgi"}}, "uwsgi.sock"),
        ({"process": {"protocol": "fastcgi"}}, "fastcgi.sock"),
        ({"process": {"protocol": "scgi"}}, "scgi.sock"),
    ],
)
def test_traffic_link(launch, name):
    assert _home.traffic_link(launch) == name


def test_set_texts(tmp_path):
    (tmp_path / "python" / "__pycache__").mkdir(parents=True)
    (tmp_path / "python" / "__pycache__" / "a.pyc").write_bytes(b"\xff")
    (tmp_path / "python" / "a.pyc").write_bytes(b"\xff")
    (tmp_path / "python" / "a.py").write_bytes(b"\xff")
    (tmp_path / "nginx.conf").write_text("ü")
    (tmp_path / ".stage-nginx.conf.7").write_text("half")
    os.mkfifo(tmp_path / "fifo")
    assert _home.set_texts(tmp_path) == {"nginx.conf": "ü", "python/a.py": "\ufffd"}
    assert _home.set_texts(tmp_path / "none") == {}
