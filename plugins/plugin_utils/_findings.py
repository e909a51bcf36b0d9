# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with an app, or soon will be, from the facts of a look at it. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _endoflife
from ansible_collections.pyhost.platform.plugins.module_utils._todo import RUNNING
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import SOON_DAYS

PROBLEM, WARNING, OK = "problem", "warning", "ok"
LEVELS = (OK, WARNING, PROBLEM)

KINDS = ("cell", "program", "change", "drift", "certificate", "python", "job")

LAST_DAYS = 7
"""Days before the end of a certificate from which it is a problem; everything that renews has had its time."""

MANY = 3
"""Restarts of a program within a day that are worth a word."""

Finding = dict[str, str]


def findings(
    look: Mapping[str, Any], declared: bool | None, branch: str, certificate_days: int | None, today: date
) -> list[Finding]:
    """``level``, ``kind`` and ``text`` of each, problems first.

    ``declared`` says whether the app is in ``pyhost_apps``, None where that names no app. ``certificate_days`` are left
    of the certificate, None when there is none.
    """
    if look.get("error"):
        found = [(PROBLEM, "cell", f"its cell cannot be looked at: {look['error']}")]
    elif not look.get("current"):
        found = list(_absent(look))
    else:
        found = [*_cell(look), *_programs(look), *_missing(look), *_change(look), *_drift(look)]
        found += [*_certificate(look, certificate_days), *_python(branch, today), *_jobs(look)]
    if declared is False and look:
        found.append((WARNING, "drift", "it is deployed, and not declared"))
    found.sort(key=lambda one: -LEVELS.index(one[0]))
    return [{"level": level, "kind": kind, "text": text} for level, kind, text in found]


def worst(found: list[Finding]) -> str:
    """The level of an app with these findings."""
    return max((one["level"] for one in found), key=LEVELS.index, default=OK)


_Found = Iterator[tuple[str, str, str]]


def _absent(look: Mapping[str, Any]) -> _Found:
    if look.get("failed"):
        yield PROBLEM, "change", f"its first deploy {_failure(look['failed'])}"
    else:
        yield PROBLEM, "drift", "it is declared, and not deployed"


def _failure(failed: Mapping[str, str]) -> str:
    return f"failed at {failed['stage']}: {_first(failed['error'])}"


def _first(text: str) -> str:
    """The first line of a text, which says it all; the rest is what somebody's program wrote."""
    return (text.strip().splitlines() or [""])[0]


def _cell(look: Mapping[str, Any]) -> _Found:
    if look.get("unit", "active") not in ("", "active"):
        yield PROBLEM, "cell", f"the unit of its cell is {look['unit']}"
    if not look.get("launched", True):
        yield PROBLEM, "drift", "what is in force cannot be read: its launch file is gone, or no deploy wrote it"
    if look.get("late"):
        level = PROBLEM if "programs" in look["late"] else WARNING
        yield level, "cell", f"not seen in time: {', '.join(look['late'])}"


def _programs(look: Mapping[str, Any]) -> _Found:
    level = WARNING if look.get("held") else PROBLEM
    if look.get("held"):
        yield WARNING, "change", f"a change is under way: {look['held']}"
    if not look.get("daemon", True):
        if look.get("unit", "active") == "active":
            yield level, "program", "supervisord does not answer"
        return
    rows = look.get("programs", {})
    for name in look.get("wanted", ()):
        row = rows.get(name, {"state": "MISSING"})
        if row["state"] not in RUNNING:
            why = f" ({row['why']})" if row.get("why") else ""
            yield level, "program", f"{name} is {row['state'].lower()}{why}"
        elif row.get("other"):
            yield WARNING, "drift", f"{name} runs something else than was deployed"
        if row.get("restarts", 0) >= MANY:
            yield WARNING, "program", f"{name} ended by itself {row['restarts']} times within a day"
        if row.get("over"):
            yield WARNING, "program", f"{name} {row['over']}"


def _missing(look: Mapping[str, Any]) -> _Found:
    if not look.get("release", {}).get("there", True):
        yield PROBLEM, "drift", f"its release {look['release']['name']} is missing"
    if not look.get("built", True):
        yield PROBLEM, "drift", "its virtualenv is missing"
    elif not look.get("interpreter", True):
        yield PROBLEM, "drift", f"the interpreter of its virtualenv is missing (Python {look.get('python', '')})"


def _change(look: Mapping[str, Any]) -> _Found:
    if look.get("failed"):
        yield PROBLEM, "change", f"the last change {_failure(look['failed'])}"
    if look.get("rolling") and not look.get("held"):
        yield PROBLEM, "change", "a change was interrupted; the next deploy finishes it or takes it back"


def _drift(look: Mapping[str, Any]) -> _Found:
    if look.get("edited"):
        yield WARNING, "drift", "generated files were edited"
    if not look.get("links", True):
        yield WARNING, "drift", "links are missing"
    if look.get("code"):
        yield WARNING, "drift", f"code was changed by hand: {', '.join(look['code'])}"
    if look.get("packages"):
        yield WARNING, "drift", f"packages were changed by hand: {', '.join(look['packages'])}"


def _certificate(look: Mapping[str, Any], left: int | None) -> _Found:
    if look.get("certificate") and left is None:
        yield PROBLEM, "certificate", "its certificate cannot be read"
    elif left is not None and left < 0:
        yield PROBLEM, "certificate", f"its certificate ended {_days(-left)} ago"
    elif left is not None and left < SOON_DAYS:
        yield PROBLEM if left < LAST_DAYS else WARNING, "certificate", f"its certificate ends in {_days(left)}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _python(branch: str, today: date) -> _Found:
    text = _endoflife.warning(branch, today)
    if text:
        yield WARNING, "python", text.partition(";")[0]


def _jobs(look: Mapping[str, Any]) -> _Found:
    for name, row in look.get("cron", {}).items():
        if row["result"] not in ("", "ok"):
            yield PROBLEM, "job", f"the job {name} failed: {_first(row['result'])}"
