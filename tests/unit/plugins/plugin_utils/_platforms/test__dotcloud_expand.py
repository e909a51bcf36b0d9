# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import yaml
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms._dotcloud_expand import expand

SOURCE = {"path": "../shop"}
ENTRY = {"name": "shop", "platform": "dotcloud", "source": SOURCE}


def expanded(text, others=None, **more):
    return expand({**ENTRY, **more}, {"dotcloud.yml": text}.get, others or {})


def refused(text, **more):
    with pytest.raises(Problems) as caught:
        expanded(text, **more)
    return [(one.key, one.message) for one in caught.value.problems]


def app(name, service, approot=".", python="2.6", **more):
    return {**ENTRY, "name": name, "service": service, "approot": approot, "python": python, **more}


SHOP = """
www:
  type: python
  approot: web
  config: {python_version: v2.7}
worker_1:
  type: python-worker
  approot: jobs
  config: {python_version: v3.11}
  process: ./run
db: {type: postgresql}
cache: {type: redis}
"""


def test_D19_services_with_different_approots():
    data = ["db", "cache"]
    assert expanded(SHOP) == [
        app("shop", "www", "web", "2.7", services=data),
        app("shop-worker-1", "worker_1", "jobs", "3.11", server="none", services=data, services_of="shop"),
    ]


def test_D09_services_of_one_file_share_its_data_services():
    _www, worker = expanded(SHOP, services=["main"])
    assert (worker["services"], worker["services_of"]) == (["main"], "shop")
    _www, worker = expanded(SHOP, services_of="store")
    assert worker["services_of"] == "store"
    assert ["services_of" in one for one in expanded("www: {type: python}\njobs: {type: python-worker}\n")] == [
        False, False,
    ]  # fmt: skip


def test_D09_a_service_with_an_entry_of_its_own_shares_those_of_the_project():
    others = {"": "shop", "www": "shop-www"}
    (one,) = expanded(SHOP, others, name="jobs", service="worker_1")
    assert one["services_of"] == "shop"
    (one,) = expanded(SHOP, {}, name="jobs", service="worker_1")
    assert "services_of" not in one


def test_D19_the_app_of_the_web_service_has_the_same_name_without_the_worker():
    (one,) = expanded("www: {type: python}\n")
    assert (one["name"], one["service"]) == ("shop", "www")


MAIN = [
    ("api: {type: python}\nwww: {type: python}\n", ["shop-api", "shop"]),
    ("jobs: {type: python-worker}\napi: {type: python}\n", ["shop-jobs", "shop"]),
    ("a: {type: python-worker}\nb: {type: python-worker}\n", ["shop", "shop-b"]),
    ("www: {type: python-worker}\napi: {type: python}\n", ["shop-www", "shop"]),
    ("jobs: {type: python-worker}\napi: {type: python-worker, ports: {x: http}}\n", ["shop-jobs", "shop"]),
]


@pytest.mark.parametrize(("text", "names"), MAIN)
def test_which_service_has_the_entrys_own_name(text, names):
    assert [one["name"] for one in expanded(text)] == names


def test_what_is_about_being_reached_is_the_main_services():
    keys = {"domains": ["shop.example.com"], "listen": ["127.0.0.1:8000"], "tls": {"self_signed": True}}
    shared = {"environment": {"MODE": "production"}, "limits": {"memory": "256M"}, "ssh_keys": ["ssh-ed25519 A"]}
    www, api = expanded("www: {type: python}\napi: {type: python}\n", **keys, **shared)
    assert www == app("shop", "www", **keys, **shared)
    assert api == app("shop-api", "api", **shared)


def test_workers_are_no_matter_of_a_service_without_web():
    _www, jobs = expanded("www: {type: python}\njobs: {type: python-worker}\n", workers=3, config={"uwsgi_harakiri": 9})
    assert jobs == app("shop-jobs", "jobs", server="none")


def test_the_entry_wins_over_the_file():
    (one,) = expanded(
        "www: {type: python, approot: web, config: {python_version: v2.7}}\ndb: {type: mysql}\n",
        approot="other",
        python="3.11",
        services=["main"],
    )
    assert one == app("shop", "www", "other", "3.11", services=["main"])


