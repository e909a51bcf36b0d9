# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the unix socket ``argv[1]`` without pause until standard input ends; print what was answered as JSON."""

from __future__ import annotations

import collections
import json
import socket
import sys
import threading
import time

REQUEST = b"GET / HTTP/1.1\r\nHost: a.example.com\r\nConnection: close\r\n\r\n"
PACE = 0.02

answers: collections.Counter[str] = collections.Counter()
failed: list[str] = []
stop = threading.Event()


def ask(path: str) -> str:
    """The body of an answer; raises `OSError` for none, or one that is not good."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(path)
        connection.sendall(REQUEST)
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _empty, body = data.partition(b"\r\n\r\n")
    if head.split()[1:2] != [b"200"]:
        raise OSError(repr(data[:60]))
    if b"chunked" in head:
        body = body.split(b"\r\n")[1]
    return body.decode()


def work() -> None:
    while not stop.is_set():
        try:
            answers[ask(sys.argv[1])] += 1
        except OSError as error:
            failed.append(f"{time.monotonic():.3f} {error}")
        time.sleep(PACE)


if __name__ == "__main__":
    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    while not answers and not failed:
        time.sleep(PACE)
    print("begun", flush=True)
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"answers": answers, "failed": failed}))
