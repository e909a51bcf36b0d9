# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example ``shop``: a database, a cache, a worker behind a queue and a schedule; what they hold moves to a new host."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import EXAMPLES, ROOT, Run, good, playbook
from tests.support.load import load
from tests.support.web import get

HOST = place.other("pyhost-debian13")
DOMAIN = "shop.example.com"
SECONDS = 150
"""How long a worker or the schedule, which runs every minute, may take on a busy machine."""

testinfra_hosts = [f"ansible://{HOST}"]
pytestmark = pytest.mark.soak


class Shop:
    """The example with one type of database, from a copy of its source."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        shutil.copytree(EXAMPLES / "shop", folder / "shop")
        self._runs = 0

    def run(self, verb: str, *words: str) -> Run:
        self._runs += 1
        folder = self.folder / "runs" / str(self._runs)
        folder.mkdir(parents=True)
        types = {"db": self.database, "cache": "redis", "queue": "rabbitmq"}
        entry = {
            "name": "shop",
            "source": {"path": str(self.folder / "shop")},
            "domains": [DOMAIN],
            "services": list(types),
            "hooks": {"release": "python manage.py migrate --noinput"},
            "processes": {"worker": "celery -A shop worker --concurrency 2 --without-gossip --without-mingle"},
            "cron": {"tally": {"schedule": "* * * * *", "command": "python manage.py tally"}},
            "health": {"path": "/healthz/"},  # each view of the page is a visit
            "environment": {"DJANGO_ALLOWED_HOSTS": DOMAIN, "SHOP_TASK_SECONDS": "0.05"},
        }
        settings = {
            "pyhost_apps": [entry],
            "pyhost_services": [{"name": name, "type": kind} for name, kind in types.items()],
            "pyhost_services_passwords": str(self.folder / "passwords"),
            "pyhost_backup_path": str(self.folder / "archives"),
        }
        return playbook(verb, settings, folder, HOST, *words)

    def numbers(self) -> dict[str, int]:
        found: dict[str, int] = get(HOST, DOMAIN, "/count/").json
        return found

    def all_done(self) -> dict[str, int]:
        """Once no task is on its way: the numbers; those of now when that takes too long."""
        found: dict[str, int] = until(self.numbers, lambda row: row["sent"] == row["done"])
        return found

    def confirmed(self) -> int:
        """The number on the page: by the database, the queue, the worker, the schedule and the cache; -1 for none."""
        found = re.search(r'id="confirmed">(\d+)<', get(HOST, DOMAIN).text)
        return int(found[1]) if found else -1


def until(ask: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    end = time.monotonic() + SECONDS
    while True:
        found = ask()
        if enough(found) or time.monotonic() > end:
            return found
        time.sleep(1)


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """On a host that had nothing."""
    reset()
    return Shop(tmp_path_factory.mktemp("shop"), request.param)


def reset() -> None:
    subprocess.run([sys.executable, "-m", "tests.hosts", "reset", HOST], cwd=ROOT, check=True)


def test_from_nothing_in_one_run(shop: Shop) -> None:
    """The page shows a number that went through all four, and the second run changes nothing."""
    good(shop.run("deploy"))
    for _number in range(5):
        assert get(HOST, DOMAIN).status == 200
    assert shop.all_done()["done"] >= 5
    assert until(shop.confirmed, lambda number: number >= 5) >= 5
    assert good(shop.run("deploy")).changed == {HOST: 0}


def test_new_code_under_load_loses_no_request_and_no_task(shop: Shop) -> None:
    page = shop.folder / "shop" / "visits" / "templates" / "visits" / "index.html"
    page.write_text(page.read_text().replace("<h1>Shop</h1>", "<h1>New shop</h1>"))
    with load(HOST, DOMAIN, rate=10, what=f"new code of shop on {shop.database}") as seen:
        good(shop.run("deploy"))
    assert seen.failed == {}
    assert "New shop" in get(HOST, DOMAIN).text
    numbers = shop.all_done()
    assert numbers["done"] == numbers["sent"] >= 50, numbers


def test_a_new_host_has_the_same_data(shop: Shop) -> None:
    numbers = shop.all_done()
    until(shop.confirmed, lambda number: number >= numbers["done"])
    numbers = shop.all_done()
    good(shop.run("backup", "-e", "app=shop"))
    reset()
    good(shop.run("deploy"))
    assert shop.numbers()["sent"] < numbers["sent"]
    good(shop.run("restore", "-e", "app=shop"))
    found = shop.numbers()
    assert {name: found[name] for name in ("sent", "done")} == {name: numbers[name] for name in ("sent", "done")}
    assert shop.confirmed() >= numbers["done"] - 5
    assert get(HOST, DOMAIN).status == 200
    after = shop.all_done()
    assert after["done"] == after["sent"] > numbers["sent"]
