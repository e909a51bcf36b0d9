# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from functools import partial

from tests.tools.process import ToolError
from tests.tools.steps import Report, execute, side_by_side


def test_lanes_run_at_once_and_their_lines_can_be_told_apart(capfd):
    report, together = Report(), threading.Barrier(2, timeout=20)

    def say(word: str) -> str:
        together.wait()
        return execute(["echo", word])

    side_by_side([partial(report.step, name, partial(say, name)) for name in ("one", "two")])
    lines = capfd.readouterr().out.splitlines()
    assert {"one | one", "two | two"} < set(lines)
    assert {outcome.name for outcome in report.outcomes} == {"one", "two"}
    assert report.close() == 0


def test_a_step_that_fails_ends_no_other(capfd):
    def fail() -> str:
        raise ToolError("it broke\nhere")

    report = Report()
    side_by_side([lambda: (report.step("bad", fail), report.step("good", lambda: execute(["echo", "fine"])))])
    assert [(outcome.name, outcome.state, outcome.note) for outcome in report.outcomes] == [
        ("bad", "FAILED", "it broke"),
        ("good", "passed", ""),
    ]
    assert report.close() == 1
    out = capfd.readouterr().out
    assert "\nfine\n" in out
    assert "FAILED in 0 s: bad" in out


PYTEST = """\
tests/test_soup.py F.
E   AssertionError: assert 'cold' == 'hot'
FAILED tests/test_soup.py::test_hot - AssertionError: assert 'cold' == 'hot'
===== 1 failed, 1 passed in 0.02s =====
"""


def test_what_failed_is_told_at_the_end(capfd):
    report = Report()
    report.step("unit tests", lambda: execute(["sh", "-c", 'printf %s "$0"; exit 1', PYTEST]))
    report.step("more", lambda: execute(["echo", "fine"]))
    capfd.readouterr()
    assert report.close() == 1
    table, _line, rest = capfd.readouterr().out.partition("\n\nunit tests:\n")
    assert "1 failed, 1 passed in 0.02s" in table
    assert rest.splitlines()[:2] == PYTEST.splitlines()[1:3]
