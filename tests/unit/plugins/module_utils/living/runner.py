# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do what the agent does, in a forked child per order, which may be killed before any of its side effects.

An order is a line of JSON on standard input: ``home``, ``verb``, ``job``, and ``kill``: the number of a side effect
from 1, a pattern that it fits, or nothing. The answer is that of the agent, with the side effects in ``effects``, and
``{"killed": TEXT}`` when it was killed.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
import types
from pathlib import Path

HERE = Path(__file__).resolve()
UTILS = "ansible_collections.pyhost.platform.plugins.module_utils"


def importable() -> None:
    """As ``tests/unit/conftest.py`` does it."""
    for name, path in (
        ("ansible_collections", None),
        ("ansible_collections.pyhost", None),
        ("ansible_collections.pyhost.platform", HERE.parents[5]),
    ):
        module = types.ModuleType(name)
        module.__path__ = [str(path)] if path else []
        sys.modules.setdefault(name, module)


class Watch:
    """Counts side effects: what is written below the home, and what supervisord is told."""

    def __init__(self, home, kill, out):
        self.home, self.kill, self.out = f"{home}/", kill, out
        self.effects = []

    def effect(self, text):
        self.effects.append(text)
        number = len(self.effects)
        if number == self.kill or (isinstance(self.kill, str) and re.search(self.kill, text)):
            os.write(self.out, json.dumps({"killed": text}).encode())
            os._exit(9)

    def audit(self, event, args):
        """An audit hook (PEP 578); what is not finished yet changes nothing and does not count."""
        if event == "os.rename":
            self.path("rename", args[1], self.step(args[0]))
        elif event in ("os.remove", "os.rmdir", "shutil.rmtree") and os.path.lexists(args[0]):
            self.path(event.partition(".")[2], args[0])
        elif event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
            self.path("open", args[0])

    def path(self, what, path, more=""):
        path = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        name = path[len(self.home) :] if path.startswith(self.home) else ""
        if name and name != "run/lock" and not os.path.basename(name).startswith(".stage-"):
            self.effect(f"{what} {name}{more}")

    @staticmethod
    def step(path):
        """The step that a new journal names."""
        if "journal" not in str(path):
            return ""
        return " " + json.loads(Path(path).read_text())["step"]


def prepare(modules, watch):
    """Watch a child's effects, and let it poll as fast as its app starts."""
    rpc = modules["_rpc"]
    call = rpc.Supervisor._call

    def watched(self, name, *args, **more):
        if name not in ("getAllProcessInfo", "getState"):
            watch.effect(" ".join([name, *(str(one) for one in args if not isinstance(one, bool))]))
        return call(self, name, *args, **more)

    rpc.Supervisor._call = watched
    for name in ("_instance", "_workers", "_reload", "_rpc", "_rollout", "_programs", "_exchange"):
        modules[name].POLL = 0.02
    modules["_instance"].GAP = 0.005
    declared = modules["_exchange"].processes_conf
    # As ``Living`` declares them.
    modules["_exchange"].processes_conf = lambda *words: declared(*words).replace("startsecs=1", "startsecs=0")
    modules["_programs"].COMING_SECONDS = 1
    sys.addaudithook(watch.audit)


def answer(agent, errors, order, watch):
    home = Path(order["home"])
    os.chdir(home)
    os.umask(0o027)
    try:
        if order["verb"] not in agent.ALONE:
            return {"ok": True, **agent._function(order["verb"])(home, order["job"])}
        with agent.held(home, order["job"]["claim"], order["verb"]):
            return {"ok": True, **agent._function(order["verb"])(home, order["job"])}
    except errors.PyhostError as error:
        return {"ok": False, **agent._failure(order["verb"], order["job"], error)}
    except BaseException:
        return {"ok": False, "error": traceback.format_exc(), "committed": False}


def main():
    importable()
    import importlib

    names = ("_agent", "_errors", "_exchange", "_instance", "_programs", "_reload", "_rollout", "_rpc", "_workers")
    modules = {name: importlib.import_module(f"{UTILS}.{name}") for name in names}
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            watch = Watch(order["home"], order["kill"], writing)
            prepare(modules, watch)
            found = answer(modules["_agent"], modules["_errors"], order, watch)
            os.write(writing, json.dumps({**found, "effects": watch.effects}).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            data = stream.read()
        os.waitpid(child, 0)
        print(data.decode(), flush=True)


if __name__ == "__main__":
    main()
