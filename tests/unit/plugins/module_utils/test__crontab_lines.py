# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._crontab_lines import read

TEXT = r"""
# m h dom mon dow command
MAILTO=me@example.com
"GREETING" = "two words"
*/5 * * * * python manage.py clear
  @daily   date +\%F
0 3 * * 1-5 cat%first%second
"""


def test_schedules_by_line():
    found, wrong = read(TEXT)
    assert {number: schedule for number, (schedule, _command) in found.items()} == {
        5: "*/5 * * * *",
        6: "@daily",
        7: "0 3 * * 1-5",
    }
    assert wrong == {}


RUNS = [
    ("@daily pwd", "{home}\n"),
    ("@daily echo 'a  b' \"$HOME\"", "a  b {home}\n"),
    ("WHERE='the shop'\n@daily echo $WHERE", "the shop\n"),
    ('WHERE="it\'s"\n@daily echo $WHERE', "it's\n"),
    ("@daily date +\\%H > /dev/null && echo 100\\%", "100%\n"),
    ("@daily cat%one%two", "one\ntwo\n"),
    ("SHELL=/bin/bash\n@daily [[ -n $BASH_VERSION ]] && echo bash", "bash\n"),
]


@pytest.mark.parametrize(("text", "says"), RUNS)
def test_what_a_line_does(tmp_path, text, says):
    found, wrong = read(text)
    [(_schedule, command)] = list(found.values())
    assert wrong == {}
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == says.format(home=tmp_path)


WRONG = [
    ("61 * * * * x", 1, "61"),
    ("\n* * * *\n", 2, "is no schedule and a command"),
    ("@never x", 1, '"@never" is unknown'),
]


@pytest.mark.parametrize(("text", "number", "message"), WRONG)
def test_wrong_lines(text, number, message):
    found, wrong = read(f"{text}\n@daily x\n")
    assert list(wrong) == [number]
    assert message in wrong[number]
    assert [schedule for schedule, _command in found.values()] == ["@daily"]
