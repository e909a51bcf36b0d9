# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils import _direct, _toolbox

ECHO = (
    'import sys\nprint(\'pyhost-host\')\nprint(\'{"stage": "%s", "order": "%s"}\' % (sys.argv[1], sys.stdin.read()))\n'
)


class Action:
    """An action whose host is this machine, with ``root`` as the home of its user."""

    def __init__(self, root, environment=""):
        self._connection = SimpleNamespace(has_pipelining=True)
        self.root, self.environment, self.asked = root, environment, 0

    def _compute_environment_string(self):
        return self.environment

    def _low_level_execute_command(self, words, in_data):
        self.asked += 1
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


def ask(tmp_path, stage="build", environment=""):
    tools = _direct.tools_directory("account", "~/it's")
    return _direct.direct(Action(tmp_path, environment), stage, tools, "order")


def test_the_code_of_the_host_gets_the_order(tmp_path, agent):
    assert ask(tmp_path) == {"stage": "build", "order": "order"}


def test_a_login_that_talks_is_no_trouble(tmp_path, agent):
    agent.write_text(f"print('Welcome to this host!')\n{ECHO}")
    assert ask(tmp_path) == {"stage": "build", "order": "order"}


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
    answer = ask(tmp_path)
    assert (answer["failed"], answer["msg"]) == (True, "build ended without an answer (exit status 1)")
    assert answer["exception"] == "killed"


def test_what_brings_itself_along(tmp_path, agent):
    """The code that installs the code; and connections that give programs no input."""
    action = Action(tmp_path)
    tools = _direct.tools_directory("account", "~/it's")
    assert _direct.direct(action, "tools", tools, "order") is None
    action._connection.has_pipelining = False
    assert _direct.direct(action, "build", tools, "order") is None
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
