# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys

import pytest

from tests.benchmark.peak import below, peak
from tests.benchmark.timing import Command
from tests.tools.process import ToolError

MEGABYTES = 64
CHILD = f"import time; kept = bytearray({MEGABYTES} * 1024**2); time.sleep(1.5)"
PARENT = (
    f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}], start_new_session=True, check=True)"
)


def test_children_of_children_belong_to_it_and_others_do_not():
    assert below(10, {10: 1, 11: 10, 12: 11, 13: 1, 14: 13, 1: 0}) == {10, 11, 12}


def test_memory_of_what_a_command_starts_counts_even_as_another_session(tmp_path):
    found = peak(Command([sys.executable, "-c", PARENT], os.environ, tmp_path))
    assert MEGABYTES * 1024**2 < found < 4 * MEGABYTES * 1024**2


def test_a_command_that_fails_has_no_peak(tmp_path):
    with pytest.raises(ToolError, match="exit status 3"):
        peak(Command([sys.executable, "-c", "raise SystemExit(3)"], os.environ, tmp_path))
