# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret with every awkward character arrives as it is, and is found nowhere else."""

from __future__ import annotations

import json

import pytest

from molecule.tenants.tests.conftest import HOST, Tenants, alice
from tests.support.deploy import Unsafe, deploy, good
from tests.support.remote import shell

testinfra_hosts = [f"ansible://{HOST}"]

MARK = "g3h31m-b7x"
SECRET = f"{MARK}-1 100% %(ENV_PATH)s %% \"d\" 'q' ;s #h $HOME ${{x}} `t` \\b {{{{ 1 + 1 }}}} {{% x %}} ü\n\t[program:x]\r{MARK}-2"

SEARCH = f"""
journalctl --no-pager --quiet | grep -F {MARK} | sed 's/^/journal: /' || true
ps axww -o args | grep -F {MARK} | grep -v grep | sed 's/^/process: /' || true
find / -xdev \\( -path /proc -o -path /sys \\) -prune -o -type f -perm -o=r -size -20M -print0 |
    xargs -0 grep -lsF {MARK} | sed 's/^/readable to all: /' || true
find / -xdev \\( -path /proc -o -path /sys -o -path /home/alice \\) -prune -o -type f -size -20M -print0 |
    xargs -0 grep -lsF {MARK} | sed 's/^/outside of the cell: /' || true
find /run /tmp -type f -print0 | xargs -0 grep -lsF {MARK} | sed 's/^/left: /' || true
"""


def test_a_secret_arrives_and_is_nowhere_else(harmless: Tenants) -> None:
    entry = {**harmless.entries["alice"], "environment": {"SECRET": Unsafe(SECRET)}}
    for words in (("--check", "--diff", "-vvv"), ("--diff", "-vvv"), ("--diff", "-vvv")):
        run = good(deploy([entry], harmless.folder, HOST, *words))
        assert MARK not in run.output
        assert MARK not in json.dumps(run.rows)
    found = alice("python3 -c 'import json, os; print(json.dumps(os.environ[\"SECRET\"]))'")
    assert json.loads(found.output) == SECRET
    assert shell(HOST, SEARCH) == ""
    files = shell(HOST, f"grep -rlF {MARK} /home/alice | xargs stat -c '%a %U'").splitlines()
    assert files
    assert set(files) <= {"440 alice", "400 alice", "640 alice", "600 alice"}


@pytest.mark.soak
def test_an_old_secret_goes_with_the_releases_that_had_it(harmless: Tenants) -> None:
    """A rollback needs what a release was started with; without a release that had it nothing has it."""
    entry = {**harmless.entries["alice"], "environment": {"SECRET": "other"}}
    good(deploy([entry], harmless.folder, HOST, keep_releases=1))
    assert shell(HOST, f"grep -rlF {MARK} /home/alice || true") == ""
    good(harmless.deploy("alice"))
