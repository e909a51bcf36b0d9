# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platform ``site5``: an account of shared hosting, as at Site5: Apache, ``.htaccess``, ``django.fcgi``. PRIVATE.

A web root ``~/public_html/NAME`` for each subdomain, served by an Apache of the app's own with mod_fcgid and mod_cgid.
With ``source`` the code is the account's tree, and a deploy brings it; without, all of the home is its owner's.
"""

from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils import _apache
from ansible_collections.pyhost.platform.plugins.module_utils._apache import Root
from ansible_collections.pyhost.platform.plugins.module_utils._cell import INSIDE, TOOLS, WHOLE
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import SIZES, App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _site5_python as python
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _site5_texts as texts
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import (
    AFTER,
    Platform,
    Step,
    Understanding,
)
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._old_web import refuse_mod_python
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs, collect
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

WEB = "public_html"
HOME = "/home/{user}"
SYSTEM = ("apache2-bin", "libapache2-mod-fcgid", "media-types")
"""Debian packages: programs and modules; the service and its configuration are in others (apache2)."""

OURS = (
    "app", "bin", "conf", "current", "data", "launches", "lib", "logs", "pyvenv.cfg", "releases", "run", "static",
    "venv", "virtualenvs",
)  # fmt: skip
"""Names in a home that the source cannot have: those of every cell, and those of the virtualenv."""

_SCRIPT = re.compile(r"(?<![\w./-])/?([\w-]+(?:/[\w-]+)*\.(?:fcgi|fcg|fpl))\b")
LIBRARIES = (
    'mkdir -p lib && for one in "$VIRTUAL_ENV"/lib/python*; do ln -sfn "$one" lib/ && ln -sfn "$one" lib/python; done'
)
"""So that a link of the source into ``lib/python/site-packages`` leads into the virtualenv of the same version."""


def understand(app: App, facts: TreeFacts) -> Understanding:
    """How to build and run ``app``; raises `Problems` when its tree does not say."""
    by_hand = "source" not in app.given
    problems = [*_entry(app), *([] if by_hand else _tree(app, facts))]
    if problems:
        raise Problems(problems)
    roots = web_roots(app, facts)
    inputs = collect(facts, app.approot, app.requirements, app.constraints)
    home = HOME.replace("{user}", app.name)
    homes = tuple(dict.fromkeys((home, INSIDE)))
    workers = app.workers or SIZES["small"]
    conf = _apache.conf(roots, homes, workers, app.requests.timeout)
    command = f'exec {TOOLS}/bin/pyhost-apache "$PYHOST_FILES/apache.conf"'
    return Understanding(
        "command",
        "",
        inputs,
        _packages(inputs),
        files={**python.files(), "apache.conf": conf},
        how=f"{', '.join(root.path for root in roots)}, by Apache",
        command=f'{command} "$HOME"' if by_hand else command,
        steps=() if by_hand else (Step("lib", AFTER, LIBRARIES),),
        links={} if by_hand else _links(app, facts),
        home=texts.programs() if by_hand else {},
        once={**texts.once(), **(_pages(roots) if by_hand else {})},
        notes=_notes(app, facts),
    )


def _packages(inputs: Inputs) -> tuple[str, ...]:
    """flup speaks FastCGI, and since 1.0.3 with Python 3 alone, which that version does not say; ``cgi`` and ``cgitb``
    are in no Python since 3.13 (PEP 594).
    """
    wanted = {
        "flup": ('flup; python_version >= "3"', 'flup<1.0.3; python_version < "3"'),
        "legacy-cgi": ('legacy-cgi; python_version >= "3.13"',),
        "pip": () if inputs.wheels else ("pip",),
    }
    return tuple(text for name, texts in wanted.items() if name not in inputs.names for text in texts)


def web_roots(app: App, facts: TreeFacts) -> tuple[Root, ...]:
    """Where each domain is: a subdomain in the directory of its name, if there is one, all else in the web root."""
    named: dict[str, list[str]] = {}
    for domain in app.domains:
        named.setdefault(_directory(app, facts, domain), []).append(domain)
    if not named:
        return (Root(_only(app, facts)),)
    return tuple(Root(path, tuple(names)) for path, names in named.items())


def _directory(app: App, facts: TreeFacts, domain: str) -> str:
    label, _dot, rest = domain.partition(".")
    if "." not in rest or not re.fullmatch(r"[a-z0-9-]+", label) or label == "www":
        return _only(app, facts) if len(app.domains) == 1 else WEB
    path = f"{WEB}/{label}"
    return path if "source" not in app.given or _there(app, facts, path) else _only(app, facts)


def _only(app: App, facts: TreeFacts) -> str:
    """The web root of an app with no subdomain: the one directory in it, if it holds nothing else."""
    names = {path[len(below(app.approot)) + len(WEB) + 1 :] for path in _web(app, facts)}
    tops = {name.partition("/")[0] for name in names}
    return f"{WEB}/{tops.pop()}" if len(tops) == 1 and all("/" in name for name in names) else WEB


def _web(app: App, facts: TreeFacts) -> list[str]:
    return [path for path in facts.paths if path.startswith(f"{below(app.approot)}{WEB}/")]


def _there(app: App, facts: TreeFacts, path: str) -> bool:
    return any(one.startswith(f"{below(app.approot)}{path}/") for one in facts.paths)


def _entry(app: App) -> list[Problem]:
    """What of an entry has no meaning where Apache starts the app."""
    fix = "Apache starts what .htaccess names; remove it, or choose another platform"
    return [Problem(app.name, key, fix) for key in ("server", "entrypoint", "command") if key in app.given]


def _tree(app: App, facts: TreeFacts) -> list[Problem]:
    if not _web(app, facts):
        text = f"holds no {below(app.approot)}{WEB}, which is what Apache serves; put the web root there"
        return [Problem(app.name, "source", text)]
    found = []
    for root in dict.fromkeys(one.path for one in web_roots(app, facts)):
        path = f"{below(app.approot)}{root}/.htaccess"
        if path in facts.unreadable:
            found.append(Problem(app.name, "source", f"{path} {facts.unreadable[path]}"))
        text = facts.texts.get(path, "")
        for name in scripts(text):
            if f"{below(app.approot)}{root}/{name}" not in facts.paths:
                says = f"{path} leads to {name}, which is not in {root}; put it there, executable (chmod 755)"
                found.append(Problem(app.name, "source", says))
        try:
            refuse_mod_python(facts, f"{below(app.approot)}{root}")
        except PyhostError as error:
            key, _colon, says = str(error).partition(": ")
            found.append(Problem(app.name, key, says))
    return found


def scripts(htaccess: str) -> list[str]:
    """The FastCGI scripts to which rules of a ``.htaccess`` lead (mod_rewrite, "RewriteRule")."""
    rules = [line.split() for line in htaccess.splitlines() if re.match(r"\s*RewriteRule\s", line, re.I)]
    named = [_SCRIPT.match(words[2]) for words in rules if len(words) > 2]
    return list(dict.fromkeys(one.group(1) for one in named if one))


def _links(app: App, facts: TreeFacts) -> dict[str, str]:
    """The account's own directories, and the virtualenv where a virtual Python is: in the home itself."""
    tops = {path[len(below(app.approot)) :].partition("/")[0] for path in facts.paths if _in(app, path)}
    own = {name: f"{{approot}}/{name}" for name in sorted(tops) if name not in OURS and not name.startswith(".")}
    return {**own, **{name: f"{{venv}}/{name}" for name in ("bin", "lib", "pyvenv.cfg")}}


def _in(app: App, path: str) -> bool:
    return path.startswith(below(app.approot))


def _notes(app: App, facts: TreeFacts) -> tuple[str, ...]:
    tops = {path[len(below(app.approot)) :].partition("/")[0] for path in facts.paths if _in(app, path)}
    return tuple(f"{name} of the source is not used: a cell has its own" for name in sorted(tops & set(OURS)))


def _pages(roots: tuple[Root, ...]) -> dict[str, str]:
    return {f"{root.path}/index.html": texts.page(root) for root in roots}


PLATFORM = Platform(
    understand,
    reads=(f"{WEB}/.htaccess", f"{WEB}/*/.htaccess"),
    home=HOME,
    virtualenv=HOME,
    views=((WHOLE, HOME),),
    path=(f"{HOME}/bin", f"{INSIDE}/venv/bin"),
    system_packages=SYSTEM,
    site="site5",
    writable=True,
    leaves="{link} is a symlink that leads out of {root}, which Apache would not follow; make it relative, "
    "and within the source, as in: ln -s ../../projects/django/mysite/media static",
)