def test_a_service_with_an_entry_of_its_own():
    assert [one["name"] for one in expanded(SHOP, {"worker_1": "jobs"})] == ["shop"]
    assert expanded(SHOP, {"www": "shop"}, name="jobs", service="worker_1") == [
        app("jobs", "worker_1", "jobs", "3.11", server="none", services=["db", "cache"])
    ]


def test_the_entrys_own_name_is_that_of_a_service_without_an_entry():
    (one,) = expanded(SHOP, {"www": "front"})
    assert (one["name"], one["service"], "services_of" in one) == ("shop", "worker_1", False)
    with pytest.raises(Problems, match="each of its services has an entry of its own; remove this one"):
        expanded(SHOP, {"www": "front", "worker_1": "jobs"})


def test_a_worker_that_speaks_http_has_a_web():
    (one,) = expanded("api: {type: python-worker, process: gunicorn, ports: {www: http}}")
    assert one == app("shop", "api")


REFUSED = [
    ("{}", {}, [("dotcloud.yml", 'service(s) dict cannot be empty in "dotcloud.yml", line 1, column 1')]),
    (
        "www: {type: python}\nfront: {type: php}\n",
        {},
        [
            (
                "dotcloud.yml",
                'service "front" is of type "php", which is not run here; '
                "write an entry with service for each of those that are",
            )
        ],
    ),
    ("db: {type: redis}\n", {}, [("dotcloud.yml", "has no service of type python or python-worker")]),
    ("www: {type: python}\n", {"service": "ww"}, [("service", '"ww" is not in dotcloud.yml; did you mean "www"?')]),
    (
        "db: {type: redis}\n",
        {"service": "db"},
        [("service", '"db" is of type redis, which is not run here')],
    ),
    (
        "www: {type: python}\nmail: {type: smtp}\n",
        {"environment": {"A": "b"}},
        [
            (
                "dotcloud.yml",
                'service "mail" is of type "smtp", which pyhost_services does not have; '
                "write where it is into environment: DOTCLOUD_MAIL_…",
            )
        ],
    ),
    (
        "www: {type: python}\naaaabbbbccccdddd: {type: python}\n",
        {"name": "a-name-with-20-letter"},
        [
            (
                "name",
                '"a-name-with-20-letter-aaaabbbbccccdddd", the app of service aaaabbbbccccdddd, is too long a name; '
                "write an entry with service: aaaabbbbccccdddd and a name of its own",
            )
        ],
    ),
]


@pytest.mark.parametrize(("text", "more", "problems"), REFUSED)
def test_refused(text, more, problems):
    assert refused(text, **more) == problems


def test_a_stranger_may_stay_where_the_entry_names_another():
    (one,) = expanded("www: {type: python}\nfront: {type: php}\n", service="www")
    assert one["service"] == "www"


def test_a_data_service_that_is_elsewhere():
    (one,) = expanded("www: {type: python}\nmail: {type: smtp}\n", environment={"DOTCLOUD_MAIL_SMTP_HOST": "h"})
    assert "services" not in one


def test_a_source_without_the_file():
    with pytest.raises(Problems) as caught:
        expand(ENTRY, {}.get)
    assert str(caught.value.problems[0]).startswith("shop: dotcloud.yml: is not in the root of the source")


def test_the_example_of_the_documentation():
    page = Path(__file__).parents[5] / "docs" / "platform-dotcloud.md"
    file, inventory = (
        yaml.safe_load(textwrap.dedent(part))
        for part in re.split(r"\n    # (?:dotcloud\.yml|variables of the inventory)\n", page.read_text("utf-8"))[1:]
    )
    (entry,) = inventory["pyhost_apps"]
    www, worker = expand(entry, {"dotcloud.yml": yaml.safe_dump(file, sort_keys=False)}.get)
    assert (www["name"], www["approot"], www["python"], www["services"]) == ("shop", "web", "2.7", ["db"])
    assert (worker["name"], worker["server"], worker["services_of"]) == ("shop-worker", "none", "shop")
    assert {one["name"]: one["type"] for one in inventory["pyhost_services"]} == {"db": file["db"]["type"]}
