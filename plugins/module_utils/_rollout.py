# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move one app to a new launch without losing a request. Runs as the cell's user. PRIVATE to the collection.

Commit is one rename (``current``). What comes before it can be undone, what comes after it is repeated
by the next run: a launch that ``current`` does not lead to is garbage.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _process
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._instance import POLL, Instance, socket_link
from ansible_collections.pyhost.platform.plugins.module_utils._prune import prune
from ansible_collections.pyhost.platform.plugins.module_utils._reload import reload
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor import program_conf

COMING_SECONDS = 10
"""Seconds between the start of the wrapper and its record, at most, on a very busy host."""

DAEMON_SECONDS = 60
"""Seconds that supervisord may take to answer after its start."""


def rollout(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Put the plan of ``job`` in force; returns what was done, as a list of short sentences.

    Raises `PyhostError` when the new version does not prove itself; the old one then still serves.
    """
    return _Rollout(home, job).go()


class _Rollout:
    def __init__(self, home: Path, job: dict[str, Any]) -> None:
        self.home = home
        self.plan = job["plan"]
        self.keep = job["keep"]
        self.cell = Cell(**self.plan["cell"])
        self.launch = self.plan["launch"]
        self.digest = self.plan["launch_digest"]
        self.supervisor = Supervisor(str(home / "run" / "supervisor.sock"))
        self.done: list[str] = []
        self.begun = time.monotonic()

    def go(self) -> dict[str, Any]:
        self.supervisor.wait(DAEMON_SECONDS)
        _home.make_links(self.home)
        self._recover()
        before = _home.current(self.home)
        self._write_launch()
        if not before:
            self._first()
        elif self._runs(before):
            self._adopt(before)
        else:
            self._replace(before)
        self._settle_programs()
        removed = prune(self.home, self.keep)
        return {"changed": True, "did": self.done, "removed": removed}

    def _say(self, text: str) -> None:
        self.done.append(f"{text} ({time.monotonic() - self.begun:.1f} s)")

    def _write_launch(self) -> None:
        """The directory of the launch; its links lead to what the launch names."""
        target = self.home / "launches" / self.digest
        process = self.launch["process"]
        if not target.is_dir():
            stage = target.with_name(f"{_files.STAGE}{self.digest}")
            _files.remove(stage)
            stage.mkdir(mode=0o750)
            text = json.dumps(self.launch, sort_keys=True, indent=1)
            _files.write(stage / "launch.json", text, mode=0o440)
            os.symlink(f"../../releases/{process['release']}", stage / "app")
            os.symlink(f"../../virtualenvs/{process['virtualenv']}", stage / "venv")
            os.symlink(f"../../conf/sets/{self.launch['conf']}", stage / "conf")
            name = _home.socket_name(_home.APP, self.launch["process_digest"])
            os.symlink(socket_link(name), stage / _home.traffic_link(self.launch))
            os.replace(stage, target)
        os.utime(target)

    def _commit(self) -> None:
        _files.link(self.home / "current", f"launches/{self.digest}")

    def _traffic(self, socket: str) -> None:
        link = self.home / "launches" / self.digest / _home.traffic_link(self.launch)
        _files.link(link, socket_link(socket))

    def _serving(self, digest: str, launch: dict[str, Any]) -> str:
        """The socket below ``run`` that the traffic of a launch goes to."""
        link = self.home / "launches" / digest / _home.traffic_link(launch)
        return os.path.basename(_files.link_target(link))

    def _keep_old_way(self, before: str) -> None:
        """While nginx still speaks the old protocol, that protocol leads to the old instance."""
        old = _home.launch(self.home, before)
        name = _home.traffic_link(old)
        if name != _home.traffic_link(self.launch):
            _files.link(self.home / "launches" / self.digest / name, socket_link(self._serving(before, old)))

    def _instance(self, program: str, launch: dict[str, Any] | None = None) -> Instance:
        return Instance(self.home, self.supervisor, program, launch or self.launch)

    def _runs(self, before: str) -> bool:
        """Whether ``app`` runs what the plan wants, or is just being started as that."""
        instance = self._instance(_home.APP)
        wanted = self.launch["process_digest"]
        coming = _home.launch(self.home, before).get("process_digest") == wanted
        deadline = Deadline(COMING_SECONDS)
        while not instance.record():
            state = self.supervisor.programs().get(_home.APP, {"state": "UNKNOWN"})["state"]
            if not coming or state not in ("STARTING", "RUNNING") or deadline.left() < 0:
                return False
            time.sleep(POLL)
        return True

    def _first(self) -> None:
        """Nothing serves yet: start in place, and leave nothing behind when that fails."""
        unproved = _home.unproved(self.home)
        unproved.touch()
        self._commit()
        instance = self._instance(_home.APP)
        try:
            self._read_programs()
            self._traffic(instance.prove())
        except PyhostError:
            self._withdraw()
            raise
        unproved.unlink()
        self._say("started")

    def _withdraw(self) -> None:
        """Take back a first version that did not prove itself."""
        (self.home / "current").unlink(missing_ok=True)
        for name in self.supervisor.reread()["removed"]:
            self.supervisor.stop(name)
            self.supervisor.remove(name)
        _home.unproved(self.home).unlink(missing_ok=True)

    def _adopt(self, before: str) -> None:
        """The process that runs is the one wanted: only rules, programs or links changed."""
        old = _home.launch(self.home, before)
        self._traffic(self._serving(before, old))
        self._commit()
        changed = self._read_programs()
        if _home.APP in changed:
            self._replace(before)
        elif old.get("conf") != self.launch["conf"] or before == self.digest:
            reload(self.home, self.supervisor)
            self._say("rules changed")
        else:
            self._say("recorded")

    def _replace(self, before: str) -> None:
        """Start beside, prove, switch, drain; then the same again so that ``app`` is the one program."""
        conf = _home.next_conf(self.home)
        _files.link(self.home / "run" / "next", f"../launches/{self.digest}")
        _files.write(conf, program_conf(self.cell, _home.NEXT, self.plan["drain"], "app-next.log"))
        self.supervisor.reread()
        beside = self._instance(_home.NEXT)
        self.supervisor.add(_home.NEXT)
        try:
            socket = beside.prove()
        except PyhostError:
            self._end_next()
            raise
        self._say("new version healthy")
        self._traffic(socket)
        self._keep_old_way(before)
        self._commit()
        reload(self.home, self.supervisor)
        self._say("switched")
        self._hand_over()

    def _hand_over(self) -> None:
        """``app-next`` serves; restart ``app`` as the same launch and give the traffic back to it."""
        old = self.supervisor.programs().get(_home.APP, {"pid": 0})
        if old["pid"]:
            self._flush_old()
        self.supervisor.stop(_home.APP)
        self.supervisor.remove(_home.APP)
        instance = self._instance(_home.APP)
        self._read_programs()
        self.supervisor.start(_home.APP)
        try:
            self._traffic(instance.prove())
        except PyhostError as error:
            text = "the new version serves beside the program app, which does not start as it"
            raise Committed(f"{text}: {error}") from error
        self._instance(_home.NEXT).flush()
        self._end_next()
        self._say("old version ended")

    def _flush_old(self) -> None:
        record = _files.read_json(self.home / "run" / "app.json")
        for path in (self.home / "launches").iterdir():
            launch = _home.launch(self.home, path.name)
            if launch and launch["process_digest"] == record.get("process"):
                self._instance(_home.APP, launch).flush()
                return

    def _end_next(self) -> None:
        self.supervisor.stop(_home.NEXT)
        self.supervisor.remove(_home.NEXT)
        _home.next_conf(self.home).unlink(missing_ok=True)
        (self.home / "run" / "next").unlink(missing_ok=True)
        (self.home / "run" / f"{_home.NEXT}.json").unlink(missing_ok=True)
        self.supervisor.reread()
        log = self.home / "logs" / f"{_home.NEXT}.log"
        if log.exists():
            with (self.home / "logs" / "app.log").open("ab") as whole:
                whole.write(log.read_bytes())
            log.unlink()

    def _recover(self) -> None:
        """Finish what a rollout that was killed began."""
        if _home.unproved(self.home).exists():
            self._withdraw()
        if not _home.next_conf(self.home).exists():
            return
        now = _home.current(self.home)
        launch = _home.launch(self.home, now)
        serving = self._serving(now, launch) if launch else ""
        if serving.startswith(("n-", f"{_home.NEXT}.")):
            digest, self.digest = self.digest, now
            wanted, self.launch = self.launch, launch
            reload(self.home, self.supervisor)
            self._hand_over()
            self.digest, self.launch = digest, wanted
        else:
            self._end_next()
        self._say("finished an interrupted rollout")

    def _read_programs(self) -> list[str]:
        """Bring Supervisor's programs in line with the files; returns the names that changed."""
        rows = self.supervisor.reread()
        for name in rows["removed"]:
            if name != _home.NEXT:
                self.supervisor.stop(name)
                self.supervisor.remove(name)
        for name in rows["changed"]:
            if name not in (_home.APP, _home.NEXT):
                self.supervisor.stop(name)
                self.supervisor.remove(name)
                self.supervisor.add(name)
        for name in rows["added"]:
            self.supervisor.add(name)
        return rows["changed"]

    def _settle_programs(self) -> None:
        """What we declared runs, and the app's own processes run the launch in force; the rest is the owner's."""
        programs = self.supervisor.programs()
        for name in (_home.APP, _home.NGINX, *self.launch["processes"]):
            pid = programs.get(name, {"pid": 0})["pid"]
            if name in self.launch["processes"] and not self._worker_fits(name, pid):
                self.supervisor.stop(name)
            elif pid:
                continue
            self.supervisor.start(name)

    def _worker_fits(self, name: str, pid: int) -> bool:
        record = _process.read_record(self.home / "run", name, pid)
        wanted = (self.launch["process_digest"], self.launch["processes"][name])
        return (record.get("process"), record.get("command")) == wanted
