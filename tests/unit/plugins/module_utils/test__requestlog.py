# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

from ansible_collections.pyhost.platform.plugins.module_utils._requestlog import answered

LINE = '1.2.3.4 - - [{}] "GET /{} HTTP/1.1" {} 12 "-" "curl \\x22 500 \\x22"\n'
NONE = {"answered": 0, "errors": 0, "since": ""}


def lines(count, when="22/Nov/2026:10:00:00 +0100", status=200):
    return LINE.format(when, "x" * 40, status) * count


def test_requests_are_counted(tmp_path):
    log = tmp_path / "access.log"
    log.write_text(lines(3) + lines(2, status=502) + lines(1, "22/Nov/2026:11:00:00 +0100", 404))
    assert answered(log) == {"answered": 6, "errors": 2, "since": "2026-11-22T09:00:00Z"}


def test_older_parts_count_too(tmp_path):
    (tmp_path / "access.log").write_text(lines(2))
    (tmp_path / "access.log.1").write_text(lines(5, "21/Nov/2026:10:00:00 +0000", 500))
    assert answered(tmp_path / "access.log") == {"answered": 7, "errors": 5, "since": "2026-11-21T10:00:00Z"}


def test_a_log_that_was_just_turned_over(tmp_path):
    (tmp_path / "access.log").write_text("")
    (tmp_path / "access.log.1").write_text(lines(4))
    assert answered(tmp_path / "access.log")["answered"] == 4


def test_of_a_long_log_the_newest_part_is_read(tmp_path):
    log = tmp_path / "access.log"
    log.write_text(lines(50, "20/Nov/2026:10:00:00 +0000") + lines(30))
    found = answered(log, most=len(lines(30)) + 10)
    assert found == {"answered": 30, "errors": 0, "since": "2026-11-22T09:00:00Z"}


def test_many_blocks(tmp_path):
    (tmp_path / "access.log").write_text(lines(30_000, status=503))
    assert answered(tmp_path / "access.log")["errors"] == 30_000


def test_what_is_no_log(tmp_path):
    log = tmp_path / "access.log"
    assert answered(log) == NONE
    os.mkfifo(log)
    assert answered(log) == NONE
    log.unlink()
    (tmp_path / "other").write_text(lines(3))
    log.symlink_to("other")
    assert answered(log) == NONE
    log.unlink()
    log.write_text("[99/Xyz/2026:10:00:00 +0000]\n")
    assert answered(log) == {"answered": 1, "errors": 0, "since": ""}
