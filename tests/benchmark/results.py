# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row measured, kept as one JSON file for each row, so that a run that broke can go on and the page be made anew."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tools.process import CACHE

FOLDER = CACHE / "benchmark" / "results"


@dataclass(frozen=True)
class Figure:
    """Measurements of one thing: ``key`` names it within its row, ``side`` and ``what`` on the page.

    ``apps`` is the number of apps on the plot; 0 keeps the figure off it.
    """

    key: str
    side: str
    what: str
    unit: str
    values: tuple[float, ...]
    apps: int = 0


@dataclass(frozen=True)
class Result:
    """A row: its figures, and the conditions it was measured under, sentences for the page."""

    row: str
    figures: tuple[Figure, ...]
    conditions: Mapping[str, str] = field(default_factory=dict)

    def values(self, key: str) -> tuple[float, ...]:
        """The measurements of the figure ``key``; none if it was not measured."""
        return next((figure.values for figure in self.figures if figure.key == key), ())


Results = Mapping[str, Result]
"""By row."""


def save(result: Result, folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{result.row}.part"
    part.write_text(json.dumps(dataclasses.asdict(result), indent=1) + "\n")
    part.rename(folder / f"{result.row}.json")


def load(rows: Sequence[str], folder: Path = FOLDER) -> dict[str, Result]:
    """Return those of ``rows`` that were measured, in this order."""
    files = {row: folder / f"{row}.json" for row in rows}
    return {row: _read(json.loads(file.read_text())) for row, file in files.items() if file.is_file()}


def _read(data: dict[str, Any]) -> Result:
    figures = (Figure(**{**figure, "values": tuple(figure["values"])}) for figure in data["figures"])
    return Result(data["row"], tuple(figures), data["conditions"])
