# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx text of a tenant's own: it runs in her nginx, as her, so it reaches what she reaches, and that is nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from molecule.tenants.tests.conftest import CANARY, HOST, ROOT_CANARY, Tenants, alice, later
from tests.support.deploy import good
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

OWN = "/srv/conf/nginx.d/own.conf"
SOCKET = "/srv/run/own.sock"
ENTER = "/opt/pyhost/tools/bin/pyhost-enter alice"
CONTROL = "/opt/pyhost/tools/owner/supervisorctl"
TEST = "/opt/pyhost/tools/bin/nginx -p /srv/run/ -c /srv/current/conf/nginx.conf -t 2>&1"

SERVER = f"server {{ listen unix:{SOCKET}; root /srv/data; {{}} }}"
"""A server of hers, with something in it."""

HOSTILE = {
    "alias to another tenant": ("location /x/ { alias /home/bob/data/; }", "/x/secret.txt"),
    "alias upwards": ("location /x/ { alias /srv/data/../../home/bob/data/; }", "/x/secret.txt"),
    "alias by a variable": ("location ~ ^/x(.*)$ { alias /home$1; }", "/x/bob/data/secret.txt"),
    "the whole disk": ("location /x/ { alias /; autoindex on; }", "/x/etc/pyhost-canary"),
    "a link to another tenant": ("location /x/ { disable_symlinks off; alias /srv/data/; }", "/x/link"),
    "proc": ("location /x/ { alias /proc/1/root/home/bob/; }", "/x/data/secret.txt"),
    "a log that is a file of root": ("location /x { error_log /etc/cron.d/evil debug; return 200 x; }", "/x"),
    "a log that is root's key file": ("location /x { access_log /root/.ssh/authorized_keys; return 200 x; }", "/x"),
    "a directory to be hers": ("location /x { client_body_temp_path /etc/evil; return 200 x; }", "/x"),
    "a cache of root": ("location /x { proxy_temp_path /var/lib/nginx/evil; return 200 x; }", "/x"),
    "include of a file of root": ("include /etc/shadow;", "/"),
    "include of another tenant": ("include /home/bob/data/secret.txt;", "/"),
    "passwords of root": ('location /x { auth_basic a; auth_basic_user_file /etc/shadow; }', "/x"),
    "a key of the front": ("ssl_certificate_key /etc/nginx/pyhost/tls/x.key;", "/"),
    "socket of another tenant": ("location /x { proxy_pass http://unix:/run/pyhost/bob/web.sock:/; }", "/x"),
    "socket of docker": ("location /x { proxy_pass http://unix:/run/docker.sock:/; }", "/x"),
    "socket of supervisord of another": ("location /x { proxy_pass http://unix:/home/bob/run/supervisor.sock:/; }", "/x"),
    "code by a header of uWSGI": ("location /x { uwsgi_pass unix:/run/pyhost/bob/web.sock; uwsgi_param UWSGI_FILE /srv/data/evil.py; }", "/x"),
    "much memory": ("location /x { proxy_buffers 1000000 1m; proxy_pass http://unix:/run/pyhost/bob/web.sock:/; }", "/x"),
    "an expression that never ends": ('location ~ "^/(a+)+$" { return 200; }', f"/{'a' * 40}!"),
    "code in a page": ("location /x { ssi on; alias /srv/data/; }", "/x/link"),
    "the way of an authority": ("location /.well-known/acme-challenge/ { alias /home/bob/data/; }", "/.well-known/acme-challenge/secret.txt"),
    "writing into root's files": ("location /x/ { dav_methods PUT; alias /etc/; }", "PUT /x/evil"),
    "native code": ("} } load_module /srv/data/evil.so; http { server {", "/"),
    "closing the block": ("} server { listen 80 default_server; location / { return 200 hijacked; }", "/"),
    "the domain of another": ("} server { listen 80; server_name bob.example.com; location / { return 200 evil; }", "/"),
    "two commands in one": ("location /x { default_type ${x;error_log /etc/cron.d/evil;}", "/x"),
}  # fmt: skip

PROBE = f"""
import http.client, socket, sys
one = http.client.HTTPConnection("own")
one.sock = socket.socket(socket.AF_UNIX)
one.sock.settimeout(5)
try:
    one.sock.connect("{SOCKET}")
    one.request(sys.argv[1] if sys.argv[2:] else "GET", sys.argv[-1], b"x" if sys.argv[2:] else None)
    answer = one.getresponse()
    print(answer.status, answer.read(4000).decode("utf-8", "replace"))
except (OSError, http.client.HTTPException) as error:
    print(0, repr(error))
"""


