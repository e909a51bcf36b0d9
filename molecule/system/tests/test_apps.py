# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten apps answer over HTTP, from outside, on Debian 12 and 13."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.web import get

testinfra_hosts = ["ansible://system"]

GREETING = "100% %(ENV_PATH)s \"double\" 'single' ;semi #hash $HOME `tick` \\back ünï"
SECRET = "s3cr3t-canary-value"


def _name(host: Any) -> str:
    return str(host.backend.get_pytest_id().removeprefix("ansible://"))


@pytest.mark.parametrize(
    ("domain", "path", "status", "text"),
    [
        ("hello.example.com", "/", 200, "It works"),
        ("www.hello.example.com", "/", 200, "It works"),
        ("notes.example.com", "/admin/login/", 200, "Django administration"),
        ("shop.example.com", "/admin/login/", 200, "Django administration"),
        ("api.example.com", "/docs", 200, "swagger"),
        ("httpbin.example.com", "/user-agent", 200, "user-agent"),
        ("calendar.example.com", "/.web/", 200, "Radicale"),
        ("port.example.com", "/", 200, "It works"),
        ("socket.example.com", "/", 200, "It works"),
    ],
)
def test_page(host: Any, domain: str, path: str, status: int, text: str) -> None:
    answer = get(_name(host), domain, path)
    assert answer.status == status
    assert text in answer.text


def test_app_with_many_requirements(host: Any) -> None:
    assert int("".join(one for one in get(_name(host), "many.example.com").text if one.isdigit())[:3]) >= 150


def test_environment_arrives_byte_for_byte(host: Any) -> None:
    values = get(_name(host), "hello.example.com", "/env.json").json
    assert values == {
        "GREETING": GREETING,
        "HELLO_LINES": "-----BEGIN KEY-----\nabc\n-----END KEY-----\n",
        "HELLO_SECRET": SECRET,
    }


def test_client_cannot_set_what_nginx_tells_the_app(host: Any) -> None:
    sent = {"X-Real-IP": "6.6.6.6", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "Proxy": "http://evil"}
    answer = get(_name(host), "hello.example.com", "/headers.json", headers=sent)
    assert "6.6.6.6" not in answer.text
    assert "evil" not in answer.text
    assert answer.json["scheme"] == "http"
    assert answer.json["headers"]["X-Forwarded-For"] == answer.json["headers"]["X-Real-Ip"]


@pytest.mark.parametrize(
    ("domain", "path", "kind"),
    [
        ("hello.example.com", "/static/hello.css", "text/css"),
        ("notes.example.com", "/static/admin/css/base.css", "text/css"),
        ("shop.example.com", "/static/admin/js/core.js", "text/javascript"),
    ],
)
def test_static_file_comes_from_nginx(host: Any, domain: str, path: str, kind: str) -> None:
    """The app would answer too (Flask) or not at all (Django without debug); nginx adds an ETag of its own form."""
    answer = get(_name(host), domain, path)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["etag"].startswith('"') or answer.headers["etag"].startswith('W/"')
    name = domain.partition(".")[0]
    log = host.file(f"/home/{name}/logs/app.log").content_string
    assert path not in log


def test_expires_of_a_location(host: Any) -> None:
    assert get(_name(host), "hello.example.com", "/static/hello.css").headers["cache-control"] == "max-age=2592000"


@pytest.mark.parametrize(
    "path", ["/static../wsgi.py", "/static/../wsgi.py", "/static/%2e%2e/wsgi.py", "/static../requirements.txt"]
)
def test_location_publishes_nothing_else(host: Any, path: str) -> None:
    answer = get(_name(host), "hello.example.com", path)
    assert answer.status in (400, 404)
    assert "flask" not in answer.text.lower()


def test_unknown_name_gets_no_answer(host: Any) -> None:
    with pytest.raises(Exception, match="(?i)closed|reset"):
        get(_name(host), "nobody.example.com")


def test_own_address_without_the_front(host: Any) -> None:
    assert "It works" in get(_name(host), "anything", port=8001).text
    assert host.socket("tcp://127.0.0.1:8000").is_listening


def test_uwsgi_has_its_six_options(host: Any) -> None:
    line = host.check_output("pgrep --uid notes --full --list-full 'bin/uwsgi' | head -n 1")
    for word in (
        "--processes=3",
        "--memory-report",
        "--buffer-size=8192",
        "--harakiri=75",
        "--enable-threads",
        "--single-interpreter",
    ):
        assert word in line


@pytest.mark.parametrize(("user", "workers"), [("hello", 2), ("shop", 4)])
def test_workers_by_size(host: Any, user: str, workers: int) -> None:
    lines = host.check_output(f"pgrep --uid {user} --full 'bin/gunicorn'").split()
    assert len(lines) == workers + 1


@pytest.mark.parametrize("path", ["app", "venv", "conf/supervisor.d", "conf/nginx.d", "logs", "data", "static"])
def test_app_named_app_lives_in_srv(host: Any, path: str) -> None:
    assert host.file(f"/srv/{path}").exists


def test_cells_belong_to_their_users(host: Any) -> None:
    assert host.file("/srv/app/wsgi.py").user == "app"
    home = host.file("/home/hello")
    assert (home.user, home.mode) == ("hello", 0o750)


def test_every_cell_sees_its_own_srv(host: Any) -> None:
    """Paths below /srv are the app's own: the virtualenv of each says so itself."""
    release = get(_name(host), "hello.example.com").text
    assert "/srv/releases/1-" in release
    assert host.file("/home/hello/virtualenvs").is_directory


def test_owner_restarts_without_root(host: Any) -> None:
    control = "/opt/pyhost/tools/bin/supervisorctl -c /srv/conf/supervisord.conf"
    assert host.run(f"runuser -u app -- {control} restart app").rc == 0
    assert "RUNNING" in host.check_output(f"runuser -u app -- {control} status app")


def test_secret_is_in_one_file_only(host: Any) -> None:
    found = host.run(f"grep --recursive --files-with-matches {SECRET} /etc /opt /home/hello /var/log /run 2>/dev/null")
    places = found.stdout.split()
    assert places
    assert all("/launches/" in place and place.endswith("/launch.json") for place in places)
    for place in places:
        assert host.file(place).mode == 0o440
    assert SECRET not in host.check_output("ps axww -o args")
    assert SECRET not in host.run("journalctl --no-pager").stdout


def test_report_of_units(host: Any) -> None:
    failed = json.loads(host.check_output("systemctl list-units --failed --output=json") or "[]")
    assert failed == []
