# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_freeze import freeze, installed

PROCESS = {
    "argv": [], "cwd": "/srv/releases/1-aa", "environment": {}, "release": "1-aa", "virtualenv": "v1", "server": "",
    "protocol": "",
}  # fmt: skip
LAUNCH = {
    "process": PROCESS, "process_digest": "", "processes": {}, "ports": {}, "health": {}, "conf": "", "python": "",
    "digest": "",
}  # fmt: skip


@pytest.fixture
def site(home):
    """The directory of packages of the virtualenv in force."""
    (home / "launches/l1").mkdir(parents=True)
    (home / "launches/l1/launch.json").write_text(json.dumps(LAUNCH))
    (home / "current").symlink_to("launches/l1")
    site = home / "virtualenvs/v1/lib/python3.13/site-packages"
    site.mkdir(parents=True)
    marker = {"components": {"packages": "gunicorn>=20 pip"}}
    (home / "virtualenvs/v1" / _home.MARKER).write_text(json.dumps(marker))
    return site


def put(site, folder, metadata, **files):
    (site / folder).mkdir()
    (site / folder / "METADATA").write_text(metadata)
    for name, text in files.items():
        (site / folder / name.replace("_json", ".json")).write_text(text)


def test_what_is_installed(home, site):
    lines = "Name: Flask\nVersion: 3.1.2\nRequires-Dist: Werkzeug>=3.1\nRequires-Dist: asgiref; extra == 'async'\n"
    put(site, "flask-3.1.2.dist-info", lines, REQUESTED="")
    direct = {"url": "https://example.com/x.whl", "archive_info": {}}
    put(site, "x-1.dist-info", "Name: x\nVersion: 1\n", direct_url_json=json.dumps(direct))
    found = installed(home)
    assert (found["found"], found["packages"], found["cwd"]) == (True, ["gunicorn>=20", "pip"], "/srv/releases/1-aa")
    assert sorted(found["distributions"], key=lambda one: one["name"]) == [
        {"name": "Flask", "version": "3.1.2", "direct": {}, "requested": True, "requires": ["Werkzeug", "asgiref"]},
        {"name": "x", "version": "1", "direct": direct, "requested": False, "requires": []},
    ]


def test_a_virtualenv_of_legacy_tools(home, site):
    (site / "six-1.16.0.egg-info").mkdir()
    (site / "six-1.16.0.egg-info/PKG-INFO").write_text("Name: six\nVersion: 1.16.0\n")
    assert [(one["name"], one["version"]) for one in installed(home)["distributions"]] == [("six", "1.16.0")]


@pytest.mark.parametrize("text", ["{", "[]", "7"])
def test_a_direct_url_that_is_none(home, site, text):
    put(site, "x-1.dist-info", "Name: x\nVersion: 1\n", direct_url_json=text)
    assert installed(home)["distributions"][0]["direct"] == {}


def test_nothing_is_in_force(home, site):
    (home / "current").unlink()
    assert installed(home) == {"found": False}


def test_apps_of_this_host(home, tmp_path):
    job = {"scope": "account", "root": str(tmp_path)}
    assert freeze({**job, "name": "ramen"}) == {"changed": False, "found": False}
    with pytest.raises(PyhostError, match="app: .*cannot name an app"):
        freeze({**job, "name": "../etc"})
