# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._shell import replacing

LINES = [
    ("celery -A shop worker", "exec celery -A shop worker"),
    ("exec celery", "exec celery"),
    ("A=1 B='x y' celery", "A=1 B='x y' exec celery"),
    ('A="$HOME/x y" celery "a;b && c"', 'A="$HOME/x y" exec celery "a;b && c"'),
    ("cd shop && celery -A shop", "cd shop && exec celery -A shop"),
    ("cd shop; A=1 celery", "cd shop; A=1 exec celery"),
    ("./wait.sh && exec celery", "./wait.sh && exec celery"),
    ("celery --loglevel=info 2>&1", "exec celery --loglevel=info 2>&1"),
    ("celery > out.log", "exec celery > out.log"),
    ("celery $(cat options; echo -l) -A x", "exec celery $(cat options; echo -l) -A x"),
    ("celery `cat options && echo -l`", "exec celery `cat options && echo -l`"),
    ("echo a\\;b", "exec echo a\\;b"),
    # no last command, or none of its own
    ("celery | tee log", "exec celery | tee log"),
    ("celery || true", "exec celery || true"),
    ("celery & other", "exec celery & other"),
    ("(cd shop && celery)", "exec (cd shop && celery)"),
    ("celery;", "exec celery;"),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_replacing(line, expected):
    assert replacing(line) == expected


RUN = ["cd / && A=1 sh -c 'echo $$'", "true; sh -c 'echo $$'", "sh -c 'echo $$'", "A='x y' B=2 sh -c 'echo $$'"]


@pytest.mark.parametrize("line", RUN)
def test_the_shell_becomes_the_command(line):
    with subprocess.Popen(["/bin/sh", "-c", replacing(line)], stdout=subprocess.PIPE, text=True) as process:
        assert process.communicate()[0] == f"{process.pid}\n"
