# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as a page."""

from __future__ import annotations

import textwrap
from statistics import median

from tests.benchmark.rounds import STEPS, Key, Side

TITLES = {"first": "first deploy", "nothing": "nothing changed", "changed": "one app's code changed"}
GOAL = (20, 5, 4)
"""Of ours, of stock's, and how many times faster ours has to be when nothing changed."""


def page(sides: list[Side], measured: dict[Key, list[float]], conditions: list[str]) -> str:
    """Return the whole page."""
    parts = [
        "# Benchmark",
        "How long a run takes, from start to end of `ansible-playbook`, in seconds: the median, and the least and the\n"
        "most in brackets. Compare only within this page: another machine gives other figures.\n"
        "`python3 -m tests.benchmark --help` says how to measure anew.",
        _rows(sides, measured),
        _goal(sides, measured),
        "## Conditions",
        "\n".join(textwrap.fill(f"- {line}", 118, subsequent_indent="  ") for line in conditions),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _rows(sides: list[Side], measured: dict[Key, list[float]]) -> str:
    ours, *peers = sides
    heads = ["", "apps", *(side.name for side in sides), *(f"{peer.name} ÷ {ours.name}" for peer in peers)]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for step in STEPS:
        for count in sorted({count for side in sides for count in side.apps}):
            figures = [measured.get((side.name, count, step), []) for side in sides]
            ratios = [f"{median(one) / median(figures[0]):.1f}" if one and figures[0] else "" for one in figures[1:]]
            lines.append([TITLES[step], str(count), *(_figure(one) for one in figures), *ratios])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure(seconds: list[float]) -> str:
    if not seconds:
        return ""
    text = f"{median(seconds):.1f}"
    return f"{text} ({min(seconds):.1f} to {max(seconds):.1f})" if len(seconds) > 1 else f"{text} (one run)"


def _goal(sides: list[Side], measured: dict[Key, list[float]]) -> str:
    ours_count, peer_count, times = GOAL
    ours = measured.get((sides[0].name, ours_count, "nothing"))
    theirs = measured.get((sides[-1].name, peer_count, "nothing"))
    if len(sides) == 1 or not ours or not theirs:
        return ""
    share = median(ours) / median(theirs)
    verdict = "reached" if share * times <= 1 else "MISSED"
    return (
        f"The goal, that {ours_count} unchanged apps take at most 1/{times} of what stock modules take for"
        f" {peer_count}, is {verdict}: {median(ours):.1f} s are {share:.2f} of {median(theirs):.1f} s."
    )
