# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask an app that listens on 127.0.0.1 only: the question is asked on the host itself, over SSH."""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.deploy import INVENTORY
from tests.support.load import PROGRAM, RATE, Load, running
from tests.support.web import Answer

ASK = """\
import base64, http.client, json, sys
port, path, headers = json.loads(sys.argv[1])
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
for name, value in headers.items():
    connection.putheader(name, value)
connection.endheaders()
answer = connection.getresponse()
body = base64.b64encode(answer.read()).decode()
print(json.dumps([answer.status, {name.lower(): value for name, value in answer.getheaders()}, body]))
"""


def get(host: str, port: int, path: str = "/", headers: dict[str, str] | None = None) -> Answer:
    """GET ``path`` from a port of the host's loopback; the path goes out as it is."""
    question = [port, path, {"Host": f"127.0.0.1:{port}", **(headers or {})}]
    finished = subprocess.run(
        _python(host, ASK, json.dumps(question)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    status, found, body = json.loads(finished.stdout)
    return Answer(status, found, base64.b64decode(body))


@contextmanager
def load(host: str, port: int, path: str = "/", rate: float = RATE, what: str = "") -> Iterator[Load]:
    """Ask while the block runs, as `tests.support.load.load` does; the program runs on the host."""
    order = {"host": "127.0.0.1", "port": port, "domain": f"127.0.0.1:{port}", "path": path, "rate": rate}
    with running(lambda argument: _python(host, PROGRAM.read_text(), argument), order, what) as seen:
        yield seen


def _python(host: str, program: str, argument: str) -> list[str]:
    inventory = json.loads(INVENTORY.read_text())["all"]
    common = inventory["vars"]
    found = {name: values for group in inventory["children"].values() for name, values in group["hosts"].items()}[host]
    login = ["-i", common["ansible_ssh_private_key_file"], f"{found['ansible_user']}@{found['ansible_host']}"]
    remote = shlex.join(["python3", "-c", program, argument])
    return ["ssh", *shlex.split(common["ansible_ssh_common_args"]), *login, remote]
