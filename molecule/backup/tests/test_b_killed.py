# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups and restores that are killed, and the way onto a new host."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

from molecule.backup.tests.conftest import APP, HOST, Larder, fill, listing, manifest
from tests.support.deploy import ROOT, good
from tests.support.faults import wait_for_rest
from tests.support.interrupt import SIGNALS, ending
from tests.support.remote import shell

testinfra_hosts = [f"ansible://{HOST}"]
pytestmark = pytest.mark.soak

LARGE = 60_000_000
SECONDS = 180


def once_it_may(larder: Larder, verb: str, *words: str, **variables: Any) -> None:
    """What was killed left a worker of Ansible's, which goes on; until it ends, another run is told so."""
    end = time.monotonic() + SECONDS
    while True:
        run = larder.run(verb, *words, **variables)
        if run.status == 0 or time.monotonic() > end:
            good(run)
            return
        assert "another run is at it" in run.message() or "at work: " in run.message(), run.output


@pytest.mark.parametrize("after", [2.0, 6.0])
@pytest.mark.parametrize("signal", ["KILL", "INT"])
def test_backup_is_killed_on_the_controller(larder: Larder, signal: str, after: float) -> None:
    """What has the name of an archive is whole; the next backup finds nothing in its way."""
    fill("killed", LARGE)
    before = larder.all()
    run = larder.run("backup", environment=ending("Back up", signal, after))
    # Interrupted, ansible-playbook exits with 99, or by the signal where it is not waiting for a task.
    assert run.status in (SIGNALS[signal], -2 if signal == "INT" else None), run.output
    once_it_may(larder, "backup", pyhost_backup_keep=0)
    for one in larder.all():
        manifest(one)
    assert (larder.left(), len(larder.all()) > len(before)) == ([], True)
    wait_for_rest(HOST, APP)


@pytest.mark.parametrize("after", [1.0, 4.0, 8.0])
def test_restore_is_killed_on_the_controller(larder: Larder, after: float) -> None:
    """The old data or the new, never a part; the same restore comes to its end."""
    first = fill("first", LARGE)
    archive = larder.backup(pyhost_backup_keep=0)
    second = fill("second", 1000)
    words = ("-e", f"archive={archive}", "-e", "safety=false")
    run = larder.run("restore", *words, environment=ending("Restore", "KILL", after))
    assert run.status == SIGNALS["KILL"], run.output
    assert listing() in (first, second)
    once_it_may(larder, "restore", *words)
    assert listing() == first
    wait_for_rest(HOST, APP)
    larder.kitchen.rests()


def test_the_agent_is_killed_on_the_host(larder: Larder) -> None:
    first = fill("first", LARGE)
    shell(HOST, f"(sleep 4; pkill -KILL -u {APP} -f 'pyhost-agent.py backup') </dev/null >/dev/null 2>&1 &")
    before = larder.all()
    run = larder.run("backup")
    if run.status:
        assert "cut off" in run.message() or "without an answer" in run.message()
        assert larder.all() == before
    archive = larder.backup(pyhost_backup_keep=0)
    fill("second", 1000)
    good(larder.run("restore", "-e", f"archive={archive}"))
    assert listing() == first


def test_onto_a_new_host(larder: Larder) -> None:
    """The host is destroyed; deploy and restore bring the app back with the same data."""
    first = fill("moving", LARGE)
    larder.backup()
    subprocess.run([sys.executable, "-m", "tests.hosts", "reset", HOST], cwd=ROOT, check=True)
    good(larder.kitchen.deploy())
    good(larder.run("restore"))
    assert listing() == first
    assert larder.kitchen.serves_within(5) == larder.kitchen.versions
    larder.kitchen.rests()
