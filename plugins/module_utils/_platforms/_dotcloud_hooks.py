# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hooks of a dotCloud service, and the Supervisor file that they may write. Pure. PRIVATE to the collection.

Sources: dotCloud's documentation 0.9 ("Build File", "Hooks", "Daemons").
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from ansible_collections.pyhost.platform.plugins.module_utils import _supervisor_own
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import AFTER, BEFORE, START, Step
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import FILE, Service
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

POSTINSTALL, POSTINSTALL_SECONDS = "postinstall", 600
SUPERVISOR = "supervisord.conf"
_RELATIVE = re.compile(r"[\w.-]+/[\w./-]*")

TAKEN = ("app", "app-next", "cron", "nginx", "web", "workers-next")
"""Names that programs of a cell cannot have, because its own ones have them."""


def steps(app: App, service: Service, facts: TreeFacts, problems: list[Problem]) -> tuple[Step, ...]:
    """The hooks in their order; one that cannot be found, and that no earlier one could make, is a problem."""
    found: list[Step] = []
    for name, when, line in (("prebuild", BEFORE, service.prebuild), ("postbuild", AFTER, service.postbuild)):
        if line:
            problems.extend(_missing(app, facts, name, line, found))
            found.append(Step(name, when, _script(line, app, facts)))
    given = service.postinstall
    path = _path(app, given or POSTINSTALL)
    there = path in facts.paths
    if given:
        problems.extend(_missing(app, facts, POSTINSTALL, given, found))
    if given or there or found:
        command = _script(given or f"./{POSTINSTALL}", app, facts, change=False)
        if not given and not there:  # A hook may make it.
            command = f"if [ -e {POSTINSTALL} ]; then {command}; fi"
        found.append(Step(POSTINSTALL, START, command, POSTINSTALL_SECONDS, path if there else ""))
    return tuple(found)


def supervisor(
    app: App, facts: TreeFacts, hooks: Iterable[Step], processes: Iterable[str], problems: list[Problem]
) -> str:
    """The path of the owner's file, which hooks may make; one that is there has to be right."""
    path = f"{below(app.approot)}{SUPERVISOR}"
    if path in facts.unreadable:
        problems.append(Problem(app.name, path, facts.unreadable[path]))
    if path in facts.texts:
        try:
            _supervisor_own.read(facts.texts[path], path, (*TAKEN, *processes))
        except PyhostError as error:
            lines = [line.removeprefix(f"{path}: ") for line in str(error).splitlines()]
            problems.extend(Problem(app.name, path, line) for line in lines)
    return path if path in facts.paths or tuple(hooks) else ""


def _missing(app: App, facts: TreeFacts, name: str, line: str, earlier: Iterable[Step]) -> list[Problem]:
    """The problem of a hook that names a file of the tree which is not there."""
    word = line.split()[0]
    if not _RELATIVE.fullmatch(word) or tuple(earlier) or _path(app, word) in facts.paths:
        return []
    return [Problem(app.name, FILE, f'{name}: "{line}" is not in the source')]


def _path(app: App, line: str) -> str:
    return posixpath.normpath(f"{below(app.approot)}{line.split()[0]}")


def _script(line: str, app: App, facts: TreeFacts, change: bool = True) -> str:
    """The command for a hook: a file of the tree is found without ``./``, and made executable if ``change``."""
    word, _space, rest = line.partition(" ")
    if _path(app, word) not in facts.paths:
        return f"exec {line}"
    path = word if "/" in word else f"./{word}"
    command = f"exec {path} {rest}".rstrip()
    return f"chmod +x {path} 2>/dev/null; {command}" if change else command
