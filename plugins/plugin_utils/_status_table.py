# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of apps as a table in a terminal. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._todo import RUNNING
from ansible_collections.pyhost.platform.plugins.plugin_utils._figures import amount, number, release, since
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import table

COLUMNS = ("state", "app", "release", "python", "programs", "memory", "requests", "cert", "last change")
SHORT = ("state", "app", "rel", "python", "progs", "memory", "requests", "cert", "changed")
"""The same where there is little room."""

SHORT_NAME = 14

WIDE = 110
"""Columns of a terminal from which a table has digests and names of people."""

BOOT = {
    "systemd": "started at boot by units of the user",
    "cron": "started at boot by the crontab of the user",
    "none": "NOT started at boot",
}
"""How the apps of an account come back."""

WORDS = {"ok": "ok", "warning": "WARN", "problem": "FAIL"}


def text(hosts: Mapping[str, Mapping[str, Any]], now: datetime, width: int) -> str:
    """A table for each host with what is wrong below it, within ``width`` columns where names allow it."""
    return "\n\n".join(_host(host, part, now, width) for host, part in hosts.items())


def _host(host: str, part: Mapping[str, Any], now: datetime, width: int) -> str:
    if not part["reached"]:
        names = ", ".join(row["app"] for row in part["apps"])
        return f"{host}: FAIL not reached: {part['error']}" + (f"\n  not seen: {names}" if names else "")
    rows = part["apps"]
    if not rows:
        return f"{host}: no apps"
    states = [row["state"] for row in rows]
    heads = [f"{len(rows)} {'app' if len(rows) == 1 else 'apps'}"]
    heads += [f"{states.count(state)} {WORDS[state]}" for state in ("problem", "warning") if state in states]
    heads += [BOOT[part["boot"]]] if part.get("boot") in BOOT else []
    lines = [f"{host}: {', '.join(heads)}", _table(rows, now, width >= WIDE)]
    if part.get("boot"):  # Without a front nobody else knows where an app is.
        lines += [f"  {row['app']}: {' '.join(row['urls'])}" for row in rows if row["urls"]]
    lines += [line for row in rows for line in _notes(row)]
    return "\n".join(lines)


def _table(rows: Sequence[Mapping[str, Any]], now: datetime, wide: bool) -> str:
    columns = COLUMNS if wide else SHORT
    return table([dict(zip(columns, _cells(row, now, wide))) for row in rows], columns)


def _cells(row: Mapping[str, Any], now: datetime, wide: bool) -> tuple[str, ...]:
    last, requests, left = row["last"], row["requests"], row["certificate"]["days_left"]
    ago, who = since(last.get("time", ""), now), last.get("who", "")
    wanted = [one for one in row["programs"] if one["wanted"]]
    period = since(requests["since"], now)
    name = row["app"]
    asked = f"{number(requests['answered'])}{' in ' if wide else '/'}{period}" if period else "-"
    return (
        WORDS[row["state"]],
        name if wide or len(name) <= SHORT_NAME else f"{name[: SHORT_NAME - 1]}…",
        release(row["release"]["name"], 7 if wide else 0) or "-",
        row["python"]["version"] or "-",
        f"{sum(one['state'] in RUNNING for one in wanted)}/{len(wanted)}" if wanted else "-",
        amount(row["memory"]["app"]) if row["memory"]["cell"] else "-",
        asked,
        "-" if left is None else f"{left} d",
        (f"{ago} ago, {who[:24]}" if wide and who else ago) or "-",
    )


def _notes(row: Mapping[str, Any]) -> Iterator[str]:
    for one in row["findings"]:
        yield f"  {WORDS[one['level']]} {row['app']}: {one['text']}"
    if row["maintenance"]:
        yield f"  {row['app']} is in maintenance"


def failures(hosts: Mapping[str, Mapping[str, Any]]) -> str:
    """Every problem in a line of its own, for a run that is to fail; "" when there is none."""
    lines = []
    for host, part in hosts.items():
        if not part["reached"]:
            lines.append(f"{host} was not reached: {part['error']}")
            continue
        for row in part["apps"]:
            lines += [f"{row['app']} on {host}: {one['text']}" for one in row["findings"] if one["level"] == "problem"]
    return "\n".join(lines)
