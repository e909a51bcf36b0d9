# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that an app's entry point can be imported, before anything starts. PRIVATE to the collection.

The finished virtualenv's Python imports it as its server will: in the same directory, with the same environment.
"""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._probe import MARK, PROBE
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, Finished, run

SPARE = 5
"""Seconds that the program may outlive its own deadline, at which it tells where it hangs."""

OWN_FILES = {"gunicorn": ("gunicorn.conf.py",)}
UWSGI = ("uwsgi", "fastcgi", "scgi")
"""The servers that are uWSGI."""

OWN_NAMES = {"gunicorn": "GUNICORN_CMD_ARGS", "uvicorn": "UVICORN_", **dict.fromkeys(UWSGI, "UWSGI_")}
"""A server's own settings, which may decide how a module is imported: then only the server itself can tell."""

INSIDE_ONLY = dict.fromkeys(UWSGI, ("uwsgi", "uwsgidecorators"))
"""Modules that exist in the processes of a server and nowhere else."""

_PLACE = re.compile(r'^  File "(.+)", line (\d+) in ', re.MULTILINE)


def unchecked(plan: dict[str, Any], checked: Any) -> bool:
    """Whether the app's code was not yet tried in this virtualenv; ``checked`` is what the release's record says."""
    if not plan["target"] and not plan["manage"]:
        return False
    known = checked if isinstance(checked, dict) else {}
    return bool(known.get(plan["virtualenv"]["fingerprint"]) != plan["target"])


def check_entry(plan: dict[str, Any], python: str, temporary: Path, deadline: Deadline) -> str:
    """Import the plan's entry point with ``python``; returns the name of the Django settings it uses, or "".

    Raises `PyhostError` with the cause and the end of the traceback. Files that are generated for the app are
    not in force yet, so for this they are written into the directory ``temporary``.
    """
    process, target = plan["launch"]["process"], plan["target"]
    server, environment = process["server"], dict(process["environment"])
    if not target or _decides_itself(server, Path(process["cwd"]), environment):
        return ""
    module, _colon, name = target.partition(":")
    seconds, limit = min(
        (plan["launch"]["health"]["timeout"], "health.timeout"), (max(1.0, deadline.left()), "build_timeout")
    )
    words = [python, "-c", PROBE, server, module, name.partition("(")[0], str(seconds)]
    if _write_generated(plan["conf"], temporary):
        environment["PYTHONPATH"] = ":".join(filter(None, (str(temporary), environment.get("PYTHONPATH", ""))))
    finished = run(words, Deadline(seconds + SPARE), cwd=process["cwd"], env=environment)
    found = answer_in(finished.output)
    if found.get("module") in INSIDE_ONLY.get(server, ()):
        return ""
    problem = trouble(target, found, finished, process["cwd"], f"{seconds:.0f} s ({limit})")
    if problem:
        raise PyhostError(f"entry point {target} {problem}")
    return str(found["settings"])


def _decides_itself(server: str, cwd: Path, environment: dict[str, str]) -> bool:
    prefix = OWN_NAMES.get(server, "")
    named = bool(prefix) and any(name.startswith(prefix) for name in environment)
    return named or any((cwd / name).exists() for name in OWN_FILES.get(server, ()))


def _write_generated(conf: dict[str, str], directory: Path) -> bool:
    """Write the generated modules of a configuration set; false when it has none."""
    texts = {name.partition("/")[2]: text for name, text in conf.items() if name.startswith("python/")}
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    return bool(texts)


def answer_in(output: str) -> dict[str, Any]:
    """What the program found; empty when it did not come to its end."""
    line = output.rpartition(MARK)[2].partition("\n")[0] if MARK in output else ""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def trouble(target: str, found: dict[str, Any], finished: Finished, cwd: str, limit: str) -> str:
    """Why the entry point cannot serve, with what there is to read; "" when it can."""
    said = Finished(finished.status, finished.output.rpartition(MARK)[0] or finished.output).tail()
    module, _colon, name = target.partition(":")
    if not found:
        lines = f"; its last lines:\n{said}" if said else " and said nothing"
        return f"{_end(finished, cwd, limit)}{lines}"
    if "error" in found:
        return f"cannot be imported: {found['error']}; its last lines:\n{said}"
    names = ", ".join(found.get("names", ()))
    hint = f"names that look right: {names}" if names else "nothing in it looks like an application"
    if "missing" in found:
        return f"is not there: {module} has no {found['missing']}; {hint}"
    if "kind" in found:
        return f"cannot serve: {name} of {module} is no callable but a value of type {found['kind']}; {hint}"
    return ""


def _end(finished: Finished, cwd: str, limit: str) -> str:
    """How an import ended that did not come back."""
    if finished.output.find("Timeout (") >= 0 and finished.status == 1:
        main = finished.output.rpartition("Thread 0x")[2]
        inside = [place for place in _PLACE.findall(main) if place[0].startswith(f"{cwd}/")]
        where = f"; it hangs in line {inside[0][1]} of {os.path.relpath(inside[0][0], cwd)}" if inside else ""
        return f"was not imported within {limit}{where}"
    if finished.status < 0:
        return f"cannot be imported: it ended Python ({signal.strsignal(-finished.status)})"
    return f"cannot be imported: it ended Python with status {finished.status}"
