# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._crontab_file import read

TEXT = r"""
# m h dom mon dow command
MAILTO=me@example.com
GREETING="two words"
*/5 * * * * python manage.py clear
  @daily   date +\%F
0 3 * * 1-5 cat%first%second
"""


def test_lines_of_a_crontab():
    found = read(TEXT, "crontab")
    assert {name: one.schedule for name, one in found.items()} == {
        "line-5": "*/5 * * * *",
        "line-6": "@daily",
        "line-7": "0 3 * * 1-5",
    }
    assert found["line-5"].command == "export GREETING='two words'; python manage.py clear"
    assert found["line-6"].command.endswith("date +%F")


def test_input_of_a_command():
    command = read(TEXT, "crontab")["line-7"].command
    said = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert said.stdout == "first\nsecond\n"


WRONG = [("61 * * * * x", "line 1: "), ("\n* * * *\n", "line 2: is no schedule"), ("@never x", '"@never" is unknown')]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_lines(text, message):
    with pytest.raises(PyhostError) as caught:
        read(text, "web/crontab")
    assert "web/crontab, line " in str(caught.value)
    assert message in str(caught.value)
