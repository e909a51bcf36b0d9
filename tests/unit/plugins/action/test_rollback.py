# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.pyhost.platform.plugins.action.rollback import ActionModule


@pytest.fixture
def roll_back(monkeypatch):
    """The arguments that the module gets, and the result of the task."""
    monkeypatch.setattr(ActionBase, "run", lambda self, tmp=None, task_vars=None: {"invocation": {}})
    monkeypatch.setattr("getpass.getuser", lambda: "anna")
    monkeypatch.setattr("socket.gethostname", lambda: "laptop")

    def run(**args):
        action = object.__new__(ActionModule)
        action._task = SimpleNamespace(args=args)
        sent = []

        def execute(module_args, task_vars):
            sent.append((module_args, task_vars))
            return {"changed": True, "found": True, "msg": "ramen: rolled back"}

        action._execute_module = execute
        return sent, action.run(None, {"inventory_hostname": "web1"})

    return run


def test_the_host_is_told_who_asks(roll_back):
    sent, result = roll_back(name="ramen", release=12)
    assert sent == [({"name": "ramen", "release": 12, "who": "anna on laptop"}, {"inventory_hostname": "web1"})]
    assert result == {"invocation": {}, "changed": True, "found": True, "msg": "ramen: rolled back"}


def test_who_may_be_given(roll_back):
    sent, _result = roll_back(name="ramen", who="the night shift")
    assert sent[0][0] == {"name": "ramen", "who": "the night shift"}
