# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a ``Procfile``. Pure. PRIVATE to the collection.

The form is that of Heroku ("The Procfile", devcenter.heroku.com): one ``NAME: COMMAND`` a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._formats import one_line
from ansible_collections.pyhost.platform.plugins.module_utils._process_formats import process_name
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

NAME = "Procfile"

_LINE = re.compile(r"([A-Za-z0-9_-]+)[ \t]*:[ \t]*(.*)")


@dataclass(frozen=True)
class Procfile:
    """``web`` serves the app, ``release`` runs before a new version serves; "" where there is no such line."""

    web: str = ""
    release: str = ""
    processes: dict[str, str] = field(default_factory=dict)


def procfile(facts: TreeFacts, approot: str) -> Procfile:
    """That of ``approot``, an empty one where there is none. Raises `PyhostError` that names each broken line."""
    path = below(approot) + NAME
    if path in facts.unreadable:
        raise PyhostError(f"{path} {facts.unreadable[path]}")
    return parse(facts.texts.get(path, ""), path)


def parse(text: str, path: str = NAME) -> Procfile:
    """Empty lines and those that begin with ``#`` say nothing."""
    found: dict[str, str] = {}
    places: dict[str, int] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = _LINE.fullmatch(line.strip())
        problem = _problem(parts, line, places)
        if problem or not parts:
            problems.append(f"{path}: line {number}: {problem}")
            continue
        found[parts[1]], places[parts[1]] = parts[2], number
    if problems:
        raise PyhostError("\n".join(problems))
    return Procfile(found.pop("web", ""), found.pop("release", ""), found)


def _problem(parts: re.Match[str] | None, line: str, places: dict[str, int]) -> str:
    if not parts:
        return f'{shown(line)} is no process; write a name and a command, for example "worker: celery -A shop worker"'
    name, command = parts[1], parts[2]
    if not command:
        return f"{name} has no command; write one behind the colon, or remove the line"
    if name in places:
        return f"{name} is declared in line {places[name]} already; remove one of the two"
    return one_line(command) or ("" if name in ("web", "release") else process_name(name))
