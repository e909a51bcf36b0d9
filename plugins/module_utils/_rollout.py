# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move one app to a new launch without losing a request. Runs as the cell's user. PRIVATE to the collection.

Commit is one rename (``current``). What comes before it can be undone, what comes after it is repeated
by the next run: a launch that ``current`` does not lead to is garbage. The caller holds the app's lock.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _answering,
    _failed,
    _files,
    _history,
    _home,
    _journal,
    _launches,
    _owned,
    _processes,
    _programs,
    _supervisor_own,
    _view,
)
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._command import command
from ansible_collections.pyhost.platform.plugins.module_utils._configure import check_owners
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._exchange import Exchange
from ansible_collections.pyhost.platform.plugins.module_utils._instance import POLL, PROBE_SECONDS, Instance
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._prune import prune
from ansible_collections.pyhost.platform.plugins.module_utils._reload import reload
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor import STOP_MARGIN, program_conf

DEPLOYED, BACK = _history.WHAT[:2]

DAEMON_SECONDS = 60
"""Seconds that supervisord may take to answer after its start."""


def rollout(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Put the launch of ``job["plan"]`` in force; returns what was done, as a list of short sentences.

    Raises `PyhostError` when the new version does not prove itself; the old one then still serves.
    """
    _answering.check(job["plan"].get("services", ()))
    return _Rollout(home, job).go()


class _Rollout:
    def __init__(self, home: Path, job: dict[str, Any]) -> None:
        self.home = home
        self.keep = job["keep"]
        self.what = job.get("what", DEPLOYED)
        self.who = job["claim"]["who"]
        self.why = job.get("why", "")
        self.cell = Cell(**job["plan"]["cell"])
        self.launch = job["plan"]["launch"]
        self.digest = job["plan"]["launch_digest"]
        self.supervisor = Supervisor(str(home / "run" / "supervisor.sock"))
        self.processes = Exchange(home, self.supervisor, self.cell, self._say)
        self.done: list[str] = []
        self.old: dict[str, Any] = {}
        self.begun = time.monotonic()

    def go(self) -> dict[str, Any]:
        self.supervisor.wait(DAEMON_SECONDS)
        _launches.needed(self.home, self.launch)
        _home.make_links(self.home, _owned.own(self.home, self.launch.get("owners", ())))
        self._take_back_unproved()
        before = _home.current(self.home)
        self.old = _home.launch(self.home, before)
        _owned.seed(self.home, self.launch)
        _view.check(self.launch)
        own = self._own_programs()
        _launches.write(self.home, self.digest, self.launch)
        came = _launches.own_programs(self.home, self.digest, own)
        check_owners(self.home, self.launch, self.cell, came)
        if before and _home.next_conf(self.home).exists() and _launches.by_next(_launches.serving(self.home, before)):
            self._from_next(before)
        else:
            self._end_next()
            self._move(before)
        _home.forget_ahead(self.home)
        _programs.settle(self.home, self.supervisor, self.launch)
        _programs.end_left(self.home, self.launch)
        NOW.doing("", "pruning")
        removed = prune(self.home, self.keep)
        _journal.end(self.home)
        _failed.forget(self.home)
        return {"changed": True, "did": self.done, "removed": removed}

    def _own_programs(self) -> str:
        """The app's own Supervisor file, which its steps may have written, fit for its cell; "" without one."""
        process, name = self.launch["process"], self.launch.get("supervisor", "")
        path = self.home / "releases" / process["release"] / name
        if not name or not path.exists():
            return ""
        text = _files.read_regular(path).decode("utf-8", "replace")
        taken = (_home.APP, _home.NEXT, _home.NGINX, _home.CRON, *self.launch["processes"])
        found = _supervisor_own.read(text, name, taken)
        logs = self.launch.get("view", {}).get("logs", "")
        return _supervisor_own.fitted(found, self.cell, process["cwd"], self.launch["process_digest"], logs)

    def _move(self, before: str) -> None:
        if _processes.webless(self.launch):
            self._without_web(before)
        elif before and self._runs(before):
            self._adopt(before)
        elif before and self.launch["strategy"] == "beside":
            self._replace(before)
        else:
            self._in_place(before)

    def _say(self, text: str) -> None:
        self.done.append(f"{text} ({time.monotonic() - self.begun:.1f} s)")

    def _put_in_force(self, digest: str) -> None:
        if digest == self.digest:
            self.done += _owned.take_back(self.home, self.old, self.launch)
        _home.put_in_force(self.home, digest)
        _view.put_in_force(self.home, _home.launch(self.home, digest))

    def _commit(self, digest: str) -> None:
        self._put_in_force(digest)
        if digest == self.digest:
            _history.append(self.home, self.what, self.launch["process"]["release"], digest, self.who, self.why)

    def _instance(self, program: str, launch: dict[str, Any] | None = None) -> Instance:
        return Instance(self.home, self.supervisor, program, launch or self.launch)

    def _runs(self, before: str) -> bool:
        """Whether ``app`` runs what the plan wants, or is just being started as that."""
        old = _home.launch(self.home, before)
        if old and _programs.app_differs(self.home, old["conf"], self.launch["conf"]):
            return False
        instance = self._instance(_home.APP)
        if old.get("process_digest") != self.launch["process_digest"]:
            return False
        deadline = Deadline(_programs.COMING_SECONDS)
        while not instance.record():
            state = self.supervisor.programs().get(_home.APP, {"state": "UNKNOWN"})["state"]
            if state not in ("STARTING", "RUNNING") or deadline.left() < 0:
                return False
            time.sleep(POLL)
        return True

    def _adopt(self, before: str) -> None:
        """The process that runs is the one wanted: only rules, programs or links changed."""
        _journal.write(self.home, "beside", before, self.digest)
        self._processes_ahead(before)
        old = _home.launch(self.home, before)
        _launches.traffic(self.home, self.digest, _launches.serving(self.home, before))
        self._commit(self.digest)
        _programs.read(self.supervisor)
        if old.get("conf") != self.launch["conf"] or before == self.digest:
            reload(self.home, self.supervisor)
            self._say("rules changed")
        else:
            self._say("recorded")

    def _replace(self, before: str) -> None:
        """Start beside, prove, switch, drain; then the same again so that ``app`` is the one program."""
        _journal.write(self.home, "beside", before, self.digest)
        _files.link(self.home / "run" / "next", f"../launches/{self.digest}")
        conf = program_conf(self.cell, _home.NEXT, self.launch["drain"] + STOP_MARGIN, f"{_home.NEXT}.log")
        _files.write(_home.next_conf(self.home), conf)
        self.supervisor.reread()
        beside = self._instance(_home.NEXT)
        self.supervisor.add(_home.NEXT)
        try:
            socket = beside.prove(again=self.what == BACK)
            self._say("new version healthy")
            self._processes_ahead(before)
            self._prove_still(beside, before)
        except PyhostError:
            self._end_next()
            _journal.end(self.home)
            raise
        _launches.traffic(self.home, self.digest, self._until_reloaded(before, socket))
        _launches.keep_old_way(self.home, self.digest, before)
        _launches.show_before(self.home, self.digest, before)
        self._commit(self.digest)
        _journal.write(self.home, "handing", before, self.digest)
        reload(self.home, self.supervisor)
        _launches.traffic(self.home, self.digest, socket)
        self._say("switched")
        self._hand_over(before)

    def _prove_still(self, beside: Instance, before: str) -> None:
        """The new version answers yet, however long the processes took."""
        if _processes.rows(self.launch):
            try:
                beside.prove(again=True)
            except PyhostError as error:
                self._processes_back(before, error)
                raise

    def _until_reloaded(self, before: str, socket: str) -> str:
        """Where traffic goes until nginx follows the new rules: only they may have the bridge to a port."""
        old = _launches.serving(self.home, before)
        return old if old and _launches.bridged(socket) and not _launches.bridged(old) else socket

    def _hand_over(self, before: str) -> None:
        """``app-next`` serves; restart ``app`` as the same launch and give the traffic back to it."""
        self._stop_app()
        try:
            socket = self._start_app(self.launch, again=True)
        except PyhostError as error:
            self._give_back(before, error)
        _launches.traffic(self.home, self.digest, socket)
        self._instance(_home.NEXT).flush()
        self._end_next()
        self._say("old version ended")

    def _give_back(self, before: str, error: PyhostError) -> None:
        """The new version runs only beside itself, not in its place: the old one comes back, if it can."""
        advice = "strategy: restart is for apps that cannot run twice"
        try:
            self._restart_as(before, _home.launch(self.home, before), self.digest, again=True)
            self.processes.back(_home.launch(self.home, before))
        except PyhostError:
            text = "the new version serves beside the program app, which starts neither as it nor as the old one"
            raise Committed(f"{text}; {advice}: {error}") from error
        self._instance(_home.NEXT).flush()
        self._end_next()
        release = _home.launch(self.home, before)["process"]["release"]
        _history.append(self.home, BACK, release, before, self.who)
        _journal.end(self.home)
        raise PyhostError(f"a second instance of the new version does not start; {advice}: {error}") from error

    def _from_next(self, now: str) -> None:
        """A rollout ended while ``app-next`` served ``now``: start ``app`` as what is wanted, then end it."""
        self._processes_ahead(now)
        self._restart_as(self.digest, self.launch, now, again=self.digest == now)
        self._instance(_home.NEXT, _home.launch(self.home, now)).flush()
        self._end_next()
        self._say("finished an interrupted rollout")

    def _in_place(self, before: str) -> None:
        """Nothing serves yet, or the app cannot run twice: stop, start, and take it back when that fails."""
        began = time.monotonic()
        old = _home.launch(self.home, before)
        _journal.write(self.home, "beside", before, self.digest)
        self._processes_ahead(before)
        try:
            self._restart_as(self.digest, self.launch, before)
        except PyhostError as error:
            if not before:
                _home.forget_ahead(self.home)
                _programs.withdraw(self.supervisor)
                _journal.end(self.home)
                raise
            self._stop_app()
            try:
                self._start_app(old, again=True)
                self.processes.back(old)
            except PyhostError as worse:
                raise PyhostError(
                    f"{error}\nnothing serves, for the old version does not start again: {worse}"
                ) from worse
            _journal.end(self.home)
            raise PyhostError(f"{error}\n{self._gap(began)}; the old version was started again") from error
        self._say(f"restarted; {self._gap(began)}" if before else "started")

    def _without_web(self, before: str) -> None:
        """All of the app is its processes: they are exchanged, and that was the rollout."""
        _journal.write(self.home, "beside", before, self.digest)
        self._processes_ahead(before)
        line = self.launch["health"]["command"]
        if line and self.what != BACK:
            deadline = Deadline(max(PROBE_SECONDS, self.launch["health"]["timeout"]))
            try:
                command(self.home, self.launch["process"], "health.command", line, deadline)
            except PyhostError as error:
                self._processes_back(before, error)
                raise
        self._commit(self.digest)
        _programs.read(self.supervisor)
        self._say("recorded" if before else "started")

    def _processes_ahead(self, before: str) -> None:
        """The app's own processes run the new version; all of them run the old one again if one does not stay up."""
        try:
            seconds = 0 if self.what == BACK else self.launch["health"]["seconds"]
            self.processes.ahead(self.digest, self.launch, seconds)
        except PyhostError as error:
            self._processes_back(before, error)
            raise

    def _processes_back(self, before: str, error: PyhostError) -> None:
        """The old version of all processes, because of ``error``; a failure of that tells of both."""
        try:
            self.processes.back(_home.launch(self.home, before))
        except PyhostError as worse:
            raise PyhostError(f"{error}\nthe old version of the processes does not start again: {worse}") from worse
        if not _launches.by_next(_launches.serving(self.home, before)):
            _journal.end(self.home)

    def _gap(self, began: float) -> str:
        return f"no answer for up to {time.monotonic() - began:.1f} s (strategy: restart)"

    def _restart_as(self, digest: str, launch: dict[str, Any], other: str, again: bool = False) -> None:
        """Start ``app`` as ``launch``, unproved in force meanwhile; ``other`` comes back in force when that fails.

        Where ``app-next`` serves, it serves on until the new instance has proved itself.
        """
        serving = _launches.serving(self.home, other)
        if _launches.by_next(serving):
            _launches.traffic(self.home, digest, serving)
            _launches.keep_old_way(self.home, digest, other)
        else:
            same = launch["ports"] and _launches.bridged(serving)
            own = serving if same else _home.socket_name(_home.APP, launch["process_digest"])
            _launches.traffic(self.home, digest, own)
        _journal.write(self.home, "unproved", other, digest)
        self._put_in_force(digest)
        reload(self.home, self.supervisor)
        self._stop_app()
        try:
            socket = self._start_app(launch, again)
        except PyhostError:
            self._put_in_force(other)
            if other:
                reload(self.home, self.supervisor)
            raise
        _launches.traffic(self.home, digest, socket)
        if digest == self.digest:
            self._commit(digest)
        _journal.write(self.home, "handing", other, digest)

    def _stop_app(self) -> None:
        """Stop ``app`` after the requests that wait in its queue; tell when requests had to be cut."""
        pid = self.supervisor.programs().get(_home.APP, {"pid": 0})["pid"]
        if pid:
            NOW.doing("", "draining the old version")
            record = _files.read_json(self.home / "run" / f"{_home.APP}.json")
            running = _launches.of_process(self.home, str(record.get("process")))
            if running:
                self._instance(_home.APP, running).flush()
        began = time.monotonic()
        self.supervisor.stop(_home.APP)
        seconds, drain = time.monotonic() - began, self.launch["drain"]
        if pid and seconds >= drain + STOP_MARGIN:
            self._say(f"the old version did not end by itself within {drain + STOP_MARGIN} s and was killed")
        elif pid and seconds >= max(drain, 1):
            self._say(f"requests that still ran after {drain} s were cut")
        self.supervisor.remove(_home.APP)

    def _start_app(self, launch: dict[str, Any], again: bool = False) -> str:
        instance = self._instance(_home.APP, launch)
        _programs.read(self.supervisor)
        self.supervisor.start(_home.APP)
        return instance.prove(again)

    def _end_next(self) -> None:
        """Only ``app`` is left; what the other instance wrote goes to the log of ``app``."""
        if _home.next_conf(self.home).exists():
            NOW.doing("", "ending the second instance")
            self.supervisor.stop(_home.NEXT)
            self.supervisor.remove(_home.NEXT)
            _home.forget_next(self.home)
            self.supervisor.reread()
        log = self.home / "logs" / f"{_home.NEXT}.log"
        if log.exists():
            _files.move_text(log, self.home / "logs" / f"{_home.APP}.log")
        _launches.hide_before(self.home)

    def _take_back_unproved(self) -> None:
        """A rollout was killed before its version had proved itself: what was in force before is again."""
        row = _journal.read(self.home)
        if row.get("step") == "unproved" and _home.current(self.home) == row["new"]:
            self._put_in_force(row["old"])
            if not row["old"]:
                _programs.withdraw(self.supervisor)
            reload(self.home, self.supervisor)
            self._say("took back an interrupted rollout")
