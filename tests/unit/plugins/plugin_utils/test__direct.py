# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.pyhost.platform.plugins.plugin_utils import _direct, _toolbox

ECHO = """
import base64, json, sys, zlib
print("pyhost-host")
order = json.loads(zlib.decompress(base64.b85decode(sys.stdin.read())))
print(json.dumps({"stage": sys.argv[1], "order": order}))
"""


class Action:
    """An action whose host is this machine, with ``root`` as the home of its user."""

    def __init__(self, root, environment=""):
        self._connection = SimpleNamespace(has_pipelining=True)
        self.root, self.environment, self.asked = root, environment, 0
        self.lose: list[int] = []
        "Numbers of the calls of which the connection is lost before they are heard."

    def _compute_environment_string(self):
        return self.environment

    def _low_level_execute_command(self, words, in_data):
        self.asked += 1
        if self.asked in self.lose:
            raise AnsibleConnectionFailure("lost")
        env = {**os.environ, "HOME": str(self.root)}
        done = subprocess.run(["sh", "-c", words], input=in_data, capture_output=True, env=env, check=False)
        return {"rc": done.returncode, "stdout": done.stdout.decode(), "stderr": done.stderr.decode()}


@pytest.fixture
def agent(tmp_path):
    """The program of a host whose tools are in ``it's/tools`` below the home."""
    tools = tmp_path / "it's" / "tools"
    (tools / "bin").mkdir(parents=True)
    (tools / "bin" / "python").symlink_to(sys.executable)
    program = tools / f"agent-{_toolbox.agent_digest()}" / "pyhost-host.py"
    program.parent.mkdir()
    program.write_text(ECHO)
    return program


class Heard(list):
    watched = True

    def __call__(self, progress):
        self.append(progress)


def ask(tmp_path, stage="status", environment=""):
    return ask_of(Action(tmp_path, environment), stage)


def ask_of(action, stage="status", heard=None):
    tools = _direct.tools_directory("account", "~/it's")
    return _direct.direct(action, stage, tools, {"word": "sůl"}, Heard() if heard is None else heard)


def test_the_code_of_the_host_gets_the_order(tmp_path, agent):
    assert ask(tmp_path) == {"stage": "status", "order": {"word": "sůl"}}


def test_a_stage_that_changes_something_has_a_name_to_ask_for(tmp_path, agent):
    names = [ask(tmp_path, "build")["order"].pop("call") for _number in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)
    assert names[0] != names[1]


def test_a_login_that_talks_is_no_trouble(tmp_path, agent):
    agent.write_text(f"print('Welcome to this host!')\n{ECHO}")
    assert ask(tmp_path) == {"stage": "status", "order": {"word": "sůl"}}


def test_the_environment_of_the_task_counts(tmp_path, agent):
    agent.write_text("import os\nprint('pyhost-host')\nprint('{\"word\": \"%s\"}' % os.environ['WORD'])\n")
    assert ask(tmp_path, environment="WORD='two words' ") == {"word": "two words"}


def test_another_code_is_asked_nothing(tmp_path, agent):
    agent.parent.rename(agent.parent.with_name("agent-0123456789ab"))
    assert ask(tmp_path) is None


def test_a_python_that_is_gone(tmp_path, agent):
    python = agent.parents[1] / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent")
    assert ask(tmp_path) is None


def test_a_host_that_refuses_before_anything_began(tmp_path, agent):
    agent.write_text("raise SystemExit('sudo: sorry, you must have a tty to run sudo')")
    assert ask(tmp_path) is None


def test_one_that_ends_on_its_way_is_not_asked_twice(tmp_path, agent):
    """It may have had effects."""
    agent.write_text("print('pyhost-host', flush=True)\nraise SystemExit('killed')")
    answer = ask(tmp_path, "build")
    assert (answer["failed"], answer["msg"]) == (True, "build ended without an answer (exit status 1)")
    assert answer["exception"] == "killed"


