# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._command import command, environment
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline


def process(home, **variables):
    return {"cwd": str(home), "virtualenv": "v1", "environment": {"PATH": "/usr/bin:/bin", **variables}}


def failure(home, line, seconds=30.0):
    with pytest.raises(PyhostError) as caught:
        command(home, process(home, SECRET="geheim"), "release hook", line, Deadline(seconds))
    return str(caught.value)


def test_it_runs_as_the_app_does(home):
    line = 'echo "$(pwd) $MENU"; env | cut -d= -f1 | sort | tr "\\n" " "'
    found = command(home, process(home, MENU="50% '\"$x"), "release hook", line, Deadline(30))
    assert found.output == f"{home} 50% '\"$x\nMENU PATH PWD "


def test_its_virtualenv_comes_first(home):
    programs = home / "virtualenvs" / "v1" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text("#!/bin/sh\necho its own python\n")
    (programs / "python").chmod(0o755)
    assert command(home, process(home), "release hook", "python", Deadline(30)).output == "its own python\n"


PATHS = [
    # the app's PATH, that of the command; VENV is the directory of the virtualenv's programs
    ("VENV:/usr/bin", "VENV:/usr/bin"),
    ("/opt/x/bin:VENV", "VENV:/opt/x/bin:VENV"),
    ("/opt/x/bin", "VENV:/opt/x/bin"),
    ("", "VENV"),
]


@pytest.mark.parametrize(("own", "path"), PATHS)
def test_path(home, own, path):
    programs = f"{home}/virtualenvs/v1/bin"
    given = process(home, PATH=own.replace("VENV", programs), A="1")
    assert environment(home, given) == {"PATH": path.replace("VENV", programs), "A": "1"}
    assert given["environment"]["PATH"] == own.replace("VENV", programs)


def test_a_failure_says_what_which_and_why(home):
    assert failure(home, "echo no such table >&2; exit 3") == (
        "release hook failed with exit status 3: echo no such table >&2; exit 3; its last lines:\nno such table"
    )
    assert failure(home, "false") == "release hook failed with exit status 1: false; it wrote nothing"
    assert failure(home, "kill -9 $$") == "release hook was killed by signal 9: kill -9 $$; it wrote nothing"


def test_a_failure_shows_thirty_lines(home):
    head, *lines = failure(home, "seq 1 100; exit 1").splitlines()
    assert head == "release hook failed with exit status 1: seq 1 100; exit 1; its last lines:"
    assert lines == [str(number) for number in range(71, 101)]


def test_it_has_a_deadline(home):
    assert failure(home, "echo waiting; sleep 60", 0.5) == (
        "release hook did not end within 0 s: echo waiting; sleep 60; its last lines:\nwaiting"
    )
