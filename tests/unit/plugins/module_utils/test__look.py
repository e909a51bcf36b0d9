# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import json
import os
import re

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home, _journal, _lock, _process
from ansible_collections.pyhost.platform.plugins.module_utils._look import look

EMPTY = {
    "home": True,
    "releases": [],
    "virtualenvs": [],
    "current": "",
    "launch": {},
    "virtualenv": {},
    "conf": {"texts": {}, "digest": ""},
    "links": False,
    "rolling": False,
    "held": "",
    "failed": False,
    "own": [],
    "aliases": [],
    "listens": [],
    "supervisord": False,
    "programs": {},
}


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))


LAUNCH = {
    "process": {
        "argv": ["gunicorn"],
        "cwd": "/srv",
        "environment": {"SECRET": "geheim"},
        "release": "2-b",
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
    "digest": "bbb",
}


@pytest.fixture
def cell(home):
    _home.make_directories(home)
    _home.make_links(home)
    (home / "current").symlink_to("launches/l1")
    write(home / "launches" / "l1" / "launch.json", LAUNCH)
    (home / "launches" / "l1" / "conf").symlink_to("../../conf/sets/c1")
    write(home / "conf" / "sets" / "c1" / "nginx.conf", "daemon off;")
    write(home / "virtualenvs" / "v1" / ".pyhost.json", {"packages": {"pip": "25"}})
    (home / "virtualenvs" / "half").mkdir()
    for name, digest in (("1-a", "aaa"), ("2-b", "bbb")):
        (home / "releases" / name).mkdir()
        write(home / "releases" / f"{name}.json", {"digest": digest, "facts": {"paths": []}, "prepared": "any"})
    return home


def test_nothing_there(home):
    assert look(home) == EMPTY
    assert look(home / "none") == {**EMPTY, "home": False}


def test_a_cell_at_rest(cell):
    texts = {"nginx.conf": "daemon off;"}
    assert look(cell) == {
        **EMPTY,
        "releases": [
            {"digest": "aaa", "name": "1-a", "prepared": "any"},
            {"digest": "bbb", "name": "2-b", "prepared": "any"},
        ],
        "virtualenvs": ["v1"],
        "current": "l1",
        "launch": {
            **LAUNCH,
            "process": {**LAUNCH["process"], "environment": {"SECRET": hashlib.sha256(b"geheim").hexdigest()[:8]}},
        },
        "virtualenv": {"packages": {"pip": "25"}},
        "conf": {"texts": texts, "digest": hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:12]},
        "links": True,
    }


def test_what_the_owner_added(cell):
    for name in ("nginx.d/own.conf", "nginx.d/notes.txt", "supervisor.d/queue.conf"):
        write(cell / "conf" / name, "")
    assert look(cell)["own"] == ["conf/nginx.d/own.conf", "conf/supervisor.d/queue.conf"]


def test_aliases_of_the_owner_that_serve_more_than_they_name(cell):
    for name, text in (
        ("nginx.d/bad.conf", "server {\n  location /s { alias /srv/s/; }\n}\n"),
        ("nginx.d/good.conf", "location /s/ { alias /srv/s/; }"),
        ("supervisor.d/odd.conf", "location /s { alias /srv/s/; }"),
    ):
        path = cell / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    os.mkfifo(cell / "conf" / "nginx.d" / "pipe.conf")
    (found,) = look(cell)["aliases"]
    assert found.startswith("conf/nginx.d/bad.conf:2: location /s with alias /srv/s/ serves what is beside /srv/s/, ")


def test_aliases_in_more_text_than_is_looked_at_are_not_passed_over(cell):
    write(cell / "conf/nginx.d/a.conf", "# much\n" * 37000)
    write(cell / "conf/nginx.d/b.conf", "# more\n" * 1000)
    assert look(cell)["aliases"] == [
        "conf/nginx.d/b.conf: not looked at, for there are more than 262144 characters in all"
    ]


def test_no_secret_leaves_the_cell(cell):
    assert "geheim" not in json.dumps(look(cell))


def test_facts_of_the_wanted_release_only(cell):
    rows = {row["name"]: row for row in look(cell, "bbb")["releases"]}
    assert rows["2-b"]["facts"] == {"paths": []}
    assert "facts" not in rows["1-a"]


def test_a_release_is_its_directory_and_its_record(cell):
    (cell / "releases" / "1-a").rmdir()
    (cell / "releases" / "2-b.json").write_text("half")
    (cell / "releases" / "3-c").mkdir()
    assert look(cell)["releases"] == []


def test_what_the_owner_made_is_no_release(cell):
    for name, value in (("own", {"digest": "bbb"}), ("7-x", {"digest": "b"}), ("7-b", {"digest": 7}), ("8-b", [])):
        (cell / "releases" / name).mkdir()
        write(cell / "releases" / f"{name}.json", value)
    os.mkfifo(cell / "releases" / "9-b.json")
    assert [row["name"] for row in look(cell)["releases"]] == ["1-a", "2-b"]


def test_what_a_crash_left(cell):
    _home.next_conf(cell).write_text("")
    (cell / "run" / "app.sock").unlink()
    found = look(cell)
    assert (found["rolling"], found["links"]) == (True, False)


def test_a_rollout_under_way(cell):
    _journal.write(cell, "beside", "l1", "l2")
    assert look(cell)["rolling"] is True
    _journal.end(cell)
    assert look(cell)["rolling"] is False


def test_who_works_at_it(cell):
    with _lock.held(cell, {"who": "anna on laptop", "wait": 0}, "build"):
        assert re.fullmatch(r"anna on laptop, build, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+", look(cell)["held"])
    assert look(cell)["held"] == ""


def test_programs(cell, supervisord):
    _process.write_record(cell / "run", "app", {"process": "p1"})
    supervisord.program("app", pid=os.getpid())
    supervisord.program("nginx", "FATAL", 0)
    record = {"process": "p1", "pid": os.getpid(), "start": _process.start_time(os.getpid())}
    found = look(cell)
    assert found["supervisord"] is True
    assert found["programs"] == {
        "app": {"state": "RUNNING", "pid": os.getpid(), "why": "", "record": record},
        "nginx": {"state": "FATAL", "pid": 0, "why": "", "record": {}},
    }


def test_a_supervisord_that_is_gone(cell):
    (cell / "run" / "supervisor.sock").write_text("")
    found = look(cell)
    assert (found["supervisord"], found["programs"]) == (False, {})


def test_addresses_of_the_owners_nginx_text(home):
    (home / "conf/nginx.d").mkdir(parents=True)
    (home / "conf/nginx.d/app.conf").write_text("listen 1.1.1.1:1;\n")
    (home / "conf/nginx.d/python.conf").write_text("server {\n  listen       0.0.0.0:8000;\n  #listen 9;\n}\n")
    assert look(home)["listens"] == ["0.0.0.0:8000"]
