# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._usage import size, used

MB = 1 << 20


@pytest.fixture
def proc(tmp_path):
    """Makes a process in a /proc of its own: number, parent, process group, kB of PSS."""

    def make(pid, parent, group, kilobytes, name="(a) b"):
        place = tmp_path / str(pid)
        place.mkdir()
        (place / "stat").write_text(f"{pid} ({name}) S {parent} {group} {group} 0 -1\n")
        if kilobytes is not None:
            (place / "smaps_rollup").write_text(f"Rss:  9 kB\nPss:   {kilobytes} kB\nPss_Anon: 1 kB\nSwapPss: 7 kB\n")
        return place

    (tmp_path / "self").mkdir()
    make.path = str(tmp_path)
    return make


def test_a_program_has_what_it_started(proc):
    proc(1, 0, 1, 900)
    proc(10, 1, 10, 100)  # supervisord
    proc(11, 10, 11, 20)  # app
    proc(12, 11, 11, 3)
    proc(13, 12, 13, 4)
    proc(21, 10, 21, 1)  # nginx
    assert used([10, 11], proc.path) == {10: 101 * 1024, 11: 27 * 1024}
    assert used([10], proc.path) == {10: 128 * 1024}


def test_a_process_whose_parent_has_ended_belongs_to_its_group(proc):
    proc(1, 0, 1, 900)
    proc(11, 10, 11, 20)
    proc(14, 1, 11, 5)
    assert used([11], proc.path) == {11: 25 * 1024}


def test_what_is_gone_or_torn(proc):
    proc(30, 31, 30, 1)
    proc(31, 30, 30, 1)
    assert used([99], proc.path) == {99: 0}
    assert used([], proc.path) == {}


def test_the_resident_size_stands_in(proc):
    place = proc(11, 1, 11, None)
    (place / "statm").write_text("900 10 5 1 0 4 0\n")
    assert size(11, proc.path) == 10 * os.sysconf("SC_PAGE_SIZE")


def test_a_process_that_runs():
    code = "import sys; block = bytearray(64 << 20); print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        found = used([process.pid])[process.pid]
        process.communicate()
    assert 64 * MB < found < 128 * MB