@pytest.fixture
def slow(tmp_path, agent, monkeypatch):
    """A host whose build answers at its fourth call; the calls are in a file. Its code gives the answers of `answers`."""
    monkeypatch.setattr(_direct, "PAUSES", (0.0, 0.0, 0.0))

    def answers(*rows):
        calls = tmp_path / "calls"
        agent.write_text(
            f"{ECHO.rpartition('print')[0]}\n"
            f"rows = json.loads({json.dumps(json.dumps(rows))})\n"
            f"calls = open({str(calls)!r}, 'a+'); calls.seek(0)\n"
            "number = len(calls.readlines())\n"
            "calls.write(json.dumps([sys.argv[1], order]) + '\\n')\n"
            "print(json.dumps(rows[number]))\n"
        )
        return lambda: [json.loads(line) for line in calls.read_text().splitlines()]

    return answers


FAR = [{"running": number, "progress": {"seconds": number, "rows": []}} for number in (1, 2)]
GOOD = {"changed": True}


def test_a_stage_that_takes_long_is_asked_for_until_it_answers(tmp_path, slow):
    calls, heard = slow(*FAR, GOOD), Heard()
    assert ask_of(Action(tmp_path), "build", heard) == GOOD
    assert heard == [row["progress"] for row in FAR]
    (first, order), *others = calls()
    assert first == "build"
    assert [(stage, row["name"], row["seen"]) for stage, row in others] == [
        ("await", order["call"], 1),
        ("await", order["call"], 2),
    ]


def test_nobody_watches_so_only_the_answer_is_waited_for(tmp_path, slow):
    calls, heard = slow(*FAR, GOOD), Heard()
    heard.watched = False
    ask_of(Action(tmp_path), "build", heard)
    for _stage, question in calls()[1:]:
        assert question["gap"] == question["seconds"] >= 20


def test_a_connection_that_is_lost_on_the_way_is_made_anew(tmp_path, slow):
    slow(*FAR, GOOD)
    action = Action(tmp_path)
    action.lose = [2, 3, 5]
    assert ask_of(action, "build") == GOOD


def test_a_connection_that_is_lost_at_the_beginning(tmp_path, slow):
    """The host may have begun: then it knows the name."""
    calls = slow(FAR[1], GOOD)
    action = Action(tmp_path)
    action.lose = [1]
    assert ask_of(action, "build") == GOOD
    assert [stage for stage, _order in calls()] == ["await", "await"]


@pytest.mark.parametrize("unknown", [{"failed": True, "unknown": True, "msg": "killed"}, None])
def test_a_host_that_never_heard_of_it_was_not_reached(tmp_path, slow, agent, unknown):
    if unknown:
        slow(unknown)
    else:
        agent.unlink()
    action = Action(tmp_path)
    action.lose = [1]
    with pytest.raises(AnsibleConnectionFailure):
        ask_of(action, "build")


def test_a_host_that_stays_away(tmp_path, slow):
    slow(*FAR, GOOD)
    action = Action(tmp_path)
    action.lose = list(range(2, 20))
    with pytest.raises(AnsibleConnectionFailure):
        ask_of(action, "build")
    assert action.asked == 5


def test_code_that_another_run_exchanged_is_not_begun_anew(tmp_path, slow, agent):
    """None would have the stage run a second time, by a module that brings itself along."""
    slow(FAR[0])
    action = Action(tmp_path)
    heard = Heard()
    heard.append = lambda _progress: agent.unlink()
    answer = ask_of(action, "build", heard)
    assert answer["failed"]
    assert "run again" in answer["msg"]


def test_what_brings_itself_along(tmp_path, agent):
    """The code that installs the code; and connections that give programs no input."""
    action = Action(tmp_path)
    tools = _direct.tools_directory("account", "~/it's")
    assert _direct.direct(action, "tools", tools, {}, Heard()) is None
    action._connection.has_pipelining = False
    assert _direct.direct(action, "build", tools, {}, Heard()) is None
    assert action.asked == 0


@pytest.mark.parametrize(
    ("scope", "root", "word"),
    [
        ("system", "/elsewhere", "/opt/pyhost/tools"),
        ("account", "~/pyhost", '"$HOME"/pyhost/tools'),
        ("account", "/home/me/it's", "'/home/me/it'\"'\"'s/tools'"),
    ],
)
def test_where_the_tools_are(scope, root, word):
    assert _direct.tools_directory(scope, root) == word
