# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of an app, read from the operator's side; their owner puts into them, and in their place, what he likes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from molecule.cron.tests.conftest import HOME, HOST, Clock
from tests.support.deploy import INVENTORY, good, playbook
from tests.support.patience import until
from tests.support.remote import shell

testinfra_hosts = [f"ansible://{HOST}"]

LIMIT = 90


def inside(line: str) -> str:
    """What a command line prints as the app's user, in its logs."""
    return shell(HOST, f"su -s /bin/sh clock -c 'cd {HOME}/logs && exec sh -eu'", line.encode())


def test_the_last_lines_without_what_a_terminal_obeys(clock: Clock) -> None:
    inside(r"""
        printf 'first\nsecond\033[2J \033]0;title\007 \302\2333Jred \342\200\256gnp.exe \377\r\n' > own.log
        mkfifo pipe.log; ln -s /etc/shadow link.log; ln -s ../run/cron.json state.log; mkdir folder.log
    """)
    begun = time.monotonic()
    run = good(playbook("logs", {}, clock.folder, HOST, "-e", "app=clock", "-e", "lines=1", "-e", "follow=false"))
    assert time.monotonic() - begun < LIMIT
    assert "own | second  red gnp.exe \ufffd\n" in run.output
    assert "first" not in run.output
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(run.output)
    assert "root:" not in run.output
    assert not any(f"{name} |" in run.output for name in ("pipe", "link", "state", "folder"))
    inside("rm -r pipe.log link.log state.log folder.log")


def test_an_app_or_a_program_that_is_not_there(clock: Clock) -> None:
    run = playbook("logs", {}, clock.folder, HOST, "-e", "app=clok")
    assert run.status != 0
    assert f"clok is on none of these hosts: {HOST}; they have " in run.output
    assert "clock" in run.output.partition("they have ")[2]
    run = playbook("logs", {}, clock.folder, HOST, "-e", "app=clock", "-e", "program=ngnix")
    assert f'clock on {HOST} has no log of ngnix; did you mean "nginx"?' in run.output


@pytest.mark.soak  # Under Molecule the first lines do not come; by itself it passes.
def test_lines_are_followed_until_it_is_interrupted(clock: Clock) -> None:
    out = Path(clock.folder / "followed.txt")
    words = [
        "ansible-playbook",
        "--inventory",
        str(INVENTORY),
        "--limit",
        HOST,
        "pyhost.platform.logs",
        "-e",
        "app=clock",
    ]
    with (
        out.open("wb") as stream,
        subprocess.Popen(
            [*words, "-e", "program=own"], stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
            env=dict(os.environ), start_new_session=True,
        ) as follower,
    ):  # fmt: skip
        try:
            until(lambda: "second" in out.read_text(), "the last lines")
            inside("for n in 1 2 3; do echo line-$n; done >> own.log")
            until(lambda: "line-3" in out.read_text(), "new lines", 20)
            inside("echo line-4 >> own.log; mv own.log own.log.1; echo line-5 > own.log")
            until(lambda: "line-5" in out.read_text(), "lines of a log that was turned over", 20)
            assert [one for one in out.read_text().splitlines() if one.startswith("line-")] == [
                f"line-{number}" for number in range(1, 6)
            ]
        finally:
            os.killpg(follower.pid, signal.SIGINT)
        follower.wait(timeout=30)
    assert "Traceback" not in out.read_text()
    assert follower.returncode in (0, 99, 130)
    until(lambda: "pyhost-host.py" not in shell(HOST, "ps -eo args="), "nobody reads any more", 30)


def test_what_the_app_writes_itself_has_an_end(clock: Clock) -> None:
    """The limits of the app are ``{size: 1M, keep: 2, days: 3}``."""
    inside("head -c 5000000 /dev/zero | tr '\\0' x > big.log; echo x > old.log.1; touch -d '4 days ago' old.log.1")
    until(lambda: inside("stat -c %s big.log").strip() == "0", "a log that the app wrote is cut", 30)
    assert inside("stat -c %s big.log.1").strip() == str(1 << 20)
