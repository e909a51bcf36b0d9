# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rollout of an app with workers: no request fails, no task is lost, and no old code works after it."""

from __future__ import annotations

import time

import pytest

from molecule.processes.tests.conftest import HOST, WORKERS, Galley
from tests.support.deploy import good
from tests.support.kitchen import unharmed
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

AT_REST = {"app": "RUNNING", "nginx": "RUNNING", "worker_00": "RUNNING", "worker_01": "RUNNING"}


def test_new_code_under_load(kitchen: Galley) -> None:
    old, known = kitchen.versions["shop"], len(kitchen.tasks("shop"))
    assert kitchen.states("shop") == AT_REST
    for _number in range(8):
        assert get(HOST, kitchen.domain("shop"), "/order").text == old
    kitchen.cook("shop")
    with kitchen.load("shop", what="new code of web and workers") as seen:
        run = good(kitchen.deploy("shop"))
        reported = time.time()
    unharmed(seen)
    did = [text.partition(" (")[0] for text in run.rows[HOST]["shop"]["did"]]
    assert "processes of the new version: worker_00, worker_01" in did
    for _number in range(4):
        get(HOST, kitchen.domain("shop"), "/order")
    tasks = kitchen.all_done("shop")[known:]
    assert len(tasks) == 12
    versions = [task["version"] for task in tasks]
    assert set(versions) == {old, kitchen.versions["shop"]}
    assert max(task["ended"] for task in tasks if task["version"] == old) < reported
    assert versions == sorted(versions, key=[old, kitchen.versions["shop"]].index)
    assert {task["process"] for task in tasks} == {"worker_00", "worker_01"}
    assert kitchen.states("shop") == AT_REST


def test_once_more_changes_nothing(kitchen: Galley) -> None:
    run = good(kitchen.deploy())
    assert run.changed == {HOST: 0}, run.output


def test_a_check_says_it_and_does_nothing(kitchen: Galley) -> None:
    before = kitchen.control("shop", "pid", "worker_00")
    entry = kitchen.entries["shop"]
    entry["processes"] = {"worker": {**WORKERS["worker"], "count": 3, "memory": "256M"}}
    try:
        run = kitchen.check("shop")
    finally:
        entry["processes"] = WORKERS
    assert "to do (rules changed; processes changed)" in run.output
    assert "+process worker_02: python worker.py (TERM, 60 s, at most 268435456 bytes)" in run.output
    assert kitchen.control("shop", "pid", "worker_00") == before


BROKEN = [
    ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
    pytest.param("time.sleep(2); raise SystemExit('no broker')", "no broker", marks=pytest.mark.soak),
]


@pytest.mark.parametrize(("line", "said"), BROKEN)
def test_a_worker_that_does_not_stay_up(kitchen: Galley, line: str, said: str) -> None:
    """The old version serves and works on; nothing of the new one ever served."""
    old = kitchen.versions["shop"]
    kitchen.entries["shop"]["health"]["seconds"] = 4
    kitchen.cook("shop", broken=line)
    with kitchen.load("shop", what="a worker that does not start") as seen:
        run = kitchen.deploy("shop")
    unharmed(seen)
    assert run.status != 0
    row = run.rows[HOST]["shop"]
    assert row["rollout"] == "FAILED at rollout; the old version serves"
    assert "worker_00 " in row["failed"]["error"]
    assert said in row["failed"]["error"]
    assert set(seen["shop"].versions) == {old}
    kitchen.order("shop", "cook", "cook")
    assert {task["version"] for task in kitchen.all_done("shop")[-2:]} == {old}
    assert kitchen.states("shop") == AT_REST
    kitchen.cook("shop")
    good(kitchen.deploy("shop"))


@pytest.mark.soak
def test_back_and_forth(kitchen: Galley) -> None:
    before = kitchen.page("shop")
    kitchen.cook("shop")
    good(kitchen.deploy("shop"))
    good(kitchen.rollback("shop"))
    kitchen.order("shop", "cook", "cook")
    assert {task["version"] for task in kitchen.all_done("shop")[-2:]} == {before}
    assert kitchen.page("shop") == before
    good(kitchen.deploy("shop"))
    kitchen.rests("shop")


def test_the_owner_restarts_a_worker(kitchen: Galley) -> None:
    before = kitchen.control("shop", "pid", "worker_01")
    assert "worker_01: started" in kitchen.control("shop", "restart", "worker_01")
    assert kitchen.control("shop", "pid", "worker_01") != before
    run = good(kitchen.deploy("shop"))
    assert run.changed == {HOST: 0}
