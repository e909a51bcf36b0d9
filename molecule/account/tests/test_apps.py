# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten apps of a user without rights answer, and all of it lies below one directory."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from tests.support.deploy import ROOT
from tests.support.loopback import get

testinfra_hosts = ["ansible://account"]

GREETING = "100% %(ENV_PATH)s \"double\" 'single' ;semi #hash $HOME `tick` \\back ünï"
SECRET = "s3cr3t-canary-value"
APPS = "/home/person/pyhost/apps"
WITHOUT = "--exclude-dir=virtualenvs --exclude-dir=.cache --exclude-dir=tools-*"  # large, and made of packages


def _name(host: Any) -> str:
    return str(host.backend.get_pytest_id().removeprefix("ansible://"))


@pytest.mark.parametrize(
    ("port", "path", "text"),
    [
        (8000, "/", "It works"),
        (8101, "/", "It works"),
        (8102, "/admin/login/", "Django administration"),
        (8103, "/admin/login/", "Django administration"),
        (8104, "/docs", "swagger"),
        (8105, "/user-agent", "user-agent"),
        (8106, "/.web/", "Radicale"),
        (8107, "/", "It works"),
        (8109, "/", "It works"),
    ],
)
def test_page(host: Any, port: int, path: str, text: str) -> None:
    answer = get(_name(host), port, path)
    assert answer.status == 200
    assert text in answer.text


def test_app_with_many_requirements(host: Any) -> None:
    assert get(_name(host), 8108).json["distributions"] >= 150


def test_locked_app_has_what_its_lock_names(host: Any) -> None:
    lock = tomllib.loads((ROOT / ".cache" / "account" / "locked" / "uv.lock").read_text())
    locked = {package["name"]: package["version"] for package in lock["package"]}
    found = get(_name(host), 8107).json["packages"]
    assert {name: found[name] for name in ("flask", "werkzeug", "jinja2")} == {
        name: locked[name] for name in ("flask", "werkzeug", "jinja2")
    }
    assert "pytest" in locked
    assert "pytest" not in found  # the development group stays out


def test_environment_arrives_byte_for_byte(host: Any) -> None:
    assert get(_name(host), 8101, "/env.json").json == {
        "GREETING": GREETING,
        "HELLO_LINES": "-----BEGIN KEY-----\nabc\n-----END KEY-----\n",
        "HELLO_SECRET": SECRET,
    }


def test_client_cannot_set_what_nginx_tells_the_app(host: Any) -> None:
    sent = {"X-Real-IP": "6.6.6.6", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "Proxy": "http://evil"}
    answer = get(_name(host), 8101, "/headers.json", headers=sent)
    assert "6.6.6.6" not in answer.text
    assert "evil" not in answer.text
    assert answer.json["scheme"] == "http"
    assert answer.json["headers"]["X-Forwarded-For"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("port", "path", "kind"),
    [
        (8101, "/static/hello.css", "text/css"),
        (8102, "/static/admin/css/base.css", "text/css"),
        (8103, "/static/admin/js/core.js", "text/javascript"),
    ],
)
def test_static_file_comes_from_nginx(host: Any, port: int, path: str, kind: str) -> None:
    answer = get(_name(host), port, path)
    assert answer.status == 200
    assert answer.headers["server"] == "nginx"
    assert answer.headers["content-type"].startswith(kind)
    app = {8101: "hello", 8102: "notes", 8103: "shop"}[port]
    assert path in host.file(f"{APPS}/{app}/logs/access.log").content_string
    assert path not in host.file(f"{APPS}/{app}/logs/app.log").content_string


@pytest.mark.parametrize("path", ["/static../wsgi.py", "/static/../wsgi.py", "/static/%2e%2e/wsgi.py"])
def test_location_publishes_nothing_else(host: Any, path: str) -> None:
    answer = get(_name(host), 8101, path)
    assert answer.status in (400, 404)
    assert "flask" not in answer.text.lower()


def test_nginx_comes_from_a_package_of_python(host: Any) -> None:
    assert not host.exists("nginx")
    assert "/home/person/pyhost/tools" in host.check_output("pgrep --full --list-full 'nginx: master' | head -n 1")


def test_nothing_listens_beyond_the_machine(host: Any) -> None:
    lines = host.check_output("ss --no-header --listening --numeric --tcp").splitlines()
    addresses = [line.split()[3] for line in lines if not line.split()[3].endswith(":22")]
    assert len(addresses) >= 10
    assert [one for one in addresses if not one.startswith("127.0.0.1:")] == []


def test_nothing_needs_root(host: Any) -> None:
    owners = set(host.check_output("ps -e -o user= -o args= | grep /home/person/pyhost | cut -d' ' -f1").split())
    assert owners == {"person"}


def test_nothing_is_written_outside_the_directory(host: Any) -> None:
    beside = host.check_output("find /home/person -mindepth 1 -maxdepth 1 -printf '%f\\n'").split()
    # `.ansible` is where Ansible itself puts its temporary files.
    assert set(beside) - {".ansible"} == {".bash_logout", ".bashrc", ".profile", ".ssh", "pyhost"}
    elsewhere = "find /tmp /var/tmp /dev/shm /var /run /etc /opt /srv -xdev -user person -not -path '/run/user/*'"
    assert host.run(f"{elsewhere} 2>/dev/null").stdout.split() == []


def test_secret_is_in_one_file_only(host: Any) -> None:
    places = host.run(f"grep --recursive --files-with-matches {WITHOUT} {SECRET} /home/person").stdout.split()
    assert len(places) == 1
    assert places[0].startswith(f"{APPS}/hello/launches/")
    assert host.file(places[0]).mode == 0o440
    assert SECRET not in host.check_output("ps axww -o args")


def test_other_users_see_nothing(host: Any) -> None:
    assert host.file(f"{APPS}/hello").mode == 0o750


def test_owner_restarts_an_app(host: Any) -> None:
    control = f"/home/person/pyhost/tools/bin/supervisorctl -c {APPS}/socket/conf/supervisord.conf"
    assert host.run(f"{control} restart app").rc == 0
    assert "RUNNING" in host.check_output(f"{control} status app")
