# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps by a Procfile, apps without web, and processes that take too much memory."""

from __future__ import annotations

import json
import re

import pytest

from molecule.processes.tests.conftest import HOST, PROCFILE, WORKERS, Galley, until
from tests.support.deploy import good
from tests.support.faults import orphans
from tests.support.remote import shell

testinfra_hosts = [f"ansible://{HOST}"]


def _changes_nothing(kitchen: Galley, name: str) -> None:
    run = good(kitchen.deploy(name))
    assert run.changed == {HOST: 0}, run.output


def test_procfile(kitchen: Galley) -> None:
    assert kitchen.page("stall") == kitchen.versions["stall"]
    assert kitchen.states("stall") == {"app": "RUNNING", "nginx": "RUNNING", "worker": "RUNNING"}
    assert shell(HOST, "cat /home/stall/data/released") == "x"
    environment = shell(HOST, "cat /proc/$(pgrep -u stall -f '^python worker.py')/environ").split("\0")
    assert "GREETING=hello" in environment
    assert "PYHOST_PROCESS=worker" in environment


def test_a_procfile_that_is_broken_is_refused_at_once(kitchen: Galley) -> None:
    kitchen.write("stall", "Procfile", PROCFILE + "python worker.py\n")
    try:
        run = kitchen.deploy("stall")
    finally:
        kitchen.write("stall", "Procfile", PROCFILE)
    assert run.status != 0
    assert 'stall: Procfile: line 5: "python worker.py" is no process; ' in run.output
    assert run.changed.get(HOST, 0) == 0


@pytest.mark.soak
def test_a_process_of_the_procfile_is_scaled_and_turned_off(kitchen: Galley) -> None:
    """A web server that cannot be touched: it runs on meanwhile."""
    before = kitchen.control("stall", "pid", "app")
    for count, names in ((2, ["worker_00", "worker_01"]), (0, [])):
        kitchen.entries["stall"]["processes"] = {"worker": {"count": count}}
        good(kitchen.deploy("stall"))
        assert sorted(set(kitchen.states("stall")) - {"app", "nginx"}) == names
    assert kitchen.control("stall", "pid", "app") == before
    del kitchen.entries["stall"]["processes"]
    good(kitchen.deploy("stall"))
    _changes_nothing(kitchen, "stall")
    assert kitchen.page("stall") == kitchen.versions["stall"]


def test_an_app_without_web(kitchen: Galley) -> None:
    assert kitchen.states("cellar") == {"worker_00": "RUNNING", "worker_01": "RUNNING"}
    kitchen.order("cellar", *["cook"] * 4)
    old = kitchen.versions["cellar"]
    kitchen.cook("cellar")
    run = good(kitchen.deploy("cellar"))
    assert run.rows[HOST]["cellar"]["address"] == ""
    kitchen.order("cellar", "cook", "cook")
    assert {task["version"] for task in kitchen.all_done("cellar")} == {old, kitchen.versions["cellar"]}
    assert "listen" not in shell(HOST, "cat /home/cellar/current/conf/nginx.d/*.conf 2>/dev/null || true")
    _changes_nothing(kitchen, "cellar")
    assert orphans(HOST, "cellar") == []


def test_web_and_no_web_contradict_each_other(kitchen: Galley) -> None:
    kitchen.entries["cellar"]["domains"] = ["cellar.example.com"]
    try:
        run = kitchen.deploy("cellar")
    finally:
        del kitchen.entries["cellar"]["domains"]
    assert run.status != 0
    assert "cellar: domains: is of apps that answer requests, and server is none" in run.output


def test_a_process_that_takes_too_much_memory(kitchen: Galley) -> None:
    """It finishes its task, comes back small, and that is written down; the other one is left alone."""
    kitchen.entries["cellar"]["processes"] = {"worker": {**WORKERS["worker"], "memory": "64M"}}
    good(kitchen.deploy("cellar"))
    before = {name: kitchen.control("cellar", "pid", name) for name in ("worker_00", "worker_01")}
    kitchen.order("cellar", "eat")
    note = until(lambda: shell(HOST, "cat /home/cellar/run/memory.json 2>/dev/null || true"))
    ((name, row),) = json.loads(note).items()
    assert (row["times"], row["limit"], row["used"] > 96 << 20) == (1, 64 << 20, True)
    until(lambda: re.fullmatch(r"[1-9]\d*\n", kitchen.control("cellar", "pid", name)))
    after = {one: kitchen.control("cellar", "pid", one) for one in before}
    assert {one for one in before if after[one] != before[one]} == {name}
    assert kitchen.all_done("cellar")[-1]["what"] == "eat"
    assert "more than the 64 MB it may" in shell(HOST, f"tail -n 5 /home/cellar/logs/{name}.log")
    kitchen.entries["cellar"]["processes"] = WORKERS
    good(kitchen.deploy("cellar"))
    _changes_nothing(kitchen, "cellar")


@pytest.mark.soak
def test_the_host_loses_power(kitchen: Galley) -> None:
    from tests.support.faults import cut_power

    cut_power(HOST)
    until(lambda: set(kitchen.states("cellar").values()) == {"RUNNING"}, 120)
    _changes_nothing(kitchen, "cellar")


def test_removed(kitchen: Galley) -> None:
    kitchen.order("cellar", "cook")
    good(kitchen.remove("cellar"))
    assert shell(HOST, "pgrep -u cellar || true; ls -d /home/cellar 2>/dev/null || true") == ""
