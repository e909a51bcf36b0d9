# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring back what a backup holds. Runs as the cell's user, under the app's lock. PRIVATE to the collection.

The data directory comes first and is unpacked beside the old one, while the app runs. Then the app's programs are
stopped, the databases are loaded, the two directories change places by one rename, and the programs start again. What
is killed before that leaves the old data; a kill between two of these steps is mended by the same restore.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _databases,
    _dataunpack,
    _files,
    _home,
    _space,
    _swap,
)
from ansible_collections.pyhost.platform.plugins.module_utils._command import command
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._frames import Event, Incoming, events
from ansible_collections.pyhost.platform.plugins.module_utils._instance import Instance
from ansible_collections.pyhost.platform.plugins.module_utils._programs import settle, wanted
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._snapshot import DATA

ASIDE = f"{_files.STAGE}data"
"""Beside ``data``: the new one until the switch, the old one after it."""

LOG = "release-hook.log"
ALL = "all"
"""The key of the line that ends the stream of a restore: everything was sent."""


def restore(home: Path, job: dict[str, Any], source: BinaryIO | None = None) -> dict[str, Any]:
    """Read an archive's members from standard input and put them in force; returns what was done.

    ``job["hook"]`` is the app's release hook, "" for none, which makes an older database fit the code of now, and
    ``job["build_timeout"]`` its seconds; ``bytes`` and ``files`` are those of the data directory, and ``place`` is what
    people call this one. Raises `PyhostError` that says what is in force.
    """
    return _Restore(home, job).go(events(source or sys.stdin.buffer))


class _Restore:
    def __init__(self, home: Path, job: dict[str, Any]) -> None:
        self.home = home
        self.job = job
        self.launch = _home.launch(home, _home.current(home))
        self.supervisor = Supervisor(str(home / "run" / "supervisor.sock"))
        self.aside = home / ASIDE
        self.stopped: list[str] = []
        self.done: list[str] = []
        self.begun = time.monotonic()

    def go(self, stream: Iterator[Event]) -> dict[str, Any]:
        if not self.launch:
            raise PyhostError("nothing is deployed here that could use the data; deploy the app first")
        if not (self.home / "data").is_dir() or (self.home / "data").is_symlink():
            raise PyhostError("data is no directory any more; move what is there away, then run again")
        _files.remove(self.aside)
        least = _space.Room(_space.RELEASE.size, _space.RELEASE.inodes + self.job["files"])
        _space.require(self.home, self.job["place"], least, self.job["bytes"])
        self.bindings = {one.member: one for one in _databases.bindings(self.launch)}
        try:
            self._receive(stream)
            self._switch()
        finally:
            self._start()
            _files.remove(self.aside)
        return {"changed": True, "did": self.done}

    def _receive(self, stream: Iterator[Event]) -> None:
        for event in stream:
            if isinstance(event, bytes):
                raise PyhostError("the stream has bytes of no file")
            name = event.get("begin")
            if name is None:
                if event.get(ALL):
                    return
                raise PyhostError(f"the stream has a line that is not ours: {event}")
            member = Incoming(stream)
            if name == DATA:
                count = _dataunpack.unpack(io.BufferedReader(member), self.aside)
                self._say(f"{count} entries of the data directory unpacked")
            elif name in self.bindings:
                self._load(self.bindings[name], event, member)
            else:
                raise PyhostError(
                    f"{name}: this app is bound to no database of that name here; bind it, then run again"
                )
            while member.read(1 << 20):
                pass
        raise PyhostError("the stream was cut off")

    def _load(self, one: _databases.Binding, about: dict[str, Any], member: Incoming) -> None:
        self._fits(one, about)
        self._stop()
        _databases.load(one, cast(BinaryIO, io.BufferedReader(member)))
        self._say(f"database of {one.service} loaded")

    def _fits(self, one: _databases.Binding, about: dict[str, Any]) -> None:
        if about.get("type") != one.type:
            raise PyhostError(
                f"{one.service}: the archive has a {about.get('type')} database and the app a {one.type} one"
            )
        there, wanted = _databases.version(one), str(about.get("server", ""))
        if _major(there) < _major(wanted):
            text = f"{one.service}: the dump is of {one.type} {wanted}, and this server is {there}"
            raise PyhostError(f"{text}; a newer server can take it, an older one cannot")

    def _stop(self) -> None:
        """Nothing of the app's writes any more; its nginx stays, and tells visitors that the app is away."""
        if self.stopped:
            return
        rows = self.supervisor.programs()
        running = [name for name, row in rows.items() if row["pid"] and name != _home.NGINX]
        running.sort(key=lambda name: name not in (_home.CRON, _home.APP))  # what makes work ends before what does it
        self.stopped = [*running, ""]
        for name in running:
            self.supervisor.stop(name)
        self._say("programs stopped")

    def _switch(self) -> None:
        if self.aside.is_dir():
            self._stop()
            _swap.exchange(self.aside, self.home / "data")
            self._say("data directory switched")
        line = self.job.get("hook", "")
        if line and self.bindings:
            deadline = Deadline(self.job["build_timeout"])
            command(self.home, self.launch["process"], "release hook", line, deadline, self.home / "logs" / LOG)
            self._say("release hook ran")

    def _start(self) -> None:
        """Everything that the app's launch declares runs again, and what ran besides it."""
        if not self.stopped:
            return
        for name in self.stopped:
            if name and name != _home.NEXT:
                self.supervisor.start(name)
        settle(self.home, self.supervisor, self.launch)
        if _home.APP in wanted(self.launch):
            Instance(self.home, self.supervisor, _home.APP, self.launch).prove(again=True)
            self._say("programs started, the app answers")
        else:
            self._say("programs started")

    def _say(self, text: str) -> None:
        self.done.append(f"{text} ({time.monotonic() - self.begun:.1f} s)")


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdigit() else 0
