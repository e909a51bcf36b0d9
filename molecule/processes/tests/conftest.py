# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three apps of one host that work through tasks: with web, by a Procfile, and without web."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import good
from tests.support.kitchen import Kitchen
from tests.support.remote import shell

HOST = place.host("pyhost-debian13")
TASK_SECONDS = 3

QUEUE = '''\
"""Tasks in a database below the app's data."""
import os
import sqlite3
import time

VERSION = "{version}"


def connect():
    database = sqlite3.connect(os.environ["PYHOST_DATA"] + "/queue.db", timeout=60, isolation_level=None)
    database.execute("create table if not exists tasks (what, taken, version, process, ended)")
    return database


def order(what):
    connect().execute("insert into tasks (what) values (?)", (what,))


def take(database):
    """The number and the words of a task that nobody else has taken, or None."""
    database.execute("begin immediate")
    row = database.execute("select rowid, what from tasks where taken is null order by rowid limit 1").fetchone()
    if row:
        database.execute("update tasks set taken = ? where rowid = ?", (time.time(), row[0]))
    database.execute("commit")
    return row


def done(database, number):
    process = os.environ["PYHOST_PROCESS"]
    values = (VERSION, process, time.time(), number)
    database.execute("update tasks set version = ?, process = ?, ended = ? where rowid = ?", values)
'''
WORKER = '''\
"""Takes tasks until SIGTERM, and finishes the one that it has."""
import signal
import time

import queue_of_tasks

ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
{broken}
database, food = queue_of_tasks.connect(), []
print("working with", queue_of_tasks.VERSION, flush=True)
while not ended:
    task = queue_of_tasks.take(database)
    if not task:
        time.sleep(0.1)
        continue
    if task[1] == "eat":
        food.append(b"x" * (96 << 20))
    until = time.monotonic() + {seconds}
    while time.monotonic() < until:
        time.sleep(0.1)
    queue_of_tasks.done(database, task[0])
'''
WSGI = """\
import queue_of_tasks


def application(environ, start_response):
    if environ["PATH_INFO"] == "/order":
        queue_of_tasks.order("cook")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [queue_of_tasks.VERSION.encode()]
"""
SERVE = """\
import os
from wsgiref.simple_server import make_server

from wsgi import application

make_server("127.0.0.1", int(os.environ["PORT"]), application).serve_forever()
"""
PROCFILE = """\
# As other platforms have it
web: python serve.py
release: python -c "import os; open(os.environ['PYHOST_DATA'] + '/released', 'a').write('x')"
worker: GREETING=hello python worker.py
"""
WORKERS = {"worker": {"command": "python worker.py", "count": 2, "stop_wait": 60}}


class Galley(Kitchen):
    """Apps whose new versions are known by their queue, too."""

    def cook(self, *names: str, pause: float = 0, broken: str = "") -> None:
        """``broken`` is a line of code in the worker."""
        super().cook(*names, pause=pause)
        for name in names or self.names:
            self.write(name, "wsgi.py", WSGI)
            self.write(name, "queue_of_tasks.py", QUEUE.replace("{version}", self.versions[name]))
            self.write(name, "worker.py", WORKER.format(broken=broken, seconds=TASK_SECONDS))

    def order(self, name: str, *tasks: str) -> None:
        """Have the app order tasks, with its own code."""
        lines = "\n".join(f"queue_of_tasks.order({task!r})" for task in tasks)
        self.inside(name, f"cd /srv/app && python -c {shlex.quote(f'import queue_of_tasks{chr(10)}{lines}')}")

    def tasks(self, name: str) -> list[dict[str, Any]]:
        """Every task that was ever ordered: taken, by which version and process, and when it ended."""
        code = (
            "import json, queue_of_tasks as q; rows = q.connect().execute('select * from tasks'); "
            "print(json.dumps([dict(zip(('what', 'taken', 'version', 'process', 'ended'), row)) for row in rows]))"
        )
        found: list[dict[str, Any]] = json.loads(self.inside(name, f"cd /srv/app && python -c {shlex.quote(code)}"))
        return found

    def inside(self, name: str, line: str) -> str:
        """What a command line prints in the app's cell, with its environment, as its owner would run it."""
        return shell(self.host, f"/opt/pyhost/tools/bin/pyhost-enter {name} sh -c {shlex.quote(line)}")

    def control(self, name: str, *words: str) -> str:
        return self.inside(name, f"supervisorctl {' '.join(words)} || true")

    def states(self, name: str) -> dict[str, str]:
        """The state of each program of the app."""
        return {row.split()[0]: row.split()[1] for row in self.control(name, "status").splitlines()}

    def all_done(self, name: str, seconds: float = 120) -> list[dict[str, Any]]:
        """The tasks, once all have ended."""

        def ended() -> list[dict[str, Any]]:
            rows = self.tasks(name)
            return rows if all(row["ended"] for row in rows) else []

        found: list[dict[str, Any]] = until(ended, seconds)
        return found


def until(look: Callable[[], Any], seconds: float = 60) -> Any:
    """What ``look`` gives once that is something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            assert found, f"nothing within {seconds} s"
            return found
        time.sleep(0.3)


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Galley]:
    """``shop`` has web and two workers, ``stall`` a Procfile, ``cellar`` workers only."""
    one = Galley(Path(tmp_path_factory.mktemp("kitchen")), HOST, ("shop", "stall", "cellar"))
    one.entries["shop"]["processes"] = WORKERS
    one.write("stall", "Procfile", PROCFILE)
    one.write("stall", "serve.py", SERVE)
    one.entries["cellar"].update(server="none", processes=WORKERS)
    del one.entries["cellar"]["domains"]
    good(one.deploy())
    yield one
    good(one.remove_all())
