# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps that start after others. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

After = Mapping[str, Sequence[str]]
"""The apps and those that each of them starts after."""


def problems(after: After) -> Iterator[tuple[str, str]]:
    """What is wrong with an order: (app, message)."""
    for app, names in after.items():
        for name in names:
            if name not in after:
                yield app, f'"{name}" is no app of this host that is to be present; remove it'
    circle = _circle(after)
    if circle:
        yield circle[0], f"Circular dependency detected: {', '.join(circle)}; remove one of these names"


def _circle(after: After) -> list[str]:
    """The apps that nothing can start before, without those that only come after them."""
    left = {app: {name for name in names if name in after} for app, names in after.items()}
    for forward in (True, False):
        while True:
            asked = {name for names in left.values() for name in names}
            free = [app for app, names in left.items() if (not names if forward else app not in asked)]
            if not free:
                break
            left = {app: names - set(free) for app, names in left.items() if app not in free}
    return list(left)


def next_ones(waiting: Collection[str], after: After) -> list[str]:
    """Those of ``waiting`` that need none of the others; all of them where there is no such app."""
    free = [app for app in waiting if not set(after.get(app, ())) & set(waiting)]
    return free or list(waiting)


def refusal(app: str, after: After, failed: Collection[str]) -> str:
    """Why an app does not start, "" where it may: it keeps the version it has if one before it failed."""
    before = [name for name in after.get(app, ()) if name in failed]
    return f"it comes after {', '.join(before)}, which failed" if before else ""
