# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of apps that are well, and of what becomes of them."""

from __future__ import annotations

import json
import time
from pathlib import Path

from molecule.status.tests.conftest import HOST, SECRET, control, told
from tests.support.deploy import good, playbook
from tests.support.kitchen import Kitchen
from tests.support.remote import shell
from tests.support.web import get

SECONDS = 15
"""A run takes two seconds on an idle machine."""

TREE = "find /home/ramen /home/soup /home/udon /etc /opt/pyhost -xdev ! -path '*/logs/*' -printf '%p %T@ %C@ %s %m %u\\n' | sort"


def test_apps_that_are_well(kitchen: Kitchen) -> None:
    before = shell(HOST, TREE)
    begun = time.monotonic()
    found = told(kitchen)
    seconds = time.monotonic() - begun
    assert (good(found.run).changed, shell(HOST, TREE)) == ({HOST: 0}, before)
    assert seconds < SECONDS
    ramen, soup = found.row("ramen"), found.row("soup")
    assert [(row["state"], row["findings"]) for row in (ramen, soup, found.row("udon"))] == [("ok", [])] * 3
    assert ramen["release"]["name"].startswith("1-")
    assert ramen["python"]["version"].startswith("3.13.")
    assert ramen["python"]["end_of_life"] == "2029-10-31"
    assert [(one["name"], one["state"]) for one in ramen["programs"]] == [
        ("app", "RUNNING"), ("nginx", "RUNNING"), ("worker", "RUNNING"),
    ]  # fmt: skip
    assert 10 << 20 < ramen["memory"]["app"] < ramen["memory"]["cell"] < 300 << 20
    assert 390 <= ramen["certificate"]["days_left"] <= 397
    assert (ramen["last"]["what"], ramen["last"]["why"]) == ("deployed", "first deploy")
    assert (soup["maintenance"], soup["certificate"]["days_left"]) == (True, None)
    everything = found.run.output + found.page + json.dumps(found.report)
    assert SECRET not in everything


def test_requests_are_counted(kitchen: Kitchen) -> None:
    for _number in range(25):
        assert get(HOST, "udon.example.com").status == 200
    for _number in range(5):
        assert get(HOST, "soup.example.com").status == 503
    found = told(kitchen)
    udon, soup = found.row("udon")["requests"], found.row("soup")["requests"]
    assert udon["answered"] == 25
    assert udon["since"].startswith(time.strftime("%Y-%m-%dT", time.gmtime()))
    assert soup["errors"] >= 5


def test_drift_is_told_and_a_strict_run_fails(kitchen: Kitchen) -> None:
    control("ramen", "stop", "worker")
    shell(
        HOST,
        "cd /home/udon; sed -i s/Content-Type/content-type/ app/wsgi.py; echo '# x' >> conf/nginx.d/app.conf",
    )
    shell(HOST, "mkdir /home/udon/venv/lib/python3.13/site-packages/evil-1.0.dist-info")
    stranger = {**kitchen.entries["udon"], "name": "stranger"}
    entries = [kitchen.entries["ramen"], kitchen.entries["udon"], stranger]
    found = told(kitchen, "-e", "strict=true", pyhost_apps=entries)
    assert found.run.status != 0
    assert f"ramen on {HOST}: worker is stopped" in found.run.message()
    assert f"stranger on {HOST}: it is declared, and not deployed" in found.run.message()
    assert found.texts("ramen") == ["worker is stopped"]
    assert found.texts("udon") == [
        "generated files were edited",
        "code was changed by hand: wsgi.py",
        "packages were changed by hand: evil",
    ]
    assert found.texts("soup") == ["it is deployed, and not declared"]
    assert "  FAIL ramen: worker is stopped\n" in found.run.output
    shell(HOST, "rmdir /home/udon/venv/lib/python3.13/site-packages/evil-1.0.dist-info")
    kitchen.cook("udon")
    good(kitchen.deploy())
    assert [told(kitchen).texts(name) for name in kitchen.names] == [[], [], []]


def test_a_failed_change_is_told_until_a_good_one(kitchen: Kitchen) -> None:
    """Also when the good one is to leave all as it is."""
    source = (kitchen.folder / "udon" / "wsgi.py").read_text()
    kitchen.write("udon", "wsgi.py", f"import nothing_of_that_name\n{source}")
    assert kitchen.deploy("udon").status != 0
    row = told(kitchen).row("udon")
    assert (row["state"], row["failed"]["stage"]) == ("problem", "build")
    assert "nothing_of_that_name" in row["failed"]["error"]
    assert kitchen.page("udon") == kitchen.versions["udon"]
    kitchen.write("udon", "wsgi.py", source)
    assert good(kitchen.deploy("udon")).changed == {HOST: 0}
    assert told(kitchen).row("udon")["failed"] == {}


def test_a_cell_that_hangs_and_a_host_that_is_gone(kitchen: Kitchen, tmp_path: Path) -> None:
    inventory = tmp_path / "lost.ini"
    inventory.write_text("lost ansible_host=127.0.0.1 ansible_port=9 ansible_connection=ssh\n")
    shell(HOST, "kill -STOP $(cat /home/soup/run/supervisord.pid)")
    try:
        begun = time.monotonic()
        found = told(kitchen, "-i", str(inventory), limit=f"{HOST},lost")
        seconds = time.monotonic() - begun
    finally:
        shell(HOST, "kill -CONT $(cat /home/soup/run/supervisord.pid)")
    assert good(found.run)
    assert seconds < SECONDS
    assert found.texts("soup") == ["supervisord does not answer"]
    assert (found.row("ramen")["state"], found.row("soup")["release"]["name"] != "") == ("ok", True)
    lost = found.report["hosts"]["lost"]
    assert (lost["reached"], [row["state"] for row in lost["apps"]]) == (False, ["problem"] * 3)
    assert "lost: FAIL not reached: " in found.run.output
    assert "1 host not reached" in found.page


def test_check_mode_tells_the_same_and_writes_nothing(kitchen: Kitchen, tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    run = good(playbook("status", {"pyhost_apps": []}, tmp_path, HOST, "--check", "-e", f"status_page={page}"))
    assert (run.changed, page.exists()) == ({HOST: 0}, False)
    rows = [line.split()[:2] for line in run.output.splitlines()]
    assert all(["ok", name] in rows for name in kitchen.names)
