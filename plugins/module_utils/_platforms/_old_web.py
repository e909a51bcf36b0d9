# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of the time before WSGI: scripts of CGI, and handlers of mod_python. Pure. PRIVATE to the collection."""

from __future__ import annotations

import posixpath
import re

from ansible_collections.pyhost.platform.plugins.module_utils import _cgiscripts
from ansible_collections.pyhost.platform.plugins.module_utils._entrypoint import find
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._health import accepted
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._schema import MOD_PYTHON, NO_MOD_PYTHON
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

HTACCESS = ".htaccess"

_HANDLER = re.compile(r"^\s*(?:(?:Set|Add)Handler\s+(?:mod_python|python-program)\b|Python\w*Handler\s)", re.I | re.M)
"""Directives that name mod_python as what answers ("python-program" is its name before version 3.1)."""

NOT_FOUND = 404


def refuse_mod_python(facts: TreeFacts, approot: str) -> None:
    """Raises `PyhostError` for a tree whose ``.htaccess`` leaves requests to mod_python."""
    path = f"{below(approot)}{HTACCESS}"
    found = _HANDLER.search(facts.texts.get(path, ""))
    if found:
        raise PyhostError(f"server: {path} asks for {MOD_PYTHON} ({found[0].strip()}), which {NO_MOD_PYTHON}")


def cgi_endings(app: App, facts: TreeFacts) -> tuple[str, ...]:
    """The endings of the scripts of an app of scripts (`_cgiscripts`); () for an app of a WSGI callable.

    Raises `Problems` where the app's health could not be asked for, `PyhostError` where there is nothing to run.
    """
    prefix = below(app.approot)
    names = [path[len(prefix) :] for path in facts.paths if path.startswith(prefix)]
    endings = _cgiscripts.endings(names)
    scripts = [name for name in names if _cgiscripts.is_script(name, endings) and not f"/{name}".count("/.")]
    plain = all(name.endswith(".py") and _cgiscripts.CGI_BIN not in name.split("/")[:-1] for name in scripts)
    if app.entrypoint or (plain and _callable(app, facts, bool(scripts))):
        return ()
    _check_health(app, names, scripts, endings)
    return endings


def _callable(app: App, facts: TreeFacts, scripts: bool) -> bool:
    """Whether there is a callable; raises `PyhostError` if there is neither that nor a script."""
    try:
        find(facts, app.approot, "", "wsgi")
    except PyhostError:
        if scripts:
            return False
        raise
    return True


def _check_health(app: App, names: list[str], scripts: list[str], endings: tuple[str, ...]) -> None:
    files = set(names)
    directories = {".", *(posixpath.dirname(name) for name in names)}
    directories |= {name[:place] for name in directories for place, sign in enumerate(name) if sign == "/"}
    path = app.health.path.partition("?")[0]
    found = _cgiscripts.script(path, endings, files.__contains__, directories.__contains__)[0]
    if not found and not accepted(NOT_FOUND, app.health.status):
        text = f"{shown(path)} leads to no script; write for example health: {{path: /{scripts[0]}}}"
        raise Problems([Problem(app.name, "health.path", text)])
