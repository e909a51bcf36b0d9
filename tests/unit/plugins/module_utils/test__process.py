# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._process import (
    age,
    children,
    read_record,
    start_time,
    write_record,
)


def test_start_time():
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    seconds = start_time(os.getpid()) / os.sysconf("SC_CLK_TCK")
    assert uptime - 3600 * 24 < seconds <= uptime
    assert start_time(4194305) == 0


def test_start_time_of_a_program_with_a_strange_name(tmp_path):
    program = tmp_path / "a) Z (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as process:
        while f"({program.name})" not in Path(f"/proc/{process.pid}/stat").read_text():
            time.sleep(0.001)
        assert start_time(process.pid) >= start_time(os.getpid())
        process.kill()


def test_a_zombie_is_gone():
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        assert start_time(process.pid) > 0
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert start_time(process.pid) == 0


def test_children():
    with subprocess.Popen(["/bin/sleep", "60"]) as one, subprocess.Popen(["/bin/sleep", "60"]) as two:
        found = children(os.getpid())
        assert {pid: found[pid] for pid in (one.pid, two.pid)} == {pid: start_time(pid) for pid in (one.pid, two.pid)}
        assert children(one.pid) == {}
        one.kill()
        os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)  # a zombie is none
        assert one.pid not in children(os.getpid())
        two.kill()
    assert children(4194305) == {}


def test_record(tmp_path):
    write_record(tmp_path, "app", {"process": "p1"})
    pid = os.getpid()
    assert read_record(tmp_path, "app", pid) == {"process": "p1", "pid": pid, "start": start_time(pid)}


@pytest.mark.parametrize("change", [{"pid": 1}, {"start": 1}, {"start": None}, {"pid": None}])
def test_the_record_of_another_process(tmp_path, change):
    write_record(tmp_path, "app", {"process": "p1"})
    record = json.loads((tmp_path / "app.json").read_text())
    (tmp_path / "app.json").write_text(json.dumps({**record, **change}))
    assert read_record(tmp_path, "app", os.getpid()) == {}


def test_no_record(tmp_path):
    assert read_record(tmp_path, "app", os.getpid()) == {}
    write_record(tmp_path, "app", {})
    assert read_record(tmp_path, "app", 0) == {}
    assert read_record(tmp_path, "app", 4194305) == {}


def test_the_age_of_this_process():
    """The kernel counts hundredths of a second."""
    before, begun = age(), time.monotonic()
    time.sleep(0.3)
    passed = time.monotonic() - begun
    assert before + passed == pytest.approx(age(), abs=0.1)
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    assert 0 < before < uptime
