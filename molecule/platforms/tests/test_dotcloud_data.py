# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dotCloud: data services of a file, shared by its code services, and several services of one file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from molecule.platforms.tests.dotcloud import HOST, Project
from tests.support.deploy import deploy, good
from tests.support.load import load
from tests.support.remote import shell

pytestmark = pytest.mark.soak

PLAIN = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-type", "text/plain")])
    return [b"plain"]
"""
RECORD = "/var/lib/pyhost/services.json"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("dotcloud")
    one = Project(folder, "dc-shop", "project", ["api"])
    services = [{"name": "db", "type": "postgresql"}, {"name": "cache", "type": "redis"}]
    one.settings |= {"services": services, "services_passwords": str(folder / "passwords")}
    good(one.push())
    yield one
    gone = [{"name": name, "state": "absent", "purge": True} for name in ("dc-shop", "dc-shop-worker", "dc-shop-api")]
    good(deploy(gone, folder, HOST, **one.settings))
    assert "dc-shop" not in shell(HOST, f"cat {RECORD}")


def everybody(shop: Project) -> dict[str, Any]:
    """What the app found, once the worker has written, too."""
    shop.eventually("grep -q 'wrote as worker' /var/log/supervisor/worker.log", "worker")
    found: dict[str, Any] = shop.get().json
    return found


def test_D09_the_strings_of_environment_json_work(shop: Project) -> None:
    found = everybody(shop)
    assert (found["by url"], found["redis by url"], found["strings"]) == (1, True, True)
    values = json.loads(shop.inside("cat ~/environment.json"))
    for prefix in ("DOTCLOUD_DB_SQL", "DOTCLOUD_CACHE_REDIS"):
        assert all(values[f"{prefix}_{name}"] for name in ("HOST", "PORT", "PASSWORD", "URL"))
    assert values["DOTCLOUD_DB_SQL_LOGIN"]
    assert found["environment"] == dict.fromkeys(values, True)


def test_D09_code_services_of_one_file_share_its_data(shop: Project) -> None:
    found = everybody(shop)
    assert (found["visits"], found["redis"]) == (["worker", "www"], ["worker", "www"])
    bindings = json.loads(shell(HOST, f"cat {RECORD}"))["bindings"]
    assert sorted(name for name in bindings if name.startswith("dc-")) == ["dc-shop_cache", "dc-shop_db"]
    databases = shell(HOST, "runuser -u postgres -- psql -Atc 'SELECT datname FROM pg_database'").split()
    assert [name for name in databases if name.startswith("dc-shop")] == ["dc-shop_db"]
    own = [json.loads(shop.inside("cat ~/environment.json", one))["DOTCLOUD_DB_SQL_LOGIN"] for one in ("", "worker")]
    assert own[0] != own[1]


def test_D13_processes_and_ports(shop: Project) -> None:
    port = shop.inside("tr '\\0' '\\n' < /proc/$(supervisorctl pid app)/environ | sed -n s/^PORT_WWW=//p", "api")
    assert shop.get(service="api").text == f"api on {port}"
    status = shop.inside("supervisorctl status", "api")
    assert [line.split()[:2] for line in status.splitlines() if line.startswith("feed")] == [["feed", "RUNNING"]]
    assert shop.get().json["feed"] == "fed by api"


def test_D09_a_second_push_changes_nothing(shop: Project) -> None:
    assert good(shop.push()).changed[HOST] == 0


def test_D09_a_rotation_is_no_outage_for_either(shop: Project) -> None:
    with load(HOST, shop.domain) as seen:
        shop.settings["services_rotation"] = "2"
        good(shop.push())
    assert seen.failed == {}
    shop.inside("true > /var/log/supervisor/worker.log", "worker")
    assert everybody(shop)["visits"] == ["worker", "www"]
    roles = shell(HOST, "runuser -u postgres -- psql -Atc 'SELECT rolname FROM pg_roles'").split()
    # The role that owns the database, and one login for each of the three services.
    assert len([name for name in roles if name.startswith("dc-shop")]) == 4


def test_D09_a_data_service_of_another_type_is_refused(shop: Project) -> None:
    with shop.changed("dotcloud.yml", ("type: postgresql", "type: mysql")):
        run = shop.push()
    assert run.status != 0
    text = '"db" is of type postgresql in pyhost_services, and the source asks for mariadb'
    assert all(f"{name}: services[0]: {text}" in run.message() for name in ("dc-shop", "dc-shop-worker", "dc-shop-api"))
    assert "3 problems found, nothing was changed" in run.message()
    assert everybody(shop)["visits"] == ["worker", "www"]


def test_D19_a_worker_that_left_the_file_keeps_the_data_it_shares(shop: Project) -> None:
    text = (shop.tree / "dotcloud.yml").read_text()
    worker, api = text.index("worker:"), text.index("api:")
    with shop.changed("dotcloud.yml", to=text[:worker] + text[api:]):
        run = good(shop.push())
    assert sorted(run.rows[HOST]) == ["dc-shop", "dc-shop-api"]
    shop.inside("true > /var/log/supervisor/worker.log", "worker")
    assert everybody(shop)["visits"] == ["worker", "www"]


def test_D09_data_services_that_leave_the_file_are_not_destroyed(shop: Project) -> None:
    text = (shop.tree / "dotcloud.yml").read_text()
    with shop.changed("dotcloud.yml", to=text[: text.index("worker:")]), shop.changed("web/wsgi.py", to=PLAIN):
        run = good(deploy([shop.entry()], shop.tree.parent, HOST, **shop.settings))
    assert shop.get().text == "plain"
    assert "DOTCLOUD_DB_SQL_URL" not in shop.inside("cat ~/environment.json")
    assert "dc-shop: its data of the service db (postgresql) is kept on" in run.output
    # The services that were not pushed go on with it.
    shop.inside("true > /var/log/supervisor/worker.log", "worker")
    shop.eventually("grep -q 'wrote as worker' /var/log/supervisor/worker.log", "worker")
    good(shop.push())
    assert everybody(shop)["visits"] == ["worker", "www"]
