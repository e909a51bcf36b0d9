# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask an app that listens on 127.0.0.1 only: the question is asked on the host itself, over SSH."""

from __future__ import annotations

import base64
import inspect
import json
import shlex
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support import load as over_network
from tests.support.deploy import INVENTORY
from tests.support.load import MOST_SECONDS, Load
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

LOAD = f"""\
import http.client, json, sys, threading, time
from collections import Counter

PACE = {over_network.PACE}
{inspect.getsource(over_network._ask)}
target, threads, seconds = json.loads(sys.argv[1])
stop, end = threading.Event(), time.monotonic() + seconds
counters = [Counter() for _ in range(threads)]
workers = [
    threading.Thread(target=_ask, args=(target, number % 2 == 0, stop, end, counters[number]))
    for number in range(threads)
]
for worker in workers:
    worker.start()
sys.stdin.read()
stop.set()
for worker in workers:
    worker.join()
print(json.dumps(sum(counters, Counter())))
"""


def get(host: str, port: int, path: str = "/", headers: dict[str, str] | None = None) -> Answer:
    """GET ``path`` from a port of the host's loopback; the path goes out as it is."""
    question = [port, path, {"Host": f"127.0.0.1:{port}", **(headers or {})}]
    finished = subprocess.run(
        _python(host, ASK, question), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stderr
    status, found, body = json.loads(finished.stdout)
    return Answer(status, found, base64.b64decode(body))


@contextmanager
def load(host: str, port: int, path: str = "/", threads: int = 2) -> Iterator[Load]:
    """Ask all the time while the block runs; half of the threads open a connection per request."""
    order = [["127.0.0.1", port, f"127.0.0.1:{port}", path], threads, MOST_SECONDS]
    seen = Load()
    begun = time.monotonic()
    with subprocess.Popen(
        _python(host, LOAD, order), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield seen
        finally:
            output, _errors = process.communicate(timeout=60)  # The end of its input ends the load.
            seen.answers.update(Counter(json.loads(output)))
            seen.seconds = time.monotonic() - begun
            print(f"load on port {port}: {seen}")


def _python(host: str, program: str, argument: Any) -> list[str]:
    inventory = json.loads(INVENTORY.read_text())["all"]
    common = inventory["vars"]
    found = {name: values for group in inventory["children"].values() for name, values in group["hosts"].items()}[host]
    login = ["-i", common["ansible_ssh_private_key_file"], f"{found['ansible_user']}@{found['ansible_host']}"]
    remote = shlex.join(["python3", "-c", program, json.dumps(argument)])
    return ["ssh", *shlex.split(common["ansible_ssh_common_args"]), *login, remote]
