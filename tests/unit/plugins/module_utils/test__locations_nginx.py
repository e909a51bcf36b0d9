# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real nginx answers under compiled locations."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._locations import compile_locations, render
from ansible_collections.pyhost.platform.plugins.module_utils._models import Location

PARTS_OF_CELL = ("app", "data", "static")
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@pytest.fixture(name="top", scope="module")
def fixture_top(tmp_path_factory):
    """The cell of a real nginx that serves the compiled locations of a small tree."""
    if NGINX is None:
        pytest.skip("no nginx here")
    top = tmp_path_factory.mktemp("nginx")
    top.chmod(0o755)
    _tree(top)
    command = [NGINX, "-e", str(top / "error.log"), "-p", str(top), "-c", str(_conf(top))]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            _wait(top, process)
            yield top
        finally:
            process.terminate()


@pytest.fixture(name="ask")
def fixture_ask(top):
    """Asks for a path; answers (status, body)."""
    return lambda path: _ask(top, path)[:2]


@pytest.fixture(name="overlap")
def fixture_overlap(top):
    """While two versions run: ``current/before`` leads to the old one. Answers (status, body, head)."""
    link = top / "current" / "before"
    link.symlink_to(top / "old")
    yield lambda path: _ask(top, path)
    link.unlink()


FILES = {
    "app/shop/secret.py": "SECRET",
    "app/shop/static/a.css": "css",
    "app/shop/static/.env": "SECRET",
    "app/shop/static/.git/config": "SECRET",
    "app/shop/static/sub/.hidden": "SECRET",
    "app/shop/static/sub/plain.env": "plain",
    "app/shop/static_backup/x": "SECRET",
    "app/shop/favicon.ico": "icon",
    "app/shop/favicon.ico.bak": "SECRET",
    "app/shop/well/x": "well",
    "data/me+dia/a b.txt": "media",
    "data/private": "SECRET",
    "static/admin/b.css": "admin",
    "outside/x": "SECRET",
    # The release before, in which some files are named as in the new one.
    "old/shop/secret.py": "SECRET",
    "old/shop/static/a.css": "old css",
    "old/shop/static/gone.1f3a.css": "old only",
    "old/shop/static/a b+ü?.css": "old encoded",
    "old/shop/static/sub/gone.js": "old sub",
    "old/shop/static/gone/index.html": "old index",
    "old/shop/static/.gone": "SECRET",
    "old/shop/static/.git/gone": "SECRET",
    "old/shop/gone.txt": "old exact",
    "old/shop/gone.txt.bak": "SECRET",
    "old/data/me+dia/gone": "SECRET",
    "old/static/admin/gone": "SECRET",
}


def _tree(top):
    for name, text in FILES.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    static = top / "app/shop/static"
    (static / "own.css").symlink_to("a.css")
    (static / "passwd").symlink_to("/etc/passwd")
    gone = top / "old/shop/static/gone.passwd"
    gone.symlink_to("/etc/passwd")
    if os.getuid() == 0:
        os.lchown(static / "passwd", 65534, 65534)
        os.lchown(gone, 65534, 65534)


def _conf(top):
    compiled = compile_locations(
        [
            Location("/static/", "static/", "1h"),
            Location("/static/admin/", "/srv/static/admin/"),
            Location("/favicon.ico", "favicon.ico"),
            Location("/m+/", "/srv/data/me+dia/"),
            Location("/.well-known/x/", "well/"),
            Location("/gone", "gone.txt"),
        ],
        "shop",
        {**{name: str(top / name) for name in PARTS_OF_CELL}, "before": f"{top}/current/before"},
    )
    temp = "".join(f"{kind}_temp_path {top}/t;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.getuid() == 0 else ""
    (top / "current").mkdir()
    conf = top / "nginx.conf"
    conf.write_text(
        f"daemon off; {user} pid {top}/pid; error_log {top}/error.log; events {{}}\n"
        f"http {{ access_log off; types {{ text/css css; }} {temp} server {{ listen unix:{top}/sock; location / {{ return 418; }}\n"
        f"{render(compiled)} }} }}\n"
    )
    return conf


def _wait(top, process):
    for _attempt in range(100):
        if process.poll() is not None:
            pytest.fail(f"nginx refused: {process.stderr.read()}")
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(top / "sock")) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx did not start")


