# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import configparser

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor_own import fitted, read

CELL = make_cell("ramen", "system")
TAKEN = ("app", "nginx")
CELERY = """\
; the file of the tutorial
[program:djcelery]
directory = /home/dotcloud/current/
command = python manage.py celeryd -E -l info ; as written there
stderr_logfile = /var/log/supervisor/%(program_name)s_error.log
environment=A="1",B="%(ENV_HOME)s"
numprocs = 2
process_name = %(program_name)s_%(process_num)02d
user = root

[supervisord]
user = root

[group:both]
programs = djcelery
"""


def options(text, section):
    found = configparser.RawConfigParser()
    found.optionxform = str
    found.read_string(text)
    return dict(found.items(section))


def test_programs_run_as_the_apps_own_do():
    text = fitted(read(CELERY, "supervisord.conf", TAKEN), CELL, "/srv/releases/7-abc", "p1")
    assert options(text, "program:djcelery") == {
        "directory": "/home/dotcloud/current/",
        "command": "/opt/pyhost/tools/bin/pyhost-start =p1 python manage.py celeryd -E -l info",
        "stderr_logfile": "/var/log/supervisor/%(program_name)s_error.log",
        "environment": 'A="1",B="%(ENV_HOME)s"',
        "numprocs": "2",
        "process_name": "%(program_name)s_%(process_num)02d",
    }
    assert options(text, "group:both") == {"programs": "djcelery"}
    assert "[supervisord]" not in text


def test_a_program_that_says_no_directory_starts_in_the_code():
    text = fitted(read("[program:tick]\ncommand=./tick\n", "x", TAKEN), CELL, "/srv/releases/7-abc", "p1")
    assert options(text, "program:tick")["directory"] == "/srv/releases/7-abc"


def test_another_version_is_another_command():
    found = read("[program:tick]\ncommand=./tick\n", "x", TAKEN)
    assert fitted(found, CELL, "/c", "p1") != fitted(found, CELL, "/c", "p2")


def test_nothing_to_run():
    assert fitted(read("[supervisord]\nuser=root\n", "x", TAKEN), CELL, "/c", "p1") == ""


WRONG = [
    ("[program:app]\ncommand=x\n", ["[program:app]: the cell has a program app already; give it another name"]),
    ("[program:]\ncommand=x\n", ["[program:] has no name"]),
    ("[program:a]\nautostart=true\n[program:b]\ncommand=\n", ["[program:a] has no command", "[program:b] has no command"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problems"), WRONG)
def test_what_is_wrong_is_named(text, problems):
    with pytest.raises(PyhostError) as caught:
        read(text, "shop/supervisord.conf", TAKEN)
    assert str(caught.value).splitlines() == [f"shop/supervisord.conf: {one}" for one in problems]


@pytest.mark.parametrize("text", ["command=x\n", "[program:a\n", "[program:a]\ncommand=x\n[program:a]\ncommand=y\n"])
def test_no_such_file(text):
    with pytest.raises(PyhostError, match=r"^shop/supervisord\.conf: .*\b(line|section)"):
        read(text, "shop/supervisord.conf", TAKEN)


LOGS = [
    # what the file says, the logs of the first of the program's processes
    ("", ("/var/log/supervisor/tick_00.log", "/var/log/supervisor/tick_00_error.log")),
    ("redirect_stderr=true", ("/var/log/supervisor/tick_00.log", None)),
    ("stdout_logfile=/tmp/x.log", ("/tmp/x.log", "/var/log/supervisor/tick_00_error.log")),
]


@pytest.mark.parametrize(("line", "files"), LOGS)
def test_logs_of_a_platform(line, files):
    text = fitted(read(f"[program:tick]\ncommand=./t\n{line}\n", "x", TAKEN), CELL, "/c", "p1", "/var/log/supervisor")
    found = configparser.RawConfigParser()
    found.read_string(text)
    own = dict(found["program:tick"])
    told = [own.get(name) for name in ("stdout_logfile", "stderr_logfile")]
    assert tuple(one and one % {"program_name": "tick", "process_num": 0} for one in told) == files
