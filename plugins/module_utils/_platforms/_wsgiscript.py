# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts as mod_wsgi's documentation has them: ``NAME.wsgi``, which no ``import`` finds. Pure. PRIVATE."""

from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils._entrypoint import EntryPoint
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts, module_files

ENDING = ".wsgi"
_SCRIPT = re.compile(r"\w[\w-]*\.wsgi", re.ASCII)

LOADER = """\
import os

__file__ = os.path.abspath({file!r})
with open(__file__, "rb") as handle:
    exec(compile(handle.read(), __file__, "exec"))
"""
"""A module that has the names of a script, for servers that import what they run; it is found from the code's
directory."""


def find(app: App, facts: TreeFacts) -> EntryPoint | None:
    """The script that ``app`` is to be run from, or None; its ``module`` is the name of the file.

    ``entrypoint: shop.wsgi`` is a script where there is no module ``shop.wsgi``. Unasked, the server mod_wsgi takes
    the only one in approot. Raises `PyhostError` when there are several.
    """
    prefix = below(app.approot)
    given, _colon, attribute = app.entrypoint.partition(":")
    there = set(facts.paths)
    if given:
        known = any(path in there for path in module_files(given, prefix))
        if known or not given.endswith(ENDING) or prefix + given not in there:
            return None
        return EntryPoint(given, attribute or "application", "wsgi", how="entrypoint is given")
    if app.server != "mod_wsgi":
        return None
    found = sorted(path for path in there if path.startswith(prefix) and _SCRIPT.fullmatch(path[len(prefix) :]))
    if len(found) > 1:
        raise PyhostError(f"entrypoint: there are {' and '.join(found)}; name one, as in entrypoint: {found[0]}")
    if not found:
        return None
    name = found[0][len(prefix) :]
    return EntryPoint(name, "application", "wsgi", how=f"{name} is the script of mod_wsgi")
