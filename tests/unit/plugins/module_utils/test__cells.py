# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import sys

from ansible_collections.pyhost.platform.plugins.module_utils import _home
from ansible_collections.pyhost.platform.plugins.module_utils._cells import cells, virtualenv, virtualenvs


def make(home, name, python="/usr/bin/python3.13", version="3.13.5", **more):
    prefix = home / "virtualenvs" / name
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to(sys.executable)
    marker = {"components": {"python_path": python}, "version": version, **more}
    (prefix / _home.MARKER).write_text(json.dumps(marker))
    return prefix


def test_cells_of_account_scope(tmp_path):
    for name in ("ramen", "soup", "Not-ours", ".hidden"):
        (tmp_path / "apps" / name).mkdir(parents=True)
    (tmp_path / "apps" / "file").write_text("")
    found = cells("account", str(tmp_path))
    assert [(cell.name, cell.home) for cell in found] == [
        ("ramen", f"{tmp_path}/apps/ramen"), ("soup", f"{tmp_path}/apps/soup"),
    ]  # fmt: skip
    assert cells("account", str(tmp_path / "none")) == []


def test_what_a_virtualenv_was_made_with(home):
    prefix = make(home, "v1")
    (prefix / "pyvenv.cfg").write_text("home = /opt/python/store/3.13-aa/bin\nversion = 3.13.5\n")
    (prefix / "lib/python2.7").mkdir(parents=True)
    (prefix / "lib/python2.7/orig-prefix.txt").write_text("/opt/python/store/2.7-bb\n")
    found = virtualenv(prefix)
    assert (found["python"], found["version"]) == ("/usr/bin/python3.13", "3.13.5")
    assert found["real"] == sorted(
        {
            "/opt/python/store/2.7-bb",
            "/opt/python/store/3.13-aa/bin",
            "/usr/bin/python3.13",
            os.path.realpath(sys.executable),
        }
    )


def test_an_owner_may_write_anything(home):
    odd = make(home, "odd", python="\x1b[31m", version="3.13\n5")
    (odd / "pyvenv.cfg").unlink(missing_ok=True)
    os.mkfifo(odd / "pyvenv.cfg")
    assert virtualenv(odd) == {"python": "", "version": "", "real": [os.path.realpath(sys.executable)]}
    list_ = make(home, "list", components=[])
    assert virtualenv(list_)["python"] == ""


def test_a_home_without_a_deploy(home):
    assert virtualenvs(home) == {"now": "", "there": {}, "held": ""}
