# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that a user reads. PRIVATE to the collection: no stability promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One wrong value: which app, which key, what is wrong with the value and what to write instead.

    ``app`` is the app's name ("" when the problem is not one app's), ``key`` the path of the key
    (``locations[1].alias``), ``message`` a sentence that quotes the value and names the fix.
    """

    app: str
    key: str
    message: str

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.app, self.key) if part)
        return f"{where}: {self.message}" if where else self.message


class PyhostError(Exception):
    """A failure with a text for the user; modules turn it into ``fail_json``, never into a traceback."""


class Committed(PyhostError):
    """A failure after the commit of a rollout: the new version serves all the same."""


class LeavesSource(PyhostError):
    """A symlink of a source leads out of it; ``link`` is its name there."""

    def __init__(self, text: str, link: str) -> None:
        self.link = link
        super().__init__(text)


class Problems(PyhostError):
    """Every problem found in the input, reported together, before anything was touched."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.text())

    def text(self) -> str:
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = "\n".join("  " + str(problem).replace("\n", "\n    ") for problem in self.problems)
        return f"{count} {noun} found, nothing was changed:\n{lines}"
