# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dotCloud: the listings of its documentation, as they are typed there.

Of its Pythons 2.6, 2.7, 3.1 and 3.2 only 2.7 can be had; 2.6 is mapped to it. The listing for Pyramid runs on today's
Pyramid. PIL, and the host of the third requirement, are gone.
"""

from __future__ import annotations

from typing import Any

import pytest

from molecule.platforms.tests.dotcloud import HOST, Project
from tests.support import branches
from tests.support.deploy import deploy, good
from tests.support.remote import shell

pytestmark = pytest.mark.soak

SERVICES = ("django", "tornado", "web2py", "pyramid")
AGENT_SECONDS = 90


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    branches.build(HOST, "2.7")
    one = Project(tmp_path_factory.mktemp("dotcloud"), "dc-seed", "seed", SERVICES)
    one.settings = {"python_aliases": {"2.6": "2.7"}, "python_paths": [f"{branches.PLACE}/python-*"]}
    good(one.push())
    return one


def test_D01_the_hello_app_dumps_its_environment(seed: Project) -> None:
    found = seed.told("/noodles?with=soy")
    assert (found["PATH_INFO"], found["QUERY_STRING"]) == ("/noodles", "with=soy")
    assert "uwsgi.version" in found
    assert seed.inside("python -c 'import sys; print(sys.version_info[:2])'") == "(2, 7)\n"


def test_D04_with_the_parameter_of_uwsgi_conf(seed: Project) -> None:
    assert seed.told()["ENVIRONMENT"] == "prod"


def test_D05_with_all_options_of_the_example(seed: Project) -> None:
    assert seed.get(headers={"Cookie": f"a={'x' * 6000}"}).status == 200
    seed.told("/for-the-log")
    line = seed.inside("grep 'GET /for-the-log' /var/log/supervisor/app.log")
    assert "{address space usage:" in line


def test_D01_django(seed: Project) -> None:
    assert seed.get("/menu", "django").text == "Django 1.4.3, media at /menu\n"
    assert seed.get("/media/x.css", "django").text == "body { color: green }\n"


def test_D01_django_with_the_placeholder_of_the_documentation(seed: Project) -> None:
    """``'.'`` stands for the name of the settings; Django says so at the first request."""
    with seed.changed("django/wsgi.py", ("'settings'", "'.'")):
        run = deploy([seed.further("django")], seed.tree.parent, HOST, **seed.settings)
    assert run.status != 0
    assert "relative imports require the 'package' argument" in run.message()
    assert seed.get("/", "django").status == 200


def test_D01_tornado(seed: Project) -> None:
    assert seed.get("/", "tornado").text == "Tornado 2.4.1\n"


def test_D01_web2py_with_a_link_for_wsgi_py(seed: Project) -> None:
    assert seed.get("/", "web2py").text.endswith("on 2.7\n")


def test_D01_pyramid(seed: Project) -> None:
    assert seed.get("/", "pyramid").text.startswith("Pyramid from /")


def test_D07_requirements_that_are_gone(tmp_path: Any) -> None:
    gone = Project(tmp_path, "dc-gone", "requirements")
    run = gone.push()
    assert run.status != 0
    url = "http://jsonschema.googlecode.com/files/jsonschema-0.2a.tar.gz"
    assert f"{url} cannot be fetched" in run.message()
    with gone.changed("requirements.txt", (f"{url}\n", "")):
        run = gone.push()
    assert "pil cannot be installed" in run.message()
    good(gone.push(requirements=[]))
    assert gone.get().status == 200


def test_D18_the_agent_of_newrelic_starts(tmp_path: Any) -> None:
    watched = Project(tmp_path, "dc-watched", "newrelic")
    watched.settings = {"python_aliases": {"2.6": "3.13"}}
    good(watched.push())
    lines = shell(HOST, "ps -eo user:20,args | grep '^dc-watched .*/uwsgi'").splitlines()
    assert all("--enable-threads --single-interpreter" in line for line in lines)
    assert watched.get().text == "watched\n"
    # It tries to register the app; without an account, or without a way to it, it cannot.
    watched.eventually("grep -q 'New Relic\\|data collector' /var/log/supervisor/newrelic.log", seconds=AGENT_SECONDS)
    assert watched.get().text == "watched\n"


def test_D18_newrelic_of_a_python_that_it_does_not_know(tmp_path: Any) -> None:
    watched = Project(tmp_path, "dc-watched", "newrelic")
    watched.settings = {"python_aliases": {"2.6": "3.13", "3.2": "3.13"}}
    with watched.changed("dotcloud.yml", ("enable_newrelic: true", "enable_newrelic: true\n     python_version: v3.2")):
        run = watched.push()
    assert run.status != 0
    text = "dotcloud.yml: enable_newrelic: the New Relic client does not work with Python 3.2; remove one of the two"
    assert text in run.message()
    with watched.changed(
        "dotcloud.yml", ("     NEW_RELIC_LICENSE_KEY: zbc1234sjnfnsdnFAKE0KEYk3232kjnknfksdnfkw23\n", "")
    ):
        run = watched.push()
    assert "environment.NEW_RELIC_LICENSE_KEY: missing; enable_newrelic in dotcloud.yml needs it" in run.message()
