# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys

from ansible_collections.pyhost.platform.plugins.plugin_utils import _toolbox

PREFIX = "ansible_collections/pyhost/platform/plugins/module_utils/"


def test_everything_that_the_entries_import_comes_along(tmp_path):
    """In a directory with nothing else, both programs import, on the oldest Python that is here."""
    for name, text in _toolbox.sources().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    module = PREFIX.replace("/", ".")
    text = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {module}_agent, {module}_start"
    finished = subprocess.run([sys.executable, "-I", "-B", "-c", text], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_what_only_the_controller_runs_stays_away():
    names = {name.removeprefix(PREFIX) for name in _toolbox.sources()}
    assert {"_agent.py", "_start.py", "_rollout.py", "_build.py"} <= names
    assert not names & {"_stage_tools.py", "_resolve.py", "_schema.py"}
    assert all(name.startswith(PREFIX) for name in _toolbox.sources())


def test_digests_name_packages_and_code(monkeypatch):
    digest, agent = _toolbox.digest(), _toolbox.agent_digest()
    assert (len(digest), len(agent)) == (12, 12)
    monkeypatch.setattr(_toolbox, "PACKAGES", ("supervisor==9",))
    assert (_toolbox.digest() != digest, _toolbox.agent_digest() == agent) == (True, True)
    monkeypatch.setattr(_toolbox, "sources", lambda: {"a.py": ""})
    assert _toolbox.agent_digest() != agent


def test_tools_are_pinned():
    assert all("==" in one for one in (*_toolbox.PACKAGES, *_toolbox.NGINX_PACKAGES))
