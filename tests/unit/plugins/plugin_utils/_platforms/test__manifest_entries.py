# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms._manifest_entries import expand

ENTRY = {"name": "shop", "platform": "appfog", "source": {"path": "shop"}}

SAVED = """\
---
applications:
  .:
    name: ramen
    framework:
      name: wsgi
      info:
        mem: 64M
        description: Python WSGI Application
        exec:
    url: ${name}.${target-base}
    runtime: python2
    infra: aws
    mem: 128M
    instances: 2
    services:
      ramen-db:
        type: mysql
"""
"""As ``af push`` saves it."""


def entries(text, entry=None, others=None, **files):
    texts = {"manifest.yml": text, **{name.replace("__", "/") + ".yml": one for name, one in files.items()}}
    return expand({**ENTRY, **(entry or {})}, texts.get, others or {})


def one(text, entry=None, **files):
    (found,) = entries(text, entry, **files)
    return found


def refusal(text, entry=None, **files):
    with pytest.raises(Problems) as caught:
        entries(text, entry, **files)
    (problem,) = caught.value.problems
    assert (problem.app, problem.key) == ("shop", "manifest.yml")
    return problem.message


def test_a_source_without_the_file_is_one_app():
    assert expand(ENTRY, {}.get) == [ENTRY]


def test_what_the_client_saves():
    found = one(SAVED)
    assert found["name"] == "shop"
    assert found["approot"] == "."
    assert found["python"] == "2.7"
    assert found["workers"] == 2
    assert found["services"] == ["ramen-db"]
    assert found["entrypoint"] == "wsgi:application"
    assert "domains" not in found
    assert found["limits"] == {"memory": "576M"}


def test_the_entry_wins():
    entry = {"python": "3.13", "domains": ["a.example.com"], "workers": 5, "limits": {}, "command": "python x.py"}
    found = one(SAVED, entry)
    assert {name: found[name] for name in entry} == entry
    assert "entrypoint" not in found


def test_the_manifest_stands_in_approot():
    found = expand({**ENTRY, "approot": "web"}, {"web/manifest.yml": SAVED}.get)
    assert found[0]["approot"] == "web"


SEVERAL = """\
properties:
  base: example.org
applications:
  ./web:
    name: front
    url: www.${base}
    depends-on: [./api]
  ./api:
    name: api
    framework: {name: standalone}
    command: python serve.py
    url: api.${base}
    depends-on: ./jobs
  ./jobs:
    name: Job_Runner
    framework: {name: standalone, info: {exec: python work.py}}
    instances: 3
"""


def test_A13_several_apps_in_the_order_of_their_start():
    jobs, api, front = entries(SEVERAL)
    assert [found["name"] for found in (jobs, api, front)] == ["shop-job-runner", "shop-api", "shop-front"]
    assert [found["approot"] for found in (jobs, api, front)] == ["jobs", "api", "web"]
    assert front["after"] == ["shop-api"]
    assert api["after"] == ["shop-job-runner"]
    assert "after" not in jobs


def test_standalone_apps_with_and_without_a_url():
    jobs, api, front = entries(SEVERAL)
    assert (api["command"], api["domains"]) == ("python serve.py", ["api.example.org"])
    assert (jobs["server"], jobs["processes"]) == ("none", {"worker": {"command": "python work.py", "count": 3}})
    assert front["domains"] == ["www.example.org"]


def test_one_of_several_by_its_name():
    found = one(SEVERAL, {"service": "front", "domains": ["a.example.com"]})
    assert (found["name"], found["approot"], found["domains"]) == ("shop", "web", ["a.example.com"])
    assert "after" not in found


def test_those_with_entries_of_their_own_are_left_to_these():
    assert [found["service"] for found in entries(SEVERAL, others={"front": "front"})] == ["Job_Runner", "api"]


BOUND = """\
applications:
  web: {name: web, services: {db: {type: mysql}, logs: {type: mysql}}, depends-on: [jobs]}
  jobs: {name: jobs, services: {db: {type: mysql}}}
  docs: {name: docs}
"""
OWNERS = [
    # keys of the entry, entries for other applications, apps, and whose data theirs is ("": its own)
    ({}, {}, {"shop-jobs": "", "shop-web": "shop-jobs", "shop-docs": ""}),
    ({"services_of": "old"}, {}, {"shop-jobs": "old", "shop-web": "old", "shop-docs": "old"}),
    ({"services_of": "shop-web"}, {}, {"shop-jobs": "shop-web", "shop-web": "", "shop-docs": "shop-web"}),
    ({}, {"jobs": "queue"}, {"shop-web": "queue", "shop-docs": ""}),
    ({"service": "web"}, {"jobs": "queue"}, {"shop": "queue"}),
    ({"service": "web"}, {"": "all"}, {"shop": "all-jobs"}),
    ({"service": "web"}, {"": "all", "docs": "pages"}, {"shop": "all"}),
    ({"service": "web"}, {}, {"shop": ""}),
    ({"service": "jobs"}, {"": "all"}, {"shop": ""}),
]


@pytest.mark.parametrize(("entry", "others", "owners"), OWNERS)
def test_applications_share_the_data_of_their_services(entry, others, owners):
    found = entries(BOUND, entry, others)
    assert {one["name"]: one.get("services_of", "") for one in found} == owners


