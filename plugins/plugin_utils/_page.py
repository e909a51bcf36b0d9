# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of apps as one HTML page that needs nothing else: no script, no file, no network. Pure. PRIVATE.

All that is not ours goes through `_text`. The page's own policy lets a browser load nothing and use this one style.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._todo import RUNNING
from ansible_collections.pyhost.platform.plugins.plugin_utils._figures import amount, number, release, since, span
from ansible_collections.pyhost.platform.plugins.plugin_utils._page_style import STYLE
from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import counts

Row = Mapping[str, Any]

STATES = {"ok": "✓ ok", "warning": "▲ warning", "problem": "■ problem"}

COLUMNS = (
    ("App", "w18"), ("Version", "w16"), ("Programs", "w12"), ("Memory", "w10"), ("Requests", "w12"),
    ("Certificate", "w12"), ("Last change", "w20"),
)  # fmt: skip

NAMES = 3
"""Domains that are shown of one app."""


def page(report: Mapping[str, Any], now: datetime) -> str:
    """The page of a whole `_status_rows.report`."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    hosts = report["hosts"]
    ids = {(host, row["app"]): f"app-{number}" for number, (host, row) in enumerate(_rows(hosts))}
    sections = "".join(_host(host, part, ids, now) for host, part in hosts.items())
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{_title(counts(hosts))}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>Apps</h1>
<p>As of <time datetime="{_text(report["time"])}">{now:%Y-%m-%d %H:%M} UTC</time></p>
{_sum(counts(hosts))}
{_wrong(hosts, ids)}</header>
<main>
{sections or "<p>There is no host.</p>"}</main>
</body>
</html>
"""


def _text(value: object) -> str:
    return escape(str(value), quote=True)


def _title(found: Mapping[str, int]) -> str:
    wrong = found["problem"] + found["unreached"]
    return f"{wrong} {'problem' if wrong == 1 else 'problems'}" if wrong else f"{found['apps']} apps"


def _sum(found: Mapping[str, int]) -> str:
    words = {"problem": "with problems", "warning": "with warnings", "ok": "ok"}
    chips = (
        [f'<li class="problem">■ {_count(found["unreached"], "host")} not reached</li>'] if found["unreached"] else []
    )
    chips += [
        f'<li class="{level}">{STATES[level][0]} {_count(found[level], "app")} {text}</li>'
        for level, text in words.items()
        if found[level]
    ]
    return f'<ul class="sum">{"".join(chips)}<li>{_count(found["hosts"], "host")}</li></ul>'


def _count(value: int, noun: str) -> str:
    return f"{value} {noun if value == 1 else noun + 's'}"


def _rows(hosts: Row) -> Iterator[tuple[str, Row]]:
    return ((host, row) for host, part in hosts.items() for row in part["apps"])


def _wrong(hosts: Row, ids: Mapping[tuple[str, str], str]) -> str:
    """Links to all that has a problem."""
    links = [
        f'<a href="#{ids[host, row["app"]]}">{_text(row["app"])}</a>'
        for host, row in _rows(hosts)
        if row["state"] == "problem" and hosts[host]["reached"]
    ]
    return f'<p class="wrong">Problems: {", ".join(links)}</p>\n' if links else ""


def _host(host: str, part: Row, ids: Mapping[tuple[str, str], str], now: datetime) -> str:
    about = " · ".join(filter(None, (_text(part["os"]), _count(len(part["apps"]), "app"))))
    head = f"<h2>{_text(host)} <small>{about}</small></h2>\n"
    if not part["reached"]:
        names = ", ".join(_text(row["app"]) for row in part["apps"])
        unseen = f"<br>Not seen: {names}" if names else ""
        return f'<section>\n{head}<p class="away">■ Not reached: {_text(part["error"])}{unseen}</p>\n</section>\n'
    if not part["apps"]:
        return f"<section>\n{head}</section>\n"
    columns = "".join(f'<th scope="col" role="columnheader" class="{width}">{name}</th>' for name, width in COLUMNS)
    rows = "".join(_app(row, ids[host, row["app"]], now) for row in part["apps"])
    top = f'<thead role="rowgroup"><tr role="row">{columns}</tr></thead>'
    return f'<section>\n{head}<table role="table">\n{top}\n{rows}</table>\n</section>\n'


def _app(row: Row, place: str, now: datetime) -> str:
    cells = (_version(row), _programs(row), _memory(row), _requests(row, now), _certificate(row), _last(row, now))
    names = [name for name, _width in COLUMNS[1:]]
    rest = "".join(_cell(name, cell) for name, cell in zip(names, cells))
    notes = _notes(row)
    more = f'<tr role="row"><td role="cell" colspan="{len(COLUMNS)}">{notes}</td></tr>\n' if notes else ""
    main = f'<tr role="row" class="app"><th role="rowheader" scope="row">{_name(row)}</th>{rest}</tr>\n'
    return f'<tbody id="{place}" role="rowgroup" class="is-{_text(row["state"])}">\n{main}{more}</tbody>\n'


def _cell(name: str, content: str) -> str:
    if not content:
        return f'<td role="cell" class="none" data-name="{name}">-</td>'
    return f'<td role="cell" data-name="{name}"><div>{content}</div></td>'


