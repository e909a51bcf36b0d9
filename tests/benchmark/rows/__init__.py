# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the benchmark, a module for those that share their hosts."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmark.bench import Bench
from tests.benchmark.results import Figure
from tests.benchmark.rows import change, first, image, memory, project, serving, several, unchanged

Row = Callable[[Bench], list[Figure]]

ROWS: dict[str, Row] = {
    "P1": unchanged.one,
    "P2": unchanged.many,
    "P4": change.measure,
    "P7": memory.measure,
    "P3": first.measure,
    "P5": image.measure,
    "P6": serving.measure,
    "P9": project.measure,
    "P8": several.measure,
}
"""In the order of a run: hosts with many apps are used by one row after the other, then removed."""

CLEARS = ("P3", "P8")
"""Rows that begin without the hosts of those before, because they need the memory."""
