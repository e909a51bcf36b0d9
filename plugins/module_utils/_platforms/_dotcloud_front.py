# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dotCloud's nginx takes from files of an app: ``*nginx.conf`` and ``*uwsgi.conf``. Pure. PRIVATE.

Sources: dotCloud's documentation 0.9 ("Nginx") and the template of its builder.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from ansible_collections.pyhost.platform.plugins.module_utils._aliases import alias_problems, block_problem
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._home import GATEWAYS
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._origins import marked
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

RULES, PASSING = "*nginx.conf", "*uwsgi.conf"

ERRORS = (404, 500, 502, 503, 504)
"""Statuses for which the platform asks the named location of that name (dotCloud, "Nginx")."""


def rules(app: App, facts: TreeFacts, current: str) -> str:
    """The app's text, and for each named location that it has for errors the way there."""
    text = _included(app, facts, RULES)
    pages = "".join(
        f"error_page {one} @{one};\n" for one in ERRORS if re.search(rf"^\s*location\s+@{one}\b", text, re.M)
    )
    return f"root {current}/;\n{pages}{text}"


def passing(app: App, facts: TreeFacts, protocol: str, current: str) -> str:
    """``maintenance`` is looked for at each request, as an owner makes and removes it without a deploy."""
    told = protocol in GATEWAYS
    port = f"{protocol}_param HTTP_X_FORWARDED_PORT" if told else "proxy_set_header X-Forwarded-Port"
    own = _included(app, facts, PASSING)
    return f"if (-f {current}/maintenance) {{\n    return 503;\n}}\n{port} $pyhost_port;\n{own}"


def problems(app: App, facts: TreeFacts) -> list[Problem]:
    """What can be known of the files before nginx itself reads them."""
    found = [Problem(app.name, path, text) for path, text in facts.unreadable.items() if _is_own(app, path)]
    for path, text in _texts(app, facts, RULES) + _texts(app, facts, PASSING):
        wrong = block_problem(text)
        if wrong:
            found.append(Problem(app.name, path, f"line {wrong}"))
    return found


def notes(app: App, facts: TreeFacts) -> tuple[str, ...]:
    """What an owner may want to know of files that nginx takes."""
    return tuple(f"{path}:{one}" for path, text in _texts(app, facts, RULES) for one in alias_problems(text))


def _is_own(app: App, path: str) -> bool:
    name = _name(app, path)
    return fnmatchcase(name, RULES) or fnmatchcase(name, PASSING)


def _name(app: App, path: str) -> str:
    """The name of a file of approot, "" for others."""
    prefix = below(app.approot)
    name = path[len(prefix) :]
    return name if path.startswith(prefix) and "/" not in name else ""


def _texts(app: App, facts: TreeFacts, pattern: str) -> list[tuple[str, str]]:
    """Paths and texts of files of approot, in the order in which nginx includes them."""
    return [(path, text) for path, text in sorted(facts.texts.items()) if fnmatchcase(_name(app, path), pattern)]


def _included(app: App, facts: TreeFacts, pattern: str) -> str:
    return "".join(marked(path, text) for path, text in _texts(app, facts, pattern))