def test_the_first_domain_is_the_base_of_several():
    text = "applications:\n  a: {name: a}\n  b: {name: b, url: 'x.${target-base}'}\n"
    first, second = entries(text, {"domains": ["apps.example.com"]})
    assert (first["domains"], second["domains"]) == (["a.apps.example.com"], ["x.apps.example.com"])


def test_a_random_word_is_always_the_same():
    text = "name: a\nurl: a-${random-word}.example.com\n"
    assert one(text)["domains"] == one(text)["domains"]
    assert "$" not in one(text)["domains"][0]


def test_inherited_files_are_merged_in_depth():
    parent = "applications:\n  .: {name: a, mem: 64M, env: {A: '1', B: '1'}}\nproperties: {where: example.com}\n"
    child = "inherit: base/parent.yml\napplications:\n  .: {mem: 1G, url: 'a.${where}', env: {B: '2'}}\n"
    found = one(child, base__parent=parent)
    assert found["environment"] == {"A": "1", "B": "2"}
    assert found["limits"] == {"memory": "2112M"}
    assert found["domains"] == ["a.example.com"]


def test_the_environment_of_the_entry_wins_name_by_name():
    text = "name: a\nenv: [A=1, 'B=two words']\n"
    assert one(text, {"environment": {"A": "x"}})["environment"] == {"A": "x", "B": "two words"}


def test_a_file_of_one_application_without_a_list():
    assert one("name: a\nmem: 128M\n")["approot"] == "."


def test_a_list_of_applications():
    text = "applications:\n- {name: a, path: x, depends-on: b}\n- {name: b, path: y}\n"
    assert [found["name"] for found in entries(text)] == ["shop-b", "shop-a"]


WRONG = [
    # the file, parts of the message
    ("", ["manifest.yml is empty"]),
    ("- a\n", ["manifest.yml is no mapping", "line 1, column 1"]),
    ("a: [1\n", ["manifest.yml cannot be read", "line 2, column 1"]),
    ("a: " + "[" * 2000, ["manifest.yml cannot be read"]),
    ("a: &a [1]\nb: &b [" + "*a," * 99 + "]\nc: [" + "*b," * 99 + "]\n", ["more than 5000 values"]),
    ("a: &a [*a]\n", ["manifest.yml cannot be read"]),
    ("applications: {}\n", ["No applications."]),
    ("applications: 7\n", ["is a mapping of paths"]),
    ("applications:\n  .: 7\n", ["each one is a mapping", "line 2, column 6"]),
    ("applications:\n  ../x: {name: a}\n", ["../x leaves the source"]),
    ("applications:\n  a: {name: a}\n  ./a: {name: b}\n", ["is there twice"]),
    ("name: a\nurl: ${nothing}.example.com\n", ["Unknown symbol in manifest: nothing", "line 2, column 6"]),
    ("name: a\nx: ${y}\ny: ${x}\n", ["is made of itself"]),
    ("inherit: no.yml\n", ["inherit: no.yml is not in the source", "line 1, column 10"]),
    ("inherit: manifest.yml\n", ["inherits itself"]),
    ("inherit: /etc/passwd\n", ["inherit: /etc/passwd is not in the source"]),
    ("name: a\nruntime: node08\n", ["runtime: node08 is no Python", "python2 (2.7.3)", "line 2, column 10"]),
    ("name: a\nframework: {name: rails3}\n", ["rails3 is a Rails Application", "line 2, column 19"]),
    ("name: a\nframework: standalone\n", ["command: missing", "start command"]),
    ("name: a\nmem: lots\n", ["mem: lots is no amount", "line 2, column 6"]),
    ("name: a\ninstances: 0\n", ["instances: 0 is no whole number"]),
    ("name: a\nservices: db\n", ["services: is a mapping"]),
    ("name: a\nenv: {PYHOST_X: a}\n", ["env:", "line 2, column 17"]),
    ("name: a\nenv: [A]\n", ["env: is a mapping"]),
    ("applications:\n  a: {name: a, depends-on: [c]}\n", ["depends-on: c is no application", "line 2, column 29"]),
    ("applications:\n  a: {name: a b}\n  b: {name: b}\n", ["cannot be part of an app's name", "line 2, column 13"]),
]


@pytest.mark.parametrize(("text", "parts"), WRONG)
def test_what_is_wrong_is_told_with_its_place(text, parts):
    message = refusal(text)
    assert [part for part in parts if part not in message] == []


def test_A13_a_circle_is_refused():
    text = "applications:\n  a: {name: a, depends-on: [b]}\n  b: {name: b, depends-on: [c]}\n  c: {name: c, depends-on: [a]}\n"
    message = refusal(text)
    assert message.startswith("Circular dependency detected")
    assert "a, b, c" in message
    assert "line 2, column" in message


def test_keys_that_cannot_hold_for_several():
    assert "listen cannot hold for all of" in refusal(SEVERAL, {"listen": ["127.0.0.1:8000"]})


def test_a_service_that_is_not_there():
    assert "no application of this file" in refusal(SEVERAL, {"service": "x"})
