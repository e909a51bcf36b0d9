# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P4: the code of one app of many is changed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.benchmark.apps import answer, await_answer
from tests.benchmark.bench import Bench, Stand
from tests.benchmark.results import Figure
from tests.benchmark.sides import playbook
from tests.benchmark.timing import timed

LOOK_SECONDS = 0.03

START = """
cd /srv/app1/app
python3 - <<'END'
import os, signal, socket, subprocess, time
begun = time.monotonic()
server = subprocess.Popen(["/srv/app1/venv/bin/gunicorn", "-w", "2", "-b", "unix:/run/own-start.sock", "wsgi:application"],
                          stderr=subprocess.DEVNULL)
while True:
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect("/run/own-start.sock")
            probe.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            if b" 200 " in probe.recv(99):
                break
    except OSError:
        time.sleep(0.005)
print(time.monotonic() - begun)
server.terminate()
server.wait()
END
"""
"""The seconds of an app from its start to its first answer, without anything around it."""


def measure(bench: Bench) -> list[Figure]:
    """Until the new version answers, for ours with all apps and for stock modules with few, and the floors below it."""
    counts = {"ours": bench.settings.apps, "stock": min(bench.settings.peer_apps)}
    stands = {key: bench.stand(key, counts[key]) for key in bench.others(*counts)}
    bare = bench.stand("bare", 1)
    values: dict[str, list[float]] = {key: [] for key in (*stands, "whole", "start", "floor")}
    for number in range(bench.settings.rounds):
        for key, stand in stands.items():
            until, whole = _until(stand, counts[key], f"change{number}")
            values[key].append(until)
            if key == "ours":
                values["whole"].append(whole)
        values["start"].append(float(bare.place.shell(START)))
        values["floor"].append(timed(playbook.floor(stands["ours"].place), "one trivial task").seconds)
    ours = bench.sides["ours"].name
    what = {key: f"code of 1 of {counts[key]} apps changed, until the new version answers" for key in stands}
    found = [Figure(key, bench.sides[key].name, what[key], "s", tuple(values[key])) for key in stands]
    return [
        *found,
        Figure("whole", ours, "the same, until the run ends", "s", tuple(values["whole"])),
        Figure("start", "the app itself", "from its start to its first answer", "s", tuple(values["start"])),
        Figure("floor", "Ansible", "a play of one trivial task", "s", tuple(values["floor"])),
    ]


def _until(stand: Stand, count: int, version: str) -> tuple[float, float]:
    """Change the app in the middle; the seconds until it answers so, and of the run."""
    name = f"app{(count + 1) // 2}"
    stand.apps.change(name, version)
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(stand.converge, count, "code of one changed")
        while not run.done() and answer(stand.place.address, name) != f"{name} {version}":
            time.sleep(LOOK_SECONDS)
        if run.done():
            run.result()
            await_answer(stand.place.address, name, f"{name} {version}")
        until = time.monotonic() - begun
        return until, run.result()
