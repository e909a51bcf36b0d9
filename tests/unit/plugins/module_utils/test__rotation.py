# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._rotation import KEPT, turned
from living.cell import NGINX, Living, wait


def sizes(folder):
    return {path.name: path.stat().st_size for path in folder.iterdir()}


def test_a_log_is_turned_over_when_it_is_large(tmp_path):
    log = tmp_path / "access.log"
    log.write_text("x" * 10)
    assert turned(str(log), 10) is False
    for number in range(1, KEPT + 3):
        log.write_text("x" * (10 + number))
        assert turned(str(log), 10) is True
    assert sizes(tmp_path) == {f"access.log.{number}": 10 + KEPT + 3 - number for number in range(1, KEPT + 1)}


def test_there_is_no_log(tmp_path):
    assert turned(str(tmp_path / "access.log"), 10) is False


def test_what_is_no_file_is_left(tmp_path):
    (tmp_path / "far").write_text("x" * 100)
    (tmp_path / "link").symlink_to(tmp_path / "far")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert [turned(str(tmp_path / name), 1) for name in ("link", "folder", "pipe")] == [False] * 3
    assert sorted(sizes(tmp_path)) == ["far", "folder", "link", "pipe"]


@pytest.mark.skipif(not NGINX, reason="needs nginx")
def test_nginx_goes_on_in_a_new_log():
    """With a real supervisord, which calls every five seconds, and a real nginx."""
    cell = Living()
    try:
        conf = cell.home / "conf" / "supervisord.conf"
        conf.write_text(conf.read_text().replace("largest=10485760", "largest=300"))
        cell.crash()
        cell.start()
        assert cell.roll(cell.plan(1))["ok"]
        nginx = cell.pid("nginx")
        log, old = cell.home / "logs" / "access.log", cell.home / "logs" / "access.log.1"
        wait(lambda: cell.answers() and old.exists(), "the log was not turned over")
        assert old.stat().st_size > 300
        wait(lambda: cell.answers() and log.exists() and log.stat().st_size, "nginx does not write into a new log")
        assert cell.pid("nginx") == nginx
    finally:
        cell.close()
