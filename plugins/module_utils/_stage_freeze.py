# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed in the virtualenv that an app runs from, read as its user. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import re
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cells, _files, _formats, _home
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, PyhostError

MOST = 5000
"""Packages that are read; what lies in a virtualenv is its owner's."""

NAME = re.compile(r"[A-Za-z0-9._-]+")


def freeze(job: dict[str, Any]) -> dict[str, Any]:
    """`installed` of the app ``job["name"]``; ``found`` is false where this host has no such app."""
    name = job["name"]
    problem = _formats.name(name)
    if problem:
        raise PyhostError(str(Problem("", "app", problem)))
    root = os.path.realpath(os.path.expanduser(job["root"]))
    cells = [cell for cell in _cells.cells(job["scope"], root) if cell.name == name]
    if not cells:
        return {"changed": False, "found": False}
    answer = as_users([(cells[0].user, partial(installed, Path(cells[0].home)))])[0]
    if "error" in answer:
        raise PyhostError(f"{name}: its virtualenv cannot be read: {answer['error']}")
    return {"changed": False, **answer}


def installed(home: Path) -> dict[str, Any]:
    """The distributions of the virtualenv in force, with the ``packages`` that no requirement of the app's own named.

    Nothing of the virtualenv is run: its metadata is read, as the packaging standards have it.
    """
    launch = _home.launch(home, _home.current(home))
    prefix = home / "virtualenvs" / launch["process"]["virtualenv"] if launch else home
    marker = _files.read_json(prefix / _home.MARKER)
    if not launch or not marker:
        return {"found": False}
    parts = marker.get("components")
    packages = str(parts.get("packages", "")).split() if isinstance(parts, dict) else []
    found: list[dict[str, Any]] = []
    for place in sorted(prefix.glob("lib/python*/site-packages")):
        for one in metadata.distributions(path=[str(place)]):
            if len(found) == MOST:
                raise PyhostError(f"more than {MOST} packages are in it")
            found.append(_distribution(one))
    return {"found": True, "distributions": found, "packages": packages, "cwd": launch["process"]["cwd"]}


def _distribution(one: metadata.Distribution) -> dict[str, Any]:
    """Name, version, where it came from (PEP 610), whether it was asked for (PEP 376), names that it may require."""
    try:
        direct = json.loads(one.read_text("direct_url.json") or "{}")
    except ValueError:
        direct = {}
    names = [found[0] for found in map(NAME.match, one.requires or ()) if found]
    return {
        "name": str(one.metadata["Name"]),
        "version": str(one.version),
        "direct": direct if isinstance(direct, dict) else {},
        "requested": one.read_text("REQUESTED") is not None,
        "requires": names,
    }
