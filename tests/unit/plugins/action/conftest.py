# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import importlib
import posixpath
from types import SimpleNamespace

import pytest
from ansible import constants
from ansible.plugins.action import ActionBase
from ansible_collections.pyhost.platform.plugins.module_utils import _job
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state

ACTIONS = "ansible_collections.pyhost.platform.plugins.action"


class Run:
    """One run against one host: stages in any order, with the host's answers made up.

    ``answers`` maps a stage to the result of its module, or to a function of the job; a module of another collection
    to a function of its options. ``hosts`` are those of the play, when there are several. What a job claims of the
    apps' locks is in ``claims``, the rest in ``jobs``. ``fetch`` stands for getting a file of the host, and ``sent`` has
    the files that were sent to it: (path, path on the host).
    """

    def __init__(self):
        self.answers = {}
        self.jobs = []
        self.host = "web1"
        self.hosts = []
        self.strategy = "linear"
        self.claims = []
        self.sent = []
        self.fetch = None

    def stage(self, stage, /, check=False, **args):
        module = importlib.import_module(f"{ACTIONS}.{stage}")
        action = object.__new__(module.ActionModule)
        play = SimpleNamespace(strategy=self.strategy)
        action._task = SimpleNamespace(args=args, check_mode=check, get_play=lambda: play)
        action._execute_module = self._answer
        shell = SimpleNamespace(tmpdir="/host/tmp", join_path=posixpath.join)
        action._connection = SimpleNamespace(_shell=shell, fetch_file=self.fetch)
        action._transfer_file = lambda path, target: self.sent.append((path, target))
        action._loader = SimpleNamespace(get_real_file=lambda path: path)
        return action.run(None, self._variables())

    def _variables(self):
        several = {"ansible_play_hosts_all": self.hosts} if self.hosts else {}
        return {"inventory_hostname": self.host, **several}

    def _answer(self, module_name, module_args, task_vars):
        if not module_name.startswith("pyhost.platform."):
            self.jobs.append((module_name, module_args))
            return self.answers[module_name](module_args)
        name = module_name.removeprefix("pyhost.platform.")
        assert (list(module_args), task_vars) == (["job"], self._variables())
        job = _job.unpack(module_args["job"])
        self.claims.append(job.pop("claim"))
        self.jobs.append((name, job))
        answer = self.answers.get(name, {"changed": False}) if name == "report" else self.answers[name]
        return answer(job) if callable(answer) else dict(answer)

    @property
    def state(self):
        return _state.load(self.host)

    def save(self, state):
        _state.save(self.host, state)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(ActionBase, "run", lambda self, tmp=None, task_vars=None: {})
    (tmp_path / "local").mkdir()
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "local"))
    return Run()


@pytest.fixture
def ramen(tmp_path):
    """The source of an app."""
    root = tmp_path / "ramen"
    root.mkdir()
    (root / "wsgi.py").write_text("def application(environ, start_response):\n    return []\n")
    (root / "requirements.txt").write_text("flask\n")
    return root


HOST = {
    "os": {"ID": "debian", "VERSION_ID": "12"},
    "machine": "x86_64",
    "user": "me",
    "root": False,
    "systemd": False,
    "root_directory": "/home/me/pyhost",
    "tools_directory": "/home/me/pyhost/tools",
    "runtimes_directory": "/home/me/pyhost/python",
    "network": False,
    "acme": False,
    "sudo": "",
    "services": {},
    "quota": {"tool": False, "bases": {base: {"mount": "/", "has": False, "users": {}} for base in ("/home", "/srv")}},
    "logrotate": "/usr/sbin/logrotate",
    "guarded": True,
    "nginx_version": [1, 22, 1],
    "listening": [],
    "interpreters": [
        {
            "branch": "3.11",
            "path": "/usr/bin/python3.11",
            "real": "/usr/bin/python3.11",
            "version": "3.11.2",
            "abi": "abi",
            "build": "gcc",
            "libc": "glibc 2.36",
        }
    ],
    "packaged": [],
    "absent": [],
    "lists": True,
    "nginx": "/usr/sbin/nginx",
    "git": "/usr/bin/git",
    "ensurepip": True,
    "tools": {},
    "front": {},
    "taken": {},
}


@pytest.fixture
def host():
    """What a look at the host says; a copy for each test."""
    return copy.deepcopy(HOST)
