# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home
from ansible_collections.pyhost.platform.plugins.module_utils._handmade import code, packages

LATER = 10


@pytest.fixture
def release(home):
    """A sealed release; it was sealed some seconds ago, as far as its record says."""
    root = home / "releases" / "1-a"
    (root / "shop" / "static").mkdir(parents=True)
    for name in ("wsgi.py", "shop/views.py", "shop/static/a.css"):
        (root / name).write_text("x")
    _files.seal(root)
    seal(home, time.time())
    return root


def seal(home, when):
    (home / "releases" / "1-a.json").write_text(json.dumps({"sealed": when}))


def test_nothing_was_changed(home, release):
    assert code(home, "1-a") == []


def test_files_that_are_younger_than_the_seal(home, release):
    seal(home, time.time() - LATER)
    found = code(home, "1-a")
    assert found == ["wsgi.py", "shop/views.py", "shop/static/a.css"]


def test_one_edited_file(home, release, monkeypatch):
    real = os.lstat
    young = str(release / "shop" / "views.py")

    def lstat(path):
        found = real(path)
        return os.stat_result([*found[:9], found.st_ctime + (LATER if str(path) == young else 0)])

    monkeypatch.setattr(os, "lstat", lstat)
    assert code(home, "1-a") == ["shop/views.py"]


def test_what_cannot_be_told(home, release):
    for text in ("{}", '{"sealed": "x"}', "nonsense"):
        (home / "releases" / "1-a.json").write_text(text)
        assert code(home, "1-a") == []
    assert code(home, "2-b") == []
    assert code(home, "") == []


def test_compiled_files_are_pythons_own(home, release):
    os.chmod(release, 0o755)
    (release / "__pycache__").mkdir()
    (release / "__pycache__" / "wsgi.cpython-313.pyc").write_text("")
    (release / "old.pyc").write_text("")
    for name in ("wsgi.py", "shop/views.py", "shop/static/a.css"):
        os.chmod(release / name, 0o644)
    seal(home, time.time() + LATER)
    assert code(home, "1-a") == []


@pytest.fixture
def prefix(home):
    root = home / "virtualenvs" / "v1"
    place = root / "lib" / "python3.13" / "site-packages"
    place.mkdir(parents=True)
    for name in ("ItsDangerous-2.1.2.dist-info", "zope.interface-6.0.dist-info", "itsdangerous"):
        (place / name).mkdir()
        os.utime(place / name, (1000, 1000))
    marker = root / _home.MARKER
    marker.write_text(json.dumps({"packages": {"itsdangerous": "2.1.2", "zope-interface": "6.0"}}))
    os.utime(marker, (1001, 1001))
    return root


def test_packages_as_they_were_built(prefix):
    assert packages(prefix) == []


def test_packages_that_somebody_changed(prefix):
    place = prefix / "lib" / "python3.13" / "site-packages"
    (place / "flask-3.1.dist-info").mkdir()
    os.utime(place / "ItsDangerous-2.1.2.dist-info", (5000, 5000))
    (place / "zope.interface-6.0.dist-info").rmdir()
    assert packages(prefix) == ["flask", "itsdangerous", "zope-interface (removed)"]


def test_no_virtualenv(home):
    assert packages(home / "virtualenvs" / "none") == []