def _small(*parts: str) -> str:
    return "".join(f"<small>{part}</small>" for part in parts if part)


def _name(row: Row) -> str:
    state = row["state"]
    scheme = "https" if row["certificate"]["end"] else "http"
    places = [_link(scheme, name) for name in row["domains"][:NAMES]] + [_text(one) for one in row["listen"]]
    more = len(row["domains"]) - NAMES
    places += [f"and {more} more"] if more > 0 else []
    tags = ["maintenance"] if row["maintenance"] else []
    tags += [f"{_text(name)}: {_text(kind)}" for name, kind in sorted(row["services"].items())]
    shown = "".join(f'<span class="tag">{tag}</span>' for tag in tags)
    badge = f'<span class="state {state}">{STATES[state]}</span>'
    return f"<b>{_text(row['app'])}</b> {badge}{_small(*places)}{shown}"


def _link(scheme: str, name: str) -> str:
    if re.fullmatch(r"[a-z0-9.-]{1,253}", name):
        return f'<a rel="noreferrer" href="{scheme}://{name}/">{name}</a>'
    return _text(name)


def _version(row: Row) -> str:
    python, found = row["python"], []
    if row["release"]["name"]:
        found.append(f'<span title="{_text(row["release"]["name"])}">{_text(release(row["release"]["name"]))}</span>')
    source, life, ends = _text(re.sub(r"https?://(\*{3}@)?", "", row["release"]["source"])), "", ""
    if python["version"]:
        life = " · ".join(filter(None, (f"Python {_text(python['version'])}", _text(row["server"]))))
    if python["end_of_life"]:
        over = python["days_left"] < 0
        kind = ' class="warning"' if over else ""
        ends = f"<span{kind}>fixes until {_text(python['end_of_life'])}</span>"
    print_ = row["virtualenv"]
    mark = f'virtualenv <code title="{_text(print_)}">{_text(print_[:12])}</code>' if print_ else ""
    return "".join(found) + _small(source, life, ends, mark)


def _programs(row: Row) -> str:
    return f'<ul class="runs">{"".join(map(_program, row["programs"]))}</ul>' if row["programs"] else ""


def _program(one: Row) -> str:
    state = str(one["state"])
    good = state in RUNNING
    level = "warning" if state == "STARTING" or (not good and not one["wanted"]) else "ok" if good else "problem"
    told = "" if state == "RUNNING" else f" {_text(state.lower())}"
    again = f" ↻{one['restarts']}" if one["restarts"] else ""
    about = f"{amount(one['memory'])}, for {span(one['seconds'])}" if good else state.lower()
    dot = f'<span class="{level}"><span class="dot"></span></span>'
    return f'<li title="{_text(about)}">{dot}{_text(one["name"])}{told}{again}</li>'


def _memory(row: Row) -> str:
    memory = row["memory"]
    return f"{amount(memory['app'])}{_small('cell ' + amount(memory['cell']))}" if memory["cell"] else ""


def _requests(row: Row, now: datetime) -> str:
    asked = row["requests"]
    period = since(asked["since"], now)
    if not period:
        return ""
    failed = f', <span class="warning">{number(asked["errors"])} failed</span>' if asked["errors"] else ""
    return f"{number(asked['answered'])}{_small(f'in {period}{failed}')}"


def _certificate(row: Row) -> str:
    left, end = row["certificate"]["days_left"], row["certificate"]["end"]
    if left is None:
        return ""
    return f"{_count(left, 'day')}{_small(f'until {_text(end)}')}"


def _last(row: Row, now: datetime) -> str:
    last, failed = row["last"], row["failed"]
    ago, wrong = since(last.get("time", ""), now), since(failed.get("time", ""), now)
    worse = f'<span class="problem">failed {wrong} ago by {_text(failed["who"])}</span>' if wrong else ""
    if not ago:
        return _small(worse)
    done = f"{last['what']} by {last['who']}"
    when = f'<time datetime="{_text(last["time"])}" title="{_text(last["time"])}">{ago} ago</time>'
    return f"{when}{_small(_text(done), _text(last['why']), worse)}"


def _notes(row: Row) -> str:
    items = [
        f'<li class="{_text(one["level"])}">{STATES[one["level"]][0]} {_text(one["text"])}</li>'
        for one in row["findings"]
    ]
    items += [_job(one) for one in row["jobs"]]
    return f'<ul class="notes">{"".join(items)}</ul>' if items else ""


def _job(job: Row) -> str:
    level = "ok" if job["result"] in ("", "ok") else "problem"
    parts: Iterable[str] = (
        f"{job['name']}: {job['schedule']}",
        f"last {_minute(job['last'])} {job['result']}".rstrip() if job["last"] else "not run yet",
        f"next {_minute(job['next'])}" if job["next"] else "",
    )
    dot = f'<span class="{level}"><span class="dot"></span></span>'
    return f'<li class="job">{dot}{_text(" · ".join(filter(None, parts)))}</li>'


def _minute(time: str) -> str:
    """A time without its seconds, ``2026-11-22 11:55``; other text as it is."""
    return f"{time[:10]} {time[11:16]}" if re.fullmatch(r"[0-9-]{10}T[0-9:.]{5,}Z", time) else time
