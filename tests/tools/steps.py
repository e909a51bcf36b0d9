# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the steps of a test run, and say at the end what each did."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field

from tests.support import pace
from tests.tools.environment import variables
from tests.tools.process import ROOT, ToolError

PYTEST_SUMMARY = re.compile(r"=* ?((?:\d+ \w+, )*\d+ (?:passed|failed|errors?)\b.* in [\d.]+s.*?) ?=*$")

WRONG = re.compile(r"(?:FAILED|ERROR) \S+::.*|E   .*|ERROR: .*")
"""Lines of pytest and ansible-test that say what failed and why."""

MOST_WRONG = 12
"""So many of them are shown again at the end of the run: the last ones, which name the tests."""

_LANES: ContextVar[int] = ContextVar("lanes", default=1)
_BEFORE: ContextVar[str] = ContextVar("before each line", default="")


@dataclass
class Outcome:
    """What became of one step: `passed`, `FAILED` or `NOT RUN`, a note, and what was wrong."""

    name: str
    state: str
    seconds: float = 0.0
    note: str = ""
    wrong: list[str] = field(default_factory=list)


@dataclass
class Report:
    """The outcomes of a run, in the order in which they were known."""

    outcomes: list[Outcome] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def step(self, name: str, action: Callable[[], str]) -> bool:
        """Run one step; ``action`` returns a note, and raises ``ToolError`` when the step fails."""
        print(f"\n### {name}", flush=True)
        _BEFORE.set(f"{name} | " if _LANES.get() > 1 else "")
        begun = time.monotonic()
        try:
            note, state = action(), "passed"
        except ToolError as error:
            note, state = str(error), "FAILED"
        first, *rest = note.splitlines() or [""]
        if state == "FAILED":
            print(f"{name}: {first}", flush=True)
        self.outcomes.append(Outcome(name, state, time.monotonic() - begun, first, rest))
        return state == "passed"

    def left_out(self, name: str, reason: str, *, allowed: bool) -> None:
        """Record a part that did not run; it fails the run unless that was asked for."""
        self.outcomes.append(Outcome(name, "left out" if allowed else "NOT RUN", note=reason))

    def close(self) -> int:
        """Print the table; return the exit status."""
        print("\n### summary")
        for outcome in self.outcomes:
            print(f"{outcome.state:<9} {outcome.name:<28} {outcome.seconds:6.1f} s  {outcome.note}".rstrip())
        for outcome in self.outcomes:
            if outcome.state == "FAILED" and outcome.wrong:
                print("\n".join([f"\n{outcome.name}:", *outcome.wrong]))
        bad = [outcome.name for outcome in self.outcomes if outcome.state in ("FAILED", "NOT RUN")]
        seconds = time.monotonic() - self.begun
        if bad:
            print(f"bin/test: FAILED in {seconds:.0f} s: {', '.join(bad)}")
        elif absent := [outcome.name for outcome in self.outcomes if outcome.state == "left out"]:
            print(f"bin/test: passed in {seconds:.0f} s; left out as asked: {', '.join(absent)}")
        else:
            print(f"bin/test: all passed in {seconds:.0f} s")
        return 1 if bad else 0


def side_by_side(lanes: Sequence[Callable[[], object]]) -> None:
    """Run lanes of steps at the same time; each line that a step prints has the step's name in front, then."""
    if len(lanes) < 2:
        for lane in lanes:
            lane()
        return

    def run(lane: Callable[[], object]) -> None:
        _LANES.set(len(lanes))
        lane()

    with ThreadPoolExecutor() as pool:
        list(pool.map(run, lanes))


def execute(command: Sequence[str], extra: Mapping[str, str] | None = None) -> str:
    """Run a tool with its output shown as it comes; return the last summary line of pytest in it, if any."""
    before = _BEFORE.get()
    print(f"{before}$ {shlex.join(command)}", flush=True)
    summary = ""
    wrong: deque[str] = deque(maxlen=MOST_WRONG)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**variables(), pace.LANES: str(_LANES.get()), **(extra or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(f"{before}{line}", end="", flush=True)
            plain = re.sub(r"\x1b\[[\d;]*m", "", line.rstrip())
            if found := PYTEST_SUMMARY.search(plain):
                summary = found[1]
            elif WRONG.match(plain):
                wrong.append(plain)
    if process.returncode:
        what = summary or f"exit status {process.returncode}: {shlex.join(command)}"
        raise ToolError("\n".join([what, *wrong]))
    return summary
