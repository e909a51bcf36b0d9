# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cronlog import Log


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cron-tidy.log"


def texts(path):
    return {one.name: one.read_text() for one in path.parent.iterdir()}


def test_it_is_turned_over_before_it_is_too_large(path):
    log = Log(path, size=10, keep=2)
    for number in range(6):
        log.write(f"{number}____".encode())
    log.write(b"more than ten at once")
    log.close()
    assert texts(path) == {
        path.name: "more than ten at once",
        f"{path.name}.1": "4____5____",
        f"{path.name}.2": "2____3____",
    }


def test_it_goes_on_where_it_was(path):
    for _again in range(2):
        log = Log(path, size=100, keep=2)
        log.write(b"line\n")
        log.close()
    assert texts(path) == {path.name: "line\nline\n"}


def test_somebody_else_turns_it_over(path):
    log = Log(path, size=100, keep=2)
    log.write(b"one")
    path.rename(f"{path}.1")
    log.write(b"two")
    path.unlink()
    log.write(b"three")
    log.close()
    assert texts(path) == {path.name: "three", f"{path.name}.1": "one"}


def test_what_is_in_the_way_is_left(path):
    log = Log(path, size=100, keep=2)
    os.mkfifo(path)
    log.write(b"lost")
    path.unlink()
    path.symlink_to("far")
    log.write(b"lost")
    path.unlink()
    log.write(b"there")
    log.close()
    assert texts(path) == {path.name: "there"}
