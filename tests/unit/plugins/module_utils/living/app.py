# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app that starts at once and answers with its version: ``app.py SOCKET VERSION MODE DATA PROTOCOL``.

``MODE`` is how it behaves:

ok       well.
500      every answer is an error.
ends     it ends at its start.
dies     it ends after its third answer.
next     it runs only as ``app-next``.
alone    it cannot run twice.
once     it can be started once, and never again.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading

SOCKET, VERSION, MODE, DATA, PROTOCOL = sys.argv[1:]
answers = 0
ended = False


def refuse(why: str) -> None:
    raise RuntimeError(why)


def check() -> None:
    if MODE == "ends":
        refuse("no database")
    if MODE == "next" and os.path.basename(SOCKET).startswith("a-"):
        refuse("not as app")
    if MODE == "once":
        os.mkdir(f"{DATA}/once-{VERSION}")
    if MODE == "alone":
        lock = os.open(f"{DATA}/alone", os.O_RDWR | os.O_CREAT)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def answer(connection: socket.socket) -> None:
    global answers
    with connection:
        connection.recv(65536)
        answers += 1
        if MODE == "dies" and answers > 3:
            os._exit(1)
        status = "500 no" if MODE == "500" else "200 OK"
        connection.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n{VERSION}".encode())


def end(number: int, frame: object) -> None:
    global ended
    ended = True


def listener() -> socket.socket:
    if "PORT" in os.environ:
        return socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
    one = socket.socket(socket.AF_UNIX)
    one.bind(SOCKET)
    one.listen(128)
    return one


check()
signal.signal(signal.SIGTERM, end)
with listener() as server:
    server.settimeout(0.02)
    threads = []
    while not ended:
        try:
            connection, _address = server.accept()
        except TimeoutError:
            continue
        connection.settimeout(10)
        threads.append(threading.Thread(target=answer, args=(connection,)))
        threads[-1].start()
for thread in threads:
    thread.join()
