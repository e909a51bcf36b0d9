# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Playbooks of one task: the table of runtimes, a freeze, a prune, against a host whose answers are made up.
import json
from datetime import UTC, datetime

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.utils.display import Display


@pytest.fixture
def said(monkeypatch):
    texts = []
    monkeypatch.setattr(Display, "display", lambda self, text, *more, **named: texts.append(text))
    return texts


ROW = {
    "name": "3.13", "description": "CPython 3.13.5", "version": "3.13.5", "source": "distro",
    "path": "/usr/bin/python3.13", "chosen": True, "apps": ["ramen"],
}  # fmt: skip


def test_survey(run, said, tmp_path):
    run.answers["survey"] = {"changed": False, "runtimes": [ROW], "unread": {"soup": "no answer within 30 s"}}
    path = tmp_path / "runtimes.json"
    found = run.stage("survey", scope="system", root="~/pyhost", paths=["/opt/x"], path=str(path))
    assert run.jobs == [("survey", {"scope": "system", "root": "~/pyhost", "python_paths": ["/opt/x"]})]
    assert found["runtimes"][0]["end_of_life"] == "2029-10-31"
    assert json.loads(path.read_text())["hosts"]["web1"]["runtimes"] == found["runtimes"]
    assert "CPython 3.13.5" in said[0]
    assert "soup on web1 cannot be looked at: no answer within 30 s" in said[0]


def test_survey_in_check_mode_writes_nothing(run, said, tmp_path):
    run.answers["survey"] = {"changed": False, "runtimes": [], "unread": {}}
    run.stage("survey", check=True, path=str(tmp_path / "runtimes.json"))
    assert not (tmp_path / "runtimes.json").exists()


def test_prune(run, said):
    row = {"what": "runtime", "name": "3.12-aa", "app": "", "bytes": 2 << 20, "why": ""}
    run.answers["prune"] = {"changed": True, "rows": [row, {**row, "bytes": 5, "why": "a process"}]}
    found = run.stage(
        "prune", check=True, apps=[{"name": "ramen", "python": "3.11"}], python_default="3.13", branches=["3.9"],
        python_aliases={}, keep_releases=3, scope="account", root="/r",
    )  # fmt: skip
    job = {"scope": "account", "root": "/r", "keep": 3, "branches": ["3.11", "3.13", "3.9"], "check": True}
    assert run.jobs == [("prune", job)]
    assert (found["changed"], found["freed"]) == (True, 2 << 20)
    assert said[0].strip().endswith("2.0 MB would be freed on web1")


def installed(*packages):
    rows = [
        {"name": name, "version": version, "direct": {}, "requested": True, "requires": []}
        for name, version in packages
    ]
    return {"found": True, "distributions": rows, "packages": [], "cwd": "/srv/releases/1-aa"}


def test_freeze(run):
    run.answers["freeze"] = installed(("flask", "3.1"), ("blinker", "1.9"))
    assert run.stage("freeze", name="ramen") == {
        "changed": False, "found": True, "host": "web1", "lines": ["blinker==1.9", "flask==3.1"],
    }  # fmt: skip
    run.answers["freeze"] = {"found": False}
    assert run.stage("freeze", name="ramen")["lines"] == []


def test_freeze_of_lies(run):
    run.answers["freeze"] = installed(("flask\n-r evil", "3.1"))
    found = run.stage("freeze", name="ramen")
    assert found["failed"]
    assert found["msg"].startswith("ramen on web1: what its virtualenv says of itself cannot be written into a file:\n")


WEB1 = {"host": "web1", "found": True, "lines": ["flask==3.1"]}
NONE = {"host": "web2", "found": False, "lines": []}
TEXT = "# Frozen by pyhost.platform.freeze: ramen\nflask==3.1\n"


