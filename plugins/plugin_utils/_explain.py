# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each platform would make of a source, without any host. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import WEBLESS, App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS, Platform, Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS
from ansible_collections.pyhost.platform.plugins.plugin_utils._expand import expanded
from ansible_collections.pyhost.platform.plugins.plugin_utils._source import local_facts, open_source
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import table

COLUMNS = ("platform", "app", "runs", "why")

INPUTS = {"none": "nothing", "setup.py": "setup.py", "pyproject": "pyproject.toml", "uv.lock": "uv.lock"}
"""What is installed where no requirement files are named, by kind of input."""

MOMENTS = {"before": "before the virtualenv is made", "after": "after that", "start": "each time before the app starts"}


def explained(source: Mapping[str, str], entry: Mapping[str, Any], base: Path) -> list[dict[str, Any]]:
    """One row for each app that a platform would make of ``source``; for a platform that refuses it, one that says why.

    ``entry`` are further keys of an entry of ``pyhost_apps``; with ``platform`` in it, only that one is asked.
    """
    name = str(entry.get("name") or _name(source))
    wanted = [entry["platform"]] if "platform" in entry else list(PLATFORMS)
    rows: list[dict[str, Any]] = []
    for platform in wanted:
        rows.extend(_of_platform({**entry, "name": name, "platform": platform, "source": dict(source)}, base))
    return rows


def _name(source: Mapping[str, str]) -> str:
    """A name for the app: that of the directory or archive, as far as it can be one."""
    last = Path(next(iter(source.values()), "")).name.partition(".")[0].lower()
    name = re.sub("[^a-z0-9]+", "-", last).strip("-")[:31]
    return name if name and not formats.name(name) else "my-app"


def _of_platform(entry: Mapping[str, Any], base: Path) -> Iterator[dict[str, Any]]:
    entries, problems = expanded([entry], base)
    found = [dict(one) for one in entries] if isinstance(entries, list) else []
    bound = {str(one.get("name")): one.pop("services", ()) for one in found}
    apps: Sequence[App] = ()
    try:
        settings = Settings("system", "", "", tuple(PLATFORMS), tuple(SERVERS))
        apps = resolve(found, settings) if not problems else ()
    except Problems as error:
        problems = [*problems, *error.problems]
    if problems:
        yield _refusal(entry, entry["name"], problems)
    for app in apps:
        try:
            platform = PLATFORMS[app.platform]
            known = _understood(app, platform, base)
        except Problems as error:
            yield _refusal(entry, app.name, error.problems)
        except PyhostError as error:
            yield _refusal(entry, app.name, [Problem("", "", str(error))])
        else:
            yield _row(app, platform, known, bound[app.name])


def _understood(app: App, platform: Platform, base: Path) -> Understanding:
    local = open_source(app.source, base, platform.ignore, platform.excluded, platform.ignore_lines, platform.leaves)
    wanted = (app.approot, app.requirements, app.constraints, app.entrypoint)
    return platform.understand(app, local_facts(local, *wanted, reads=platform.reads))


def _refusal(entry: Mapping[str, Any], name: str, problems: Iterable[Problem]) -> dict[str, Any]:
    texts = [str(Problem("", one.key, one.message)) for one in problems]
    return {"platform": entry["platform"], "app": name, "ok": False, "refused": texts}


def _row(app: App, platform: Platform, known: Understanding, services: Iterable[str]) -> dict[str, Any]:
    """Everything but values that may be secret."""
    processes = {name: getattr(one, "command", one) for name, one in {**known.processes, **app.processes}.items()}
    return {
        "platform": app.platform,
        "app": app.name,
        "ok": True,
        "refused": [],
        "why": known.how,
        "server": known.server,
        "runs": _runs(app, known),
        "wrapper": [word.replace("{bin}", "VIRTUALENV/bin") for word in known.wrapper],
        "approot": app.approot,
        "python": app.python or known.python,
        "requirements": list(known.inputs.files) or [INPUTS.get(known.inputs.kind, known.inputs.kind)],
        "packages": list(known.packages),
        "wheels": "wheels/" if known.inputs.wheels else known.inputs.bundle,
        "system_packages": [*platform.system_packages, *known.system_packages],
        "environment": sorted({*known.environment, *app.environment}),
        "processes": processes,
        "steps": [asdict(one) for one in known.steps],
        "files": sorted({*known.files, *known.home}),
        "home": platform.of(app.name).home,
        "nginx": [name for name, text in (("server", known.rules), ("location /", known.passing)) if text],
        "supervisor": known.supervisor,
        "services": sorted({*known.services, *services}),
        "domains": list(app.domains),
        "notes": list(known.notes),
    }


def _runs(app: App, known: Understanding) -> str:
    if known.server == WEBLESS:
        return f"no web; processes: {', '.join({**known.processes, **app.processes})}"
    if known.server == "command":
        return app.command or known.command
    return f"{known.server} {known.target}".strip()


def text(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table of all rows, and below it a paragraph for each."""
    short = [{**row, "runs": "refused", "why": _first(row)} if not row["ok"] else dict(row) for row in rows]
    parts = [table(short, COLUMNS)]
    parts.extend("\n".join([f"{row['platform']}: {row['app']}", *_details(row)]) for row in rows)
    return "\n\n".join(parts)


def _first(row: Mapping[str, Any]) -> str:
    return str(row["refused"][0]).splitlines()[0]


def _details(row: Mapping[str, Any]) -> Iterator[str]:
    if not row["ok"]:
        for one in row["refused"]:
            yield from (f"  {line}" for line in f"refused: {one}".splitlines())
        return
    steps = [f"{one['name']} ({MOMENTS[one['when']]}): {one['command']}" for one in row["steps"]]
    lines = {
        "why": [row["why"]],
        "runs": [row["runs"]],
        "through": [" ".join(row["wrapper"])],
        "Python": [row["python"] or "pyhost_python_default"],
        "installs": [
            ", ".join(row["requirements"]) + (f" from {row['wheels']}, without an index" if row["wheels"] else "")
        ],
        "besides": [", ".join(row["packages"])],
        "Debian packages": [", ".join(row["system_packages"])],
        "step": steps,
        "process": [f"{name}: {command}" for name, command in row["processes"].items()],
        "environment": [", ".join(row["environment"])],
        "home": [row["home"]],
        "generates": [", ".join(row["files"])],
        "nginx text of its own": [", ".join(row["nginx"])],
        "Supervisor file of its own": [row["supervisor"]],
        "services": [", ".join(row["services"])],
        "domains": [", ".join(row["domains"])],
        "note": row["notes"],
    }
    for title, texts in lines.items():
        yield from (f"  {title}: {one}" for one in texts if one)
