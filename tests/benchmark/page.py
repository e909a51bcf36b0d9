# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the documentation: goals, figures, conditions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from tests.benchmark.goals import GOALS, judge
from tests.benchmark.results import Figure, Results
from tests.benchmark.spread import spread

HEAD = """\
# Benchmark

How fast a deploy is, and what it deploys. Figures are the median, with the least and the most in brackets. Compare only
within this page: another machine gives other figures. [CONTRIBUTING](../CONTRIBUTING.md#measure) tells how to
measure anew.

![Seconds of a run in which nothing changed, against the number of apps](benchmark.svg)"""

NOTES = """\
Goals of many apps mean 100 apps, those of a fleet 20 hosts; the figures below say how many were measured. Medians are compared,
and failed requests are those of all rounds together. Stock modules and pyinfra have few apps, because each of them takes
seconds more; where ours has all of its apps beside them, the comparison is in their favour. P4 changes the app in the middle. An
empty run in P9 is a deploy of no apps; the one file of a project is changed until the whole run has ended."""

SIDES = """\
* **pyhost.platform** is this collection.
* **stock modules** is a playbook of a competent operator: one role of stock modules, included once per app. It and the
  script of pyinfra bring supervisor and nginx, and make users, code, virtualenvs by pip, programs and sites.
* **pyinfra** is the same job for pyinfra. It keeps no connection between runs.
* **bare shell** is a loop of a careful administrator, sent over the same kind of connection: users, code, `uv venv`,
  `uv pip install`, a unit and a site, and only what differs. Nothing is proved healthy, kept for a way back, or apart."""


def page(results: Results) -> str:
    """Return the whole page."""
    parts = [
        HEAD,
        "## Goals",
        _goals(results),
        NOTES,
        "## Figures",
        SIDES,
        _figures(results),
        "## Conditions",
        _conditions(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(results: Results, rows: Iterable[str]) -> str:
    """The figures and goals of some rows, for a terminal."""
    chosen = {row: results[row] for row in rows if row in results}
    return f"{_figures(chosen)}\n\n{_goals(chosen, only_measured=True)}"


def _goals(results: Results, only_measured: bool = False) -> str:
    lines = [["", "what", "goal", "measured", ""], ["---", "---", "---:", "---:", "---"]]
    for goal in GOALS:
        if only_measured and goal.row not in results:
            continue
        verdict = judge(goal, results.get(goal.row))
        figure = " ".join(filter(None, (verdict.figure, verdict.figure and goal.unit)))
        lines.append([goal.row, goal.what, goal.wanted, figure, verdict.word])
    return _table(lines)


def _figures(results: Results) -> str:
    lines = [["", "what", "side", "measured", ""], ["---", "---", "---", "---:", "---"]]
    lines += [_line(row, figure) for row, result in results.items() for figure in result.figures]
    return _table(lines)


def _line(row: str, figure: Figure) -> list[str]:
    return [row, figure.what, figure.side, spread(figure.values).text(), figure.unit]


def _table(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _conditions(results: Results) -> str:
    """Sentences that hold for all rows are said once."""
    named: dict[str, dict[str, list[str]]] = {}
    for row, result in results.items():
        for name, text in result.conditions.items():
            named.setdefault(name, {}).setdefault(text, []).append(row)
    lines = []
    for name, texts in named.items():
        for text, rows in texts.items():
            which = "" if len(rows) == len(results) else f" ({', '.join(rows)})"
            lines.append(f"* **{name}**{which}: {text}")
    return "\n".join(textwrap.fill(line, 118, subsequent_indent="  ", break_on_hyphens=False) for line in lines)