def test_requirements(run, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "ramen-requirements.txt"
    checked = run.stage("requirements", check=True, name="ramen", found=[WEB1, NONE])
    assert (checked["changed"], checked["diff"][0]["after"], path.exists()) == (True, TEXT, False)
    found = run.stage("requirements", name="ramen", found=[WEB1, NONE])
    assert (found["changed"], found["dest"], path.read_text()) == (True, str(path), TEXT)
    assert said[-1] == f"ramen: 1 package written to {path}"
    again = run.stage("requirements", name="ramen", found=[WEB1])
    assert (again["changed"], again["diff"]) == (False, [])
    other = run.stage("requirements", name="ramen", found=[{**WEB1, "lines": ["flask==3.2"]}])
    assert other["changed"]
    assert said[-1] == f"ramen: 1 package written (in place of what a freeze had written) to {path}"


def test_requirements_of_hosts_that_differ_and_of_none(run):
    found = run.stage("requirements", name="ramen", found=[WEB1, {**WEB1, "host": "web2", "lines": ["flask==3.2"]}])
    assert found["msg"] == (
        "ramen is not the same on all hosts; choose one with --limit:\n  web1 has flask==3.1; web2 has flask==3.2"
    )
    assert run.stage("requirements", name="ramen", found=[NONE])["msg"] == "ramen is deployed on none of these hosts"


def test_no_file_is_lost(run, said, tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("precious\n")
    given = {"name": "ramen", "found": [WEB1], "dest": str(path)}
    found = run.stage("requirements", **given)
    assert found["msg"] == f"dest: {path} is there, and no freeze has written it; -e overwrite=true replaces it"
    assert path.read_text() == "precious\n"
    assert run.stage("requirements", **given, overwrite=True)["changed"]
    assert path.read_text() == TEXT
    found = run.stage("requirements", name="ramen", found=[WEB1], dest=str(tmp_path / "none" / "x.txt"))
    assert found["msg"].endswith("cannot be written: No such file or directory")


LOOK = {
    "current": "d1", "release": {"name": "1-a", "source": "", "digest": "", "there": True}, "python": "3.13.5",
    "wanted": ["app"], "programs": {"app": {"state": "FATAL", "seconds": 0, "restarts": 0, "memory": 0, "why": ""}},
}  # fmt: skip


def test_status(run):
    run.answers["status"] = {"changed": False, "now": 0, "os": "Debian", "apps": {"ramen": LOOK}}
    found = run.stage("status", scope="account", root="/r", apps=[{"name": "ramen"}, {"name": "new"}])
    assert run.jobs == [("status", {"scope": "account", "root": "/r"})]
    assert (found["changed"], found["host"], found["status"]["state"]) == (False, "web1", "problem")
    assert [row["app"] for row in found["status"]["apps"]] == ["new", "ramen"]


@pytest.mark.parametrize("fails", [{"failed": True, "msg": "no Python"}, AnsibleConnectionFailure("no Python")])
def test_a_host_that_cannot_be_looked_at_is_no_failure(run, fails):
    def answer(job):
        if isinstance(fails, Exception):
            raise fails
        return fails

    run.answers["status"] = answer
    found = run.stage("status", apps=[{"name": "ramen"}])
    assert "failed" not in found
    assert (found["status"]["reached"], found["status"]["error"]) == (False, "no Python")


def looked(host, **more):
    from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import host_row

    return {"host": host, "status": host_row({"apps": {"ramen": {**LOOK, **more}}}, [], NOW)}


GOOD = {"wanted": []}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_overview(run, said, tmp_path):
    path, page = tmp_path / "new" / "status.json", tmp_path / "status.html"
    run.hosts = ["web1", "web2", "lost"]
    found = run.stage("overview", found=[looked("web2", **GOOD), looked("web1")], path=str(path), page=str(page))
    assert found == {
        "changed": False,
        "counts": {"hosts": 3, "unreached": 1, "apps": 2, "ok": 1, "warning": 0, "problem": 1},
    }
    written = json.loads(path.read_text())
    assert (written["format"], list(written["hosts"])) == (1, ["lost", "web1", "web2"])
    assert written["hosts"]["web1"]["apps"][0]["findings"] == [
        {"level": "problem", "kind": "program", "text": "app is fatal"}
    ]
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert (page.stat().st_mode & 0o777, len(said)) == (0o644, 1)
    assert "  FAIL ramen: app is fatal" in said[0]


def test_overview_in_check_mode_writes_nothing(run, said, tmp_path):
    run.stage(
        "overview", check=True, found=[looked("web1")], page=str(tmp_path / "x.html"), path=str(tmp_path / "x.json")
    )
    assert list(tmp_path.glob("x*")) == []


def test_a_strict_overview_fails_and_writes_all_the_same(run, said, tmp_path):
    page = tmp_path / "status.html"
    found = run.stage("overview", found=[looked("web1"), looked("web2", **GOOD)], strict=True, page=str(page))
    assert (found["failed"], found["msg"]) == (True, "ramen on web1: app is fatal")
    assert page.exists()
    assert "failed" not in run.stage("overview", found=[looked("web2", **GOOD)], strict=True)
