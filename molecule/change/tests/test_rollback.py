# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back to what served before: its code, its packages, its environment, without the index."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from molecule.change.tests.conftest import DOMAIN, HOST, PLAIN, Shop
from tests.support.deploy import Run, good, playbook
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

RELEASE = re.compile(r"release (\d+)-[0-9a-f]+ to (\d+)-[0-9a-f]+ \(([a-z, ]+)\)")


def _rollback(shop: Shop, *words: str) -> Run:
    return playbook("rollback", {}, shop.folder, HOST, "-e", "app=ramen", *words)


def _page() -> str:
    return get(HOST, DOMAIN).text


@pytest.mark.soak
def test_rollback_brings_everything_back(steady: Callable[[], Shop]) -> None:
    """Code, a requirement, the Python and the environment changed at once; one rollback undoes all of it."""
    shop = steady()
    shop.version("v2")
    shop.write("requirements.txt", "itsdangerous==2.2.0\n")
    changes: dict[str, Any] = {"python": "3.11", "environment": {"MENU": "long"}}
    good(shop.deploy(**changes))
    assert _page() == "v2 python 3.11.2 long"
    shell(HOST, "cat /etc/resolv.conf > /etc/resolv.away; printf '' > /etc/resolv.conf")
    try:
        with load(HOST, DOMAIN) as seen:
            predicted = good(_rollback(shop, "--check"))
            assert "would roll back" in predicted.output
            assert _page() == "v2 python 3.11.2 long"
            began = time.monotonic()
            run = good(_rollback(shop))
            seconds = time.monotonic() - began
            assert _page() == PLAIN
    finally:
        shell(HOST, "cat /etc/resolv.away > /etc/resolv.conf; rm /etc/resolv.away")
    print(f"rolled back in {seconds:.1f} s")
    assert seen.failed == {}
    found = RELEASE.search(run.output)
    assert found, run.output
    assert set(found[3].split(", ")) >= {"code", "virtualenv", "environment"}
    assert "itsdangerous-2.1.2.dist-info" in shell(HOST, "ls /home/ramen/venv/lib/python3*/site-packages")
    again = good(shop.deploy(**changes))
    assert _page() == "v2 python 3.11.2 long"
    assert again.changed[HOST] > 0


@pytest.mark.soak
def test_rollback_by_number_and_what_cannot_be(steady: Callable[[], Shop]) -> None:
    shop = steady()
    pages = {}
    for version in ("v3", "v4"):
        shop.version(version)
        run = good(shop.deploy())
        pages[version] = shop.row(run)["release"].partition("-")[0]
    good(_rollback(shop, "-e", f"release={pages['v3']}"))
    assert _page().startswith("v3 ")
    run = _rollback(shop, "-e", "release=999")
    assert run.status == 2
    assert "release 999 is not kept; kept are the releases" in run.message()
    assert _page().startswith("v3 ")
    run = playbook("rollback", {}, shop.folder, HOST, "-e", "app=udon")
    assert run.status == 2
    assert "udon is on none of these hosts" in run.output
    shop.changed = True


@pytest.mark.soak
def test_kept_releases_are_bounded_and_enough(steady: Callable[[], Shop]) -> None:
    """Ten changes of the environment do not push the release before out of reach."""
    shop = steady()
    shop.version("v8")
    good(shop.deploy(keep=2))
    for number in range(3):
        good(shop.deploy(keep=2, environment={"MENU": f"menu {number}"}))
    releases = shell(HOST, "ls /home/ramen/releases | grep -vc json").strip()
    launches = shell(HOST, "ls /home/ramen/launches").split()
    assert releases == "2"
    assert 2 <= len(launches) <= 3
    names = shell(HOST, "ls /home/ramen/releases | grep -v json").split()
    numbers = sorted(int(name.partition("-")[0]) for name in names)
    good(_rollback(shop, "-e", f"release={numbers[0]}"))
    assert _page() == PLAIN