def _ready() -> None:
    end = time.monotonic() + 30
    while True:
        try:
            if get(HOST, "alice.example.com").text == "alice":
                return
        except OSError:
            pass
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def tidy(harmless: Tenants) -> Iterator[Tenants]:
    yield harmless
    shell(HOST, f"{ENTER} sh -c 'rm -f {OWN} {SOCKET} data/link; {CONTROL} restart nginx' </dev/null")
    _ready()


ALIKE = (
    "alias upwards",
    "the whole disk",
    "proc",
    "a log that is root's key file",
    "a cache of root",
    "include of another tenant",
    "passwords of root",
    "socket of docker",
    "socket of supervisord of another",
    "code in a page",
    "much memory",
)
"""What is kept off in the same way as others of `HOSTILE`; the soak tries all of them."""


@pytest.mark.parametrize("what", [pytest.param(one, marks=pytest.mark.soak if one in ALIKE else ()) for one in HOSTILE])
def test_it_reaches_nothing(tidy: Tenants, what: str) -> None:
    """nginx refuses the text, or serves nothing with it that is not alice's."""
    text, path = HOSTILE[what]
    put = f"cat > {OWN}; ln -sf /home/bob/data/secret.txt data/link; {TEST} && {CONTROL} restart nginx; true"
    said = shell(HOST, f"{ENTER} sh -c {put!r}", SERVER.replace("{}", text).encode())
    found = shell(HOST, f"{ENTER} python3 - {path}", PROBE.encode())
    assert CANARY not in said + found
    assert ROOT_CANARY not in said + found
    assert "root:" not in said + found
    assert get(HOST, "bob.example.com").text == "bob"
    assert shell(HOST, "ls -d /etc/evil /etc/cron.d/evil /var/lib/nginx/evil /srv/data/evil 2>/dev/null || true") == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("location /s { alias /srv/data/; }", "own.conf:2"),
        pytest.param("location /s/ { alias /srv/data; }", "own.conf:2", marks=pytest.mark.soak),
    ],
)
def test_an_alias_that_serves_more_than_it_names_is_told_with_its_line(tidy: Tenants, text: str, line: str) -> None:
    wrote = alice(f"printf '%s\\n' '# mine' '{SERVER.replace('{}', text)}' > {OWN}")
    assert wrote.status == 0, wrote.output
    run = tidy.deploy()
    if "alias /srv/data;" in text:
        good(run)
        return
    assert run.status != 0
    assert line in run.output
    assert get(HOST, "alice.example.com").text == "alice"
    good(tidy.deploy("bob"))
    good(tidy.deploy(nginx_alias_check="warn"))


BROKEN = {
    "not text": b"\xff\xfe\x00\x01" * 50,
    "half a block": b"server { listen unix:/srv/run/own.sock;",
    "no end": b"server { listen unix:/srv/run/own.sock; return 200 'x",
    "deep": b"server {" + b"location / {" * 500,
    "much": b"# " + b"x" * (1 << 20),
}


@pytest.mark.parametrize("what", later(BROKEN, but="no end"))
def test_what_is_broken_is_hers_alone(tidy: Tenants, what: str) -> None:
    """What the collection writes is tested together with hers, and refused for her app only."""
    shell(HOST, f"{ENTER} sh -c 'cat > {OWN}'", BROKEN[what])
    run = tidy.deploy("alice", "bob", drain=7)
    assert "Traceback" not in run.output
    assert run.rows[HOST]["bob"]["failed"] is None
    assert "own.conf" in run.rows[HOST]["alice"]["failed"]["error"]
    assert run.status != 0
    assert get(HOST, "alice.example.com").text == "alice"


@pytest.mark.soak
def test_a_pipe_among_the_rules_stops_nobody(tidy: Tenants) -> None:
    done = alice(f"rm -f {OWN}; mkfifo {OWN}")
    assert done.status == 0, done.output
    begun = time.monotonic()
    run = tidy.deploy()
    assert time.monotonic() - begun < 120
    assert run.rows[HOST]["bob"]["failed"] is None
    shell(HOST, "rm /home/alice/conf/nginx.d/own.conf")
    good(tidy.deploy())
