# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _elsewhere
from ansible_collections.pyhost.platform.plugins.module_utils._elsewhere import processes, virtualenvs


@pytest.fixture
def base(tmp_path):
    return tmp_path / "opt" / "python"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_virtualenvs_anywhere(tmp_path, base):
    write(tmp_path / "var/a/pyvenv.cfg", f"home = {base}/store/3.12-aa/bin\nversion = 3.12.4\n")
    write(tmp_path / "var/b/lib/python2.7/orig-prefix.txt", f"{base}/store/2.7-bb\n")
    write(tmp_path / "var/c/pyvenv.cfg", "home = /usr/bin\n")
    write(tmp_path / "var/d/other.cfg", f"home = {base}/store/3.12-dd/bin\n")
    assert virtualenvs(str(tmp_path), str(base), ()) == {
        f"{base}/store/3.12-aa/bin": f"the virtualenv {tmp_path}/var/a needs it",
        f"{base}/store/2.7-bb": f"the virtualenv {tmp_path}/var/b/lib/python2.7 needs it",
    }


def test_homes_of_tenants_and_runtimes_are_not_entered(tmp_path, base):
    for name in ("home/ramen", "opt/python/store/3.12-aa"):
        write(tmp_path / name / "pyvenv.cfg", f"home = {base}/store/3.12-aa/bin\n")
    assert virtualenvs(str(tmp_path), str(base), [str(tmp_path / "home/ramen")]) == {}


def test_links_and_pipes_are_let_be(tmp_path, base):
    write(tmp_path / "real/about", f"home = {base}/store/3.12-aa/bin\n")
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv/pyvenv.cfg").symlink_to(tmp_path / "real/about")
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe/pyvenv.cfg")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert virtualenvs(str(tmp_path), str(base), ()) == {}


def test_file_systems_of_others_are_left_out(tmp_path, base, monkeypatch):
    write(tmp_path / "net/v/pyvenv.cfg", f"home = {base}/store/3.12-aa/bin\n")
    monkeypatch.setattr(_elsewhere, "_not_local", lambda: [f"{tmp_path}/net"])
    assert virtualenvs(str(tmp_path), str(base), ()) == {}


def test_what_is_not_local():
    found = set(_elsewhere._not_local())
    assert "/proc" in found
    assert "/" not in found


def test_processes():
    """This one runs from its own program, and has libraries mapped."""
    real = os.path.realpath(sys.executable)
    found = processes(os.path.dirname(real))
    assert found[real].startswith("process ")
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert real in processes(os.path.dirname(os.path.dirname(real)))
    finally:
        child.communicate()
    assert processes("/nowhere") == {}
