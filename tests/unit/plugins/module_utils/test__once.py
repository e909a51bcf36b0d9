# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils import _once

NAME = "conf/nginx.d/python.conf"


def test_written_once_and_then_the_owners(home):
    _once.write(home, {NAME: "server {}\n"})
    assert (home / NAME).read_text() == "server {}\n"
    assert _once.untouched(home, NAME)
    _once.write(home, {NAME: "server { listen 1; }\n"})
    assert (home / NAME).read_text() == "server {}\n"
    (home / NAME).write_text("server { mine; }\n")
    assert not _once.untouched(home, NAME)


def test_what_the_owner_removes_does_not_come_back(home):
    _once.write(home, {NAME: "a"})
    (home / NAME).unlink()
    _once.write(home, {NAME: "a", "conf/supervisor.d/python.conf": "b"})
    assert not (home / NAME).exists()
    assert not _once.untouched(home, NAME)
    assert (home / "conf/supervisor.d/python.conf").read_text() == "b"


def test_what_is_there_already_is_kept(home):
    (home / "conf/nginx.d").mkdir(parents=True)
    (home / NAME).write_text("mine")
    _once.write(home, {NAME: "ours"})
    assert (home / NAME).read_text() == "mine"
