# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tenants: alice, whose app does whatever a request asks of it, and bob, whose secrets she wants."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.deploy import Run, deploy, good
from tests.support.load import Load, load
from tests.support.remote import shell
from tests.support.web import address, get

HOST = "pyhost-debian13"
CANARY = "bob-keeps-this-c4nary"
ROOT_CANARY = "root-keeps-this-c4nary"

HOSTILE = '''\
"""Runs what it is sent, as whoever it is."""
import json
import subprocess


def application(environ, start_response):
    order = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "application/json")])
    if not order:
        return [b"alice"]
    try:
        done = subprocess.run(["sh", "-c", order], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20)
    except subprocess.TimeoutExpired as error:
        return [json.dumps({"status": -1, "output": (error.stdout or b"").decode("utf-8", "replace")}).encode()]
    return [json.dumps({"status": done.returncode, "output": done.stdout.decode("utf-8", "replace")}).encode()]
'''
VICTIM = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"bob"]
"""
INVARIANTS = f"""
skip='-path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /var/log -o -path /var/lib/systemd'
skip="$skip -o -path /root/.ansible -o -path /var/lib/logrotate -o -path /var/tmp/systemd-private-*"
set -f
find / -xdev \\( $skip \\) -prune -o -user root -cnewer /run/pyhost-stamp ! -path / ! -path /home ! -path /var/tmp -print |
    sed 's/^/changed: /'
set +f
grep -rlsF -e {CANARY} -e {ROOT_CANARY} /home/alice /var/log | sed 's/^/holds a secret: /' || true
for one in /proc/[0-9]*; do
    case $(readlink $one/cwd $one/exe 2>/dev/null) in
        */home/alice*) stat -c '%U runs %n' $one | grep -v '^alice ' || true;;
    esac
done
"""
"""Prints what was changed of root's, which files of alice's hold a secret, and what of hers others run."""


def later(names: Iterable[str], but: str) -> list[Any]:
    """Parameters of a test that only the soak tries, but for one."""
    return [pytest.param(name, marks=() if name == but else pytest.mark.soak) for name in names]


class Done(NamedTuple):
    """Exit status and output of what alice ran; -1 for what did not end."""

    status: int
    output: str


def alice(script: str) -> Done:
    """Run ``script`` inside alice's cell, as her app."""
    connection = http.client.HTTPConnection(address(HOST), 80, timeout=60)
    try:
        connection.request("POST", "/", script.encode(), {"Host": "alice.example.com"})
        found = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return Done(found["status"], found["output"])


class Tenants:
    """The apps' sources, and deploys of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: dict[str, dict[str, Any]] = {}
        for name, text in (("alice", HOSTILE), ("bob", VICTIM)):
            self.write(name, "wsgi.py", text)
            self.entries[name] = {
                "name": name,
                "source": {"path": str(folder / name)},
                "domains": [f"{name}.example.com"],
                "environment": {"SECRET": CANARY} if name == "bob" else {},
                "health": {"timeout": 30, "seconds": 1},
            }
        self.entries["alice"]["limits"] = {"memory": "300M", "tasks": 100}
        self.write("bob", "canary.txt", CANARY)

    def write(self, name: str, file: str, text: str) -> None:
        path = self.folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def deploy(self, *names: str, **changes: Any) -> Run:
        return deploy([{**self.entries[name], **changes} for name in names or self.entries], self.folder, HOST)


@pytest.fixture(scope="package")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    one = Tenants(tmp_path_factory.mktemp("tenants"))
    good(one.deploy())
    shell(HOST, f"echo {ROOT_CANARY} > /etc/pyhost-canary; chmod 600 /etc/pyhost-canary")
    shell(HOST, f"cd /home/bob/data; echo {CANARY} > secret.txt; chmod 600 secret.txt; chown bob: secret.txt")
    yield one
    shell(HOST, "rm -f /etc/pyhost-canary")
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in one.entries], one.folder, HOST))


@pytest.fixture
def harmless(tenants: Tenants) -> Iterator[Tenants]:
    """Whatever the test tries: bob serves all the while, nothing of root's changes, and no secret gets out."""
    shell(HOST, "touch /run/pyhost-stamp")
    with load(HOST, "bob.example.com") as seen:
        yield tenants
    assert_unharmed(seen)


def assert_unharmed(seen: Load) -> None:
    assert seen.requests
    assert seen.failed == {}
    assert shell(HOST, INVARIANTS) == ""
    assert get(HOST, "bob.example.com").text == "bob"
