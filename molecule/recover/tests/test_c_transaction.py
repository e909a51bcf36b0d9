# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction on the host is killed before a change that it makes, one place for each app, all at once."""

from __future__ import annotations

import pytest

from molecule.recover.tests.conftest import HOST
from tests.support.crashes import NOWHERE, Point, counted, crashing
from tests.support.deploy import good
from tests.support.kitchen import Kitchen, unharmed
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]


PLACES = {"bento": ("release", 0.99), "curry": ("build", 0.6), "ramen": ("rollout", 0.4), "udon": ("rollout", 0.7)}
"""Of each app the verb that is killed, and how far it has come by then. The soak takes every point."""


def test_transaction_is_killed(kitchen: Kitchen) -> None:
    _novelty(kitchen, "udon", package="itsdangerous==2.2.0")
    with crashing(HOST, {"udon": NOWHERE}):
        good(kitchen.deploy("udon"))
    points = {verb: [point for point in counted(HOST, "udon") if point.verb == verb] for verb, _part in PLACES.values()}
    chosen = {name: points[verb][int(len(points[verb]) * part)] for name, (verb, part) in PLACES.items()}
    _novelty(kitchen, *PLACES, package="markupsafe==3.0.2")
    with kitchen.load(what=f"killed at {', '.join(map(str, chosen.values()))}") as seen:
        with crashing(HOST, chosen):
            run = kitchen.deploy()
        assert run.status != 0
        assert {name: counted(HOST, name)[-1].verb for name in PLACES} == {
            name: verb for name, (verb, _) in PLACES.items()
        }
        kitchen.recovers()
    unharmed(seen)


def _novelty(kitchen: Kitchen, *names: str, package: str) -> None:
    kitchen.cook(*names)
    for name in names:
        kitchen.write(name, "requirements.txt", f"{package}\n")


@pytest.mark.soak
def test_killed_release_leaves_no_archive(kitchen: Kitchen) -> None:
    kitchen.cook("bento")
    with crashing(HOST, {"bento": Point("release", 0, "mkdir releases/.stage-N")}):
        assert kitchen.deploy("bento").status != 0
    try:
        kitchen.recovers("bento")
    finally:
        shell(HOST, "rm -f /home/bento/run/archive-*")


def test_front_is_killed_before_it_reloads(kitchen: Kitchen) -> None:
    """Its new files are in force already, and the host's nginx does not know them."""
    kitchen.entries["udon"]["domains"].append("noodles.example.com")
    with crashing(HOST, {"root": Point("front", 0, "run systemctl")}):
        run = kitchen.deploy("udon")
    assert run.status != 0
    assert counted(HOST, "root")[-1].what == "run systemctl"
    good(kitchen.deploy("udon"))
    assert get(HOST, "noodles.example.com").status == 200
