# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cell whose supervisord and nginx are real, below a temporary directory."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _history,
    _home,
    _journal,
    _lock,
    _nginx,
    _process,
    _processes,
    _supervisor,
)
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor

from .load import ask

HERE = Path(__file__).resolve().parent
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
PYTHON = (sys.executable, "-S", "-E")
SECONDS = 60
"""How long anything here may take, on a very busy machine."""

EXCHANGED = "processes of the new version: "

MARKS = {"deployed": "+", "rolled back": "-"}

OURS = f"""import sys
sys.path.insert(0, {str(HERE)!r})
from runner import UTILS, importable
importable()
import importlib
"""
START = f"""{OURS}
importlib.import_module(f"{{UTILS}}._start").main(*sys.argv[1:])
"""
EXTENSION = f"""{OURS}
memory = importlib.import_module(f"{{UTILS}}._memory").memory
rotation = importlib.import_module(f"{{UTILS}}._rotation").rotation
"""


def wait(condition, what):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.005)


def _alive(unfinished):
    """Whether the process that writes a file is still at it; its number ends the name."""
    number = unfinished.name.rpartition(".")[2]
    return number.isdigit() and bool(_process.start_time(int(number)))


class Living:
    """One app's cell. Versions are numbers; a plan of one is what a deploy would want."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="ph", dir="/tmp"))
        cell = make_cell("ramen", "account", str(self.root), getpass.getuser())
        self.home = Path(cell.home)
        self.web = self.home / "run" / "web.sock"
        self.cell = replace(cell, web=str(self.web))
        self.supervisor = Supervisor(str(self.home / "run" / "supervisor.sock"))
        tools = self.root / "tools" / "bin"
        tools.mkdir(parents=True)
        (tools / "start.py").write_text(START)
        (tools / "pyhost_supervisor.py").write_text(EXTENSION)
        words = [*PYTHON, "-X", f"pycache_prefix={self.root}/cache", f"{tools}/start.py"]
        self._script(tools / "pyhost-start", f'{" ".join(words)} "$1" {tools.parent}')
        self._script(tools / "nginx", f'{NGINX} -e stderr "$@"')
        _home.make_directories(self.home)
        (self.home / "conf" / "supervisord.conf").write_text(_supervisor.daemon_conf(self.cell))
        self.runner = subprocess.Popen(
            [sys.executable, "-B", str(HERE / "runner.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.daemon = None
        self.start()

    @staticmethod
    def _script(path, command):
        path.write_text(f"#!/bin/sh\nexec {command}\n")
        path.chmod(0o755)

    def start(self):
        """As the cell's unit does it."""
        assert self.order("settle", {})["ok"] is True
        self.daemon = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self.home / "conf" / "supervisord.conf")],
            cwd=self.home,
            env={**os.environ, "PYTHONPATH": str(self.root / "tools" / "bin"), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.supervisor.wait(SECONDS)

    def crash(self):
        """As a machine does that loses power: nothing ends in order."""
        os.kill(self.daemon.pid, signal.SIGSTOP)  # it shall start nothing meanwhile
        todo, found = [self.daemon.pid], []
        while todo:
            found.append(todo.pop())
            todo.extend(_process.children(found[-1]))
        for pid in found:
            with suppress(ProcessLookupError):  # It may have ended by itself since it was found.
                os.kill(pid, signal.SIGKILL)
        self.daemon.wait()
        wait(lambda: not any(_process.start_time(pid) for pid in found), "killed processes are there")

    def close(self):
        self.crash()
        self.runner.stdin.close()
        self.runner.wait()
        self.runner.stdout.close()
        shutil.rmtree(self.root)

    def plan(
        self, version, mode="ok", protocol="http", ports=None, rules="", processes=None, drain=3, web=True, **launch
    ):
        """What a deploy of ``version`` wants; the files of its release and its configuration are there."""
        release, server = f"{version}-{version:012x}", "command" if ports else "x" if web else "none"
        (self.home / "releases" / release).mkdir(exist_ok=True)
        (self.home / "releases" / f"{release}.json").write_text(json.dumps({"digest": f"{version:x}"}))
        (self.home / "virtualenvs" / "v1").mkdir(exist_ok=True)
        (self.home / "virtualenvs" / "v1" / _home.MARKER).write_text("{}")
        processes = {"worker": "sleep 1000"} if processes is None else processes
        conf = self._conf(protocol, ports or {}, rules, processes, drain, web)
        argv = [*PYTHON, str(HERE / "app.py"), "{socket}", str(version), mode, str(self.home / "data"), protocol]
        process = {
            "argv": argv,
            "cwd": str(self.home / "releases" / release),
            "environment": {"PATH": "/usr/bin:/bin"},
            "release": release,
            "virtualenv": "v1",
            "server": server,
            "protocol": protocol,
        }
        health = {"path": "/", "status": "200", "timeout": 20, "good": 2, "seconds": 0, "command": "", "host": "a"}
        content = {
            "app": "ramen",
            "process": process,
            "process_digest": digest_of(process),
            "processes": processes,
            "ports": ports or {},
            "health": {**health, **launch.pop("health", {})},
            "drain": drain,
            "strategy": "beside",
            "conf": conf,
            "python": "3.13.5",
            "digest": f"{version:x}",
            **launch,
        }
        return {"cell": self.cell.to_dict(), "launch": content, "launch_digest": digest_of(content)}

    def _conf(self, protocol, ports, rules, processes, drain, web=True):
        programs = _supervisor.programs_conf(
            self.cell, drain, _processes.rows({"processes": processes, "drain": drain}), web
        )
        head, mark, rest = programs.partition("[program:nginx]") if web else ("", "", programs)
        passing = _nginx.app_rules(self.cell, protocol, rules, "", intercept=False)
        texts = {
            "nginx.conf": _nginx.main_conf(self.cell, self.cell.path("conf", "nginx.d", "*.conf"), drain),
            "nginx.d/app.conf": _nginx.servers_conf(self.cell, (), passing),
            # That nginx and the processes stay up for a second is not what is tried here.
            "supervisor.d/app.conf": head + mark + rest.replace("startsecs=1", "startsecs=0"),
        }
        if not web:
            texts = {"supervisor.d/app.conf": texts["supervisor.d/app.conf"]}
        if ports:
            texts["nginx.d/app.conf"] += _nginx.bridge_conf(self.cell, ports)
        digest = digest_of(texts)
        for name, text in texts.items():
            path = self.home / "conf" / "sets" / digest / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return digest

    def order(self, verb, job, kill=None):
        """What the agent answers; see ``runner.py``."""
        self.runner.stdin.write(json.dumps({"home": str(self.home), "verb": verb, "job": job, "kill": kill}) + "\n")
        self.runner.stdin.flush()
        return json.loads(self.runner.stdout.readline())

    def roll(self, plan, kill=None, keep=3):
        """Roll out; ``did`` without its seconds, and without the ``exchanged`` processes."""
        found = self.order("rollout", {"plan": plan, "keep": keep, "claim": {"who": "anna", "wait": 0}}, kill)
        web = plan["launch"]["process"]["server"] != "none"
        if found.get("ok") and web:  # an nginx that was started counts as running before it listens, see `_conf`
            wait(self.answers, "nothing answers")
        did = [one.rpartition(" (")[0] for one in found.get("did", [])]
        found["did"] = [one for one in did if not one.startswith(EXCHANGED)]
        found["exchanged"] = " ".join(one[len(EXCHANGED) :] for one in did if one not in found["did"])
        return found

    def did(self, plan):
        """Roll out, which goes well, and say what was done."""
        found = self.roll(plan)
        assert found["ok"], found["error"]
        return found["did"]

    def back(self, release=0, kill=None):
        """Roll back."""
        job = {"cell": self.cell.to_dict(), "release": release, "keep": 3, "check": False}
        return self.order("rollback", {**job, "claim": {"who": "anna", "wait": 0}}, kill)

    def begin(self, plan):
        """``plan`` is in force, deployed once, and nothing else was; false when that cannot be."""
        if self.home.joinpath("current").is_symlink() and self.unrest(plan):
            self.roll(plan)
        if not self.home.joinpath("current").is_symlink() and not self.roll(plan)["ok"]:
            return False
        (self.home / "run" / "history.jsonl").unlink()
        _history.append(self.home, "deployed", plan["launch"]["process"]["release"], plan["launch_digest"], "anna")
        return not self.unrest(plan)

    def forget(self):
        """As if the app had never been deployed; supervisord runs on."""
        (self.home / "current").unlink(missing_ok=True)
        shutil.rmtree(self.home / "launches")
        (self.home / "launches").mkdir()
        for path in (self.home / "run" / "history.jsonl", self.home / "run" / "journal.json"):
            path.unlink(missing_ok=True)
        for name in self.supervisor.reread()["removed"]:
            self.supervisor.stop(name)
            self.supervisor.remove(name)

    def history(self):
        """``+1 -2``: release 1 was deployed, release 2 came back."""
        return " ".join(MARKS[row["what"]] + row["release"].partition("-")[0] for row in _history.read(self.home))

    def answers(self):
        """The version that answers, through nginx; "" for none."""
        try:
            return ask(str(self.web))
        except OSError:
            return ""

    def until_it_answers(self):
        wait(self.answers, "nothing answers")

    def pid(self, program="app"):
        return self.supervisor.programs().get(program, {"pid": 0})["pid"]

    def unrest(self, plan):
        """What is not as it is when ``plan`` is in force and nothing is under way."""
        launch, run = plan["launch"], self.home / "run"
        web = launch["process"]["server"] != "none"
        programs = self.supervisor.programs()
        record = _process.read_record(run, "app", programs.get("app", {"pid": 0})["pid"])
        link = "app.uwsgi.sock" if launch["process"]["protocol"] == "uwsgi" else "app.sock"
        socket = "app.port.sock" if launch["ports"] else f"a-{launch['process_digest']}.sock"
        seen = {
            "in force": (_home.current(self.home), plan["launch_digest"]),
            "programs": (set(programs), {*(("app", "nginx") if web else ()), *launch["processes"]}),
            "states": ({row["state"] for row in programs.values()} | {"STARTING"}, {"RUNNING", "STARTING"}),
            "processes run": (self.running(launch), launch["process_digest"]),
            "app runs": (record.get("process"), launch["process_digest"]),
            "traffic": (os.path.realpath(run / link), os.path.realpath(run / socket)),
            "answers": (self.answers(), launch["process"]["release"].partition("-")[0]),
            "second instance": ([*run.glob("next"), *run.glob("app-next.json"), *run.glob("supervisor.d/*")], []),
            "log of it": ((self.home / "logs" / "app-next.log").exists(), False),
            "journal": (_journal.there(self.home), False),
            "lock": (_lock.holder(self.home), ""),
            "unfinished": ([str(path) for path in self.home.rglob(".stage-*") if not _alive(path)], []),
            "before": ([str(path) for path in self.home.glob("launches/*/before")], []),
            "history": (_history.read(self.home)[-1]["launch"], plan["launch_digest"]),
        }
        if not launch["processes"]:
            del seen["processes run"]
        if not programs:
            del seen["states"]
        for name in () if web else ("app runs", "traffic", "answers"):
            del seen[name]
        return {name: found for name, (found, wanted) in seen.items() if found != wanted}

    def running(self, launch):
        """What the app's own processes were started from, all of them."""
        rows = [_process.read_record(self.home / "run", name, self.pid(name)) for name in launch["processes"]]
        return " ".join(sorted({str(row.get("process")) for row in rows}))

    def work(self, count=2, seconds=0.3, mode="ok", **more):
        """The processes of an app that takes ``tasks``; see ``worker.py``."""
        words = [*PYTHON, str(HERE / "worker.py"), str(self.home / "data"), str(seconds), mode]
        row = {"command": " ".join(words), "stop_signal": "TERM", "stop_wait": 20, "memory": 0, **more}
        return dict.fromkeys(_processes.instances("worker", count), row)

    def order_tasks(self, count):
        """The names of new tasks; `tasks` says what became of them."""
        tasks = self.home / "data" / "tasks"
        tasks.mkdir(exist_ok=True)
        names = [f"{time.monotonic_ns()}-{number}" for number in range(count)]
        for name in names:
            (tasks / name).write_text("")
        return names

    def tasks(self):
        """Who has done each task and when it ended: name to (version, seconds since boot)."""
        found = {}
        for path in (self.home / "data").glob("done/*"):
            version, _space, ended = path.read_text().partition(" ")
            found[path.name] = (version, float(ended))
        return found

    @contextmanager
    def load(self):
        """Requests all the time; when the block has ended, ``answers`` by version and ``failed`` are filled in."""
        seen = {}
        before = self.answers()
        with subprocess.Popen(
            [sys.executable, str(HERE / "load.py"), str(self.web)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout.readline() == "begun\n"
                yield seen
            finally:
                seen.update(json.loads(process.communicate(timeout=SECONDS)[0]))
        assert before
