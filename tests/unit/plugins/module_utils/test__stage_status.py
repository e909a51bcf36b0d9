# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import re
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _cells, _front, _hostlook, _stage_status
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell


def test_account_scope(home):
    (home / "apps" / "ramen" / "run").mkdir(parents=True)
    failed = {"time": "2026-11-22T00:00:00Z", "stage": "build", "error": "x", "who": "anna"}
    (home / "apps" / "ramen" / "run" / "failed.json").write_text(json.dumps(failed))
    found = _stage_status.statuses({"scope": "account", "root": str(home)})
    assert found["changed"] is False
    assert abs(found["now"] - time.time()) < 60
    ramen = found["apps"]["ramen"]
    assert (ramen["current"], ramen["failed"], ramen["unit"], ramen["domains"]) == ("", failed, "", [])
    assert _stage_status.statuses({"scope": "account", "root": f"{home}/none"})["apps"] == {}


SITE = """\
server {
    server_name ramen.example.com www.example.com;
    ssl_certificate DIRECTORY/ramen-self-1.pem;
}
"""


@pytest.fixture
def system(monkeypatch, tmp_path):
    """A host with one cell, whose look is what a test says."""
    monkeypatch.setattr(_front, "TLS_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(
        _stage_status, "_STEM", re.compile(rf"^    ssl_certificate {tmp_path}/(\S+)\.pem;$", re.MULTILINE)
    )
    text = SITE.replace("DIRECTORY", str(tmp_path))
    monkeypatch.setattr(_hostlook, "front", lambda: {"texts": {"app-ramen.conf": text}})
    monkeypatch.setattr(_cells, "cells", lambda scope, root: [make_cell("ramen", "system")])
    monkeypatch.setattr(_stage_status, "_units", lambda cells: {"pyhost-ramen.service": "active"})
    monkeypatch.setattr(_front, "log", lambda app: str(tmp_path / f"{app}.log"))
    look = {"current": "d1", "requests": {"answered": 0, "errors": 0, "since": ""}}
    monkeypatch.setattr(_stage_status, "as_users", lambda calls, seconds: [dict(look) for _call in calls])
    return look


def ramen():
    return _stage_status.statuses({"scope": "system", "root": ""})["apps"]["ramen"]


def test_what_the_front_knows(system, tmp_path):
    (tmp_path / "ramen-self-1.pem").write_text("PEM")
    found = ramen()
    assert (found["domains"], found["certificate"], found["unit"]) == (
        ["ramen.example.com", "www.example.com"], "PEM", "active",
    )  # fmt: skip


def test_a_certificate_that_is_gone(system):
    assert ramen()["certificate"] == "missing"


def test_an_app_that_the_front_serves_alone(system, tmp_path):
    (tmp_path / "ramen.log").write_text('1.1.1.1 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"\n' * 3)
    assert ramen()["requests"]["answered"] == 3
    system["requests"] = {"answered": 7, "errors": 0, "since": "x"}
    assert ramen()["requests"]["answered"] == 7


UNITS = "Id=pyhost-ramen.service\nActiveState=active\n\nId=pyhost-soup.service\nActiveState=failed\n"


def test_states_of_units(monkeypatch):
    class Finished:
        output = UNITS

    asked = []
    monkeypatch.setattr(_stage_status, "run", lambda words, deadline, errors: asked.append(words) or Finished)
    cells = [make_cell("ramen", "system"), make_cell("soup", "system")]
    assert _stage_status._units(cells) == {"pyhost-ramen.service": "active", "pyhost-soup.service": "failed"}
    assert asked[0][-2:] == ["pyhost-ramen.service", "pyhost-soup.service"]