def _ask(top, url):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(top / "sock"))
        client.sendall(f"GET {url} HTTP/1.0\r\nHost: ramen\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
    head, _empty, body = answer.partition("\r\n\r\n")
    return int(re.match(r"HTTP/1.1 (\d+)", head).group(1)), body, head


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/static/a.css", "css"),
        ("/static/own.css", "css"),
        ("/static/sub/plain.env", "plain"),
        ("/static/admin/b.css", "admin"),
        ("/favicon.ico", "icon"),
        ("/m+/a%20b.txt", "media"),
        ("/.well-known/x/x", "well"),
    ],
)
def test_nginx_serves(ask, path, body):
    assert ask(path) == (200, body)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static../secret.py", 418),
        ("/static..%2fsecret.py", 418),
        ("/static/../secret.py", 418),
        ("/static/..%2fsecret.py", 418),
        ("/static/%2e%2e/secret.py", 418),
        ("/static_backup/x", 418),
        ("/favicon.ico.bak", 418),
        ("/static/.env", 404),
        ("/static/%2eenv", 404),
        ("/static//.env", 404),
        ("/static/.git/config", 404),
        ("/static/sub/.hidden", 404),
        ("/static/x%0a/../.env", 404),
        ("/static/%0a/.env", 404),
        ("/static/sub/", 403),
        ("/favicon.ico/", 418),
        ("/m+/../private", 418),
    ],
)
def test_nginx_does_not_leak(ask, path, status):
    found_status, body = ask(path)
    assert "SECRET" not in body
    assert found_status == status


def test_nginx_does_not_follow_a_link_to_files_of_another_owner(ask):
    assert ask("/static/passwd")[0] == 403


OLD_ONLY = [
    ("/static/gone.1f3a.css", "old only"),
    ("/static/gone.1f3a.css?v=1&x=/../a", "old only"),
    ("/static/%67one.1f3a.css", "old only"),
    ("/static/a%20b+%C3%BC%3F.css", "old encoded"),
    ("/static/sub/gone.js", "old sub"),
    ("/static/sub/../sub//gone.js", "old sub"),
    ("/static/gone/", "old index"),
    ("/gone", "old exact"),
    ("/gone?v=1", "old exact"),
]


@pytest.mark.parametrize(("path", "body"), OLD_ONLY)
def test_file_of_the_version_before_is_there_as_long_as_that_runs(overlap, path, body):
    assert overlap(path)[:2] == (200, body)


@pytest.mark.parametrize(("path", "body"), OLD_ONLY)
def test_file_of_the_version_before_is_gone_with_it(ask, path, body):
    assert ask(path)[0] == 404


def test_the_log_names_the_release_in_force(overlap, top):
    assert overlap("/static/nowhere")[0] == 404
    lines: list[str] = []
    for _attempt in range(100):
        lines = [line for line in (top / "error.log").read_text().splitlines() if "nowhere" in line]
        if lines:
            break
        time.sleep(0.05)
    assert [line.split('"')[1] for line in lines] == [f"{top}/app/shop/static/nowhere"]


def test_the_new_file_comes_first(overlap):
    assert overlap("/static/a.css")[:2] == (200, "css")
    assert overlap("/favicon.ico")[:2] == (200, "icon")


def test_the_same_rules_hold_for_the_version_before(overlap):
    for path in ("/static/a.css", "/static/gone.1f3a.css"):
        head = overlap(path)[2]
        assert "Content-Type: text/css" in head
        assert "Cache-Control: max-age=3600" in head
    assert "Content-Type: text/plain" in overlap("/gone")[2]
    assert overlap("/static/gone")[:1] == (301,)
    assert "/static/gone/" in overlap("/static/gone")[2]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/.gone", 404),
        ("/static/%2egone", 404),
        ("/static//.gone", 404),
        ("/static/.git/gone", 404),
        ("/static/none", 404),
        ("/static../gone.txt", 418),
        ("/static/../gone.txt", 418),
        ("/static/..%2fgone.txt", 418),
        ("/static/%2e%2e/secret.py", 418),
        ("/gone.txt", 418),
        ("/gone/", 418),
        ("/gone.bak", 418),
        ("/m+/gone", 404),
        ("/static/admin/gone", 404),
        ("/static/passwd", 403),
        ("/static/gone.passwd", 404),
        ("/current/before/shop/secret.py", 418),
    ],
)
def test_nginx_does_not_leak_the_version_before(overlap, path, status):
    found, body, _head = overlap(path)
    assert "SECRET" not in body
    assert found == status
