# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _host, _job, _stage_front
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

MODULES = Path(_host.__file__).resolve().parents[1] / "modules"
SERVES = re.compile(r"^from \S+\.(_stage_\w+) import (\w+)$.*\n    serve\(\s*\2\b", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("stage", sorted(_host.STAGES))
def test_a_stage_is_what_its_module_serves(stage):
    found = SERVES.search((MODULES / f"{stage}.py").read_text(encoding="utf-8"))
    assert found
    assert _host.STAGES[stage] == found.groups()


def test_every_module_that_serves_has_a_stage():
    """Without the one that installs the code."""
    serving = {path.stem for path in MODULES.glob("*.py") if SERVES.search(path.read_text(encoding="utf-8"))}
    assert serving - {"tools"} == set(_host.STAGES)


@pytest.fixture
def ask(monkeypatch, capsys):
    def asked(function, order):
        monkeypatch.setattr(_stage_front, "front", function)
        monkeypatch.setattr("sys.stdin", io.StringIO(order))
        assert _host.main("front") == 0
        first, answer = capsys.readouterr().out.splitlines()
        assert first == "pyhost-host"
        return json.loads(answer)

    return asked


def test_an_order_is_answered(ask):
    assert ask(lambda job: {"changed": True, "got": job}, _job.pack({"word": "sůl"})) == {
        "changed": True,
        "got": {"word": "sůl"},
    }


def test_an_error_is_the_answer_of_a_module_that_failed(ask):
    def refuse(_job):
        raise PyhostError("nginx refuses")

    assert ask(refuse, _job.pack({})) == {"failed": True, "changed": False, "msg": "nginx refuses"}
    assert ask(dict, "no order")["msg"] == "job was not made by the action half of this module"
