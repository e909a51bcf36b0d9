# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import getpass

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home, _stage_rollout
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

KILLED = {"ok": False, "error": "rollout did not finish: exit status 255"}


def plan_for(cell):
    return {
        "app": "ramen",
        "cell": cell.to_dict(),
        "launch": {"health": {"timeout": 1}, "drain": 1},
        "launch_digest": "new",
    }


@pytest.mark.parametrize(
    ("current", "answer", "committed"),
    [
        ("new", KILLED, True),
        ("old", KILLED, False),
        ("", KILLED, False),
        ("new", {"ok": False, "error": "x", "committed": False}, False),
        ("old", {"ok": False, "error": "x", "committed": True}, True),
    ],
)
def test_what_serves_is_known_also_of_a_killed_rollout(home, monkeypatch, current, answer, committed):
    cell = make_cell("ramen", "account", str(home), getpass.getuser())
    place = home / "apps" / "ramen"
    _home.make_directories(place)
    if current:
        (place / "launches" / current).mkdir()
        _home.put_in_force(place, current)
    monkeypatch.setattr(_stage_rollout, "start_daemon", lambda cell: None)
    monkeypatch.setattr(_stage_rollout, "call", lambda *words: dict(answer))
    job = {"jobs": 1, "keep": 5, "claim": {}, "apps": [{"plan": plan_for(cell), "limits": {}}]}
    found = _stage_rollout.rollouts(job)["apps"]["ramen"]
    assert (found["ok"], found["error"], found["committed"]) == (False, answer["error"], committed)


def test_a_supervisord_that_does_not_start_serves_no_new_version(home, monkeypatch):
    """Also where the link leads to the version already, because the run only mends what does not run."""
    cell = make_cell("ramen", "account", str(home), getpass.getuser())
    place = home / "apps" / "ramen"
    _home.make_directories(place)
    (place / "launches" / "new").mkdir()
    _home.put_in_force(place, "new")

    def start_daemon(cell):
        raise PyhostError("supervisord does not start")

    monkeypatch.setattr(_stage_rollout, "start_daemon", start_daemon)
    job = {"jobs": 1, "keep": 5, "claim": {}, "apps": [{"plan": plan_for(cell), "limits": {}}]}
    found = _stage_rollout.rollouts(job)["apps"]["ramen"]
    assert (found["error"], found["committed"]) == ("supervisord does not start", False)
