# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes tasks, files in DATA/tasks, until SIGTERM, and finishes the last one: ``worker.py DATA SECONDS MODE``.

A task takes SECONDS; who did it and when it ended is in DATA/done. The version is that of the directory of the code.
``MODE`` is how it behaves:

ok       well.
ends     it ends at its start.
dies     it ends after a second.
deaf     it goes on whatever it is told.
eats     it takes 64 MB.
"""

from __future__ import annotations

import os
import signal
import sys
import time

DATA, SECONDS, MODE = sys.argv[1:]
VERSION = os.path.basename(os.getcwd()).partition("-")[0]
ended = False


def end(number: int, frame: object) -> None:
    global ended
    ended = MODE != "deaf"


def task() -> bool:
    """Take one task and do it; whether there was one."""
    for name in sorted(os.listdir(f"{DATA}/tasks")):
        try:
            os.rename(f"{DATA}/tasks/{name}", f"{DATA}/taken/{name}")
        except FileNotFoundError:  # Another one was faster.
            continue
        until = time.monotonic() + float(SECONDS)
        while time.monotonic() < until:
            time.sleep(0.01)
        with open(f"{DATA}/taken/{name}", "w") as out:
            out.write(f"{VERSION} {time.monotonic()}")
        os.rename(f"{DATA}/taken/{name}", f"{DATA}/done/{name}")
        return True
    return False


signal.signal(signal.SIGTERM, end)
for folder in ("tasks", "taken", "done"):
    os.makedirs(f"{DATA}/{folder}", exist_ok=True)
if MODE == "ends":
    raise ImportError("no module named shop")
food = b"x" * (64 << 20) if MODE == "eats" else b""
begun = time.monotonic()
while not ended:
    if MODE == "dies" and time.monotonic() > begun + 1:
        raise RuntimeError("no broker")
    if not task():
        time.sleep(0.02)
