# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding what to run. PRIVATE to the collection.

The order: what is given; ``wsgi.py:application``; Django; ``asgi.py``; a callable in ``app.py``, ``main.py``;
the project's own name (as the AusNimbus builder does with ``python setup.py --name``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Union

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pyproject import (
    project_dependencies,
    project_name,
    setup_cfg_name,
    setup_name,
)
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below, parse, requirement_name
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts, import_names, module_files

_GIVEN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_][\w.]*(\(.*\))?)?", re.ASCII)
_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*["']([\w.]+)["']""")
_WSGI_APPLICATION = re.compile(r"""^(WSGI|ASGI)_APPLICATION\s*=\s*["']([\w.]+)\.(\w+)["']""", re.MULTILINE)
_ASGI_IMPORT = re.compile(r"^\s*(?:from|import)\s+(?:fastapi|starlette|quart|litestar)\b", re.MULTILINE)
_ASGI_NAMES = {"fastapi", "starlette", "quart", "litestar", "blacksheep"}
_WSGI_NAMES = {"flask", "django", "bottle", "pyramid", "falcon"}
_FIRST = ("application", "app")


@dataclass(frozen=True)
class EntryPoint:
    """What to run: ``attribute`` of ``module`` (imported from approot), spoken to by ``interface`` (wsgi, asgi).

    ``django_settings`` is the settings module of a Django project. Where it has no WSGI file, ``module`` and
    ``attribute`` are empty: one is to be written. ``how`` says in words how it was found.
    """

    module: str
    attribute: str
    interface: str
    django_settings: str = ""
    how: str = ""


Tried = Union[EntryPoint, str]
"""What a condition gives: what to run, or why it does not hold."""


class _Search:
    def __init__(self, facts: TreeFacts, approot: str, prefer: str) -> None:
        self.facts = facts
        self.prefix = below(approot)
        self.prefer = prefer
        self.paths = set(facts.paths) | set(facts.texts)

    def missing(self, name: str) -> str:
        """Why the file cannot be looked into, or ""."""
        path = self.prefix + name
        if path in self.facts.unreadable:
            return f"{name} {self.facts.unreadable[path]}"
        return "" if path in self.facts.texts else f"there is no {name}"

    def module_file(self, module: str) -> str:
        """The file of a module of the tree, or ""."""
        return next((path for path in module_files(module, self.prefix) if path in self.paths), "")

    def guess(self, path: str) -> str:
        """The interface of a callable that the code does not tell: by imports, then by what is required."""
        if self.prefer:
            return self.prefer
        if _ASGI_IMPORT.search(self.facts.texts.get(path, "")):
            return "asgi"
        lines = parse(self.facts.texts.get(f"{self.prefix}requirements.txt", ""))
        names = {line.name for line in lines}
        names.update(
            map(requirement_name, project_dependencies(self.facts.texts.get(f"{self.prefix}pyproject.toml", "")))
        )
        return "asgi" if names & _ASGI_NAMES and not names & _WSGI_NAMES else "wsgi"

    def in_file(self, name: str, wanted: tuple[str, ...], default: str = "") -> Tried:
        """A callable of a file in approot: one of ``wanted``, or any when that is empty."""
        problem = self.missing(name)
        if problem:
            return problem
        path = self.prefix + name
        found = dict(self.facts.callables.get(path, ()))
        names = [one for one in (wanted or (*_FIRST, *found)) if one in found]
        if not names:
            what = " or ".join(repr(one) for one in wanted)
            return f"{name} defines no {what}" if wanted else f"{name} defines no WSGI or ASGI callable"
        kind = found[names[0]]
        interface = kind if kind != "unknown" else default or self.guess(path)
        return EntryPoint(name[: -len(".py")], names[0], interface, how=f"{name} defines {names[0]!r}")

    def wsgi_file(self) -> Tried:
        return self.in_file("wsgi.py", ("application",), "wsgi")

    def asgi_file(self) -> Tried:
        return self.in_file("asgi.py", _FIRST, "asgi")

    def usual_file(self) -> Tried:
        reasons = []
        for name in ("app.py", "main.py", "wsgi.py"):
            tried = self.in_file(name, (), "wsgi" if name == "wsgi.py" else "")
            if isinstance(tried, EntryPoint):
                return tried
            reasons.append(tried)
        return ", ".join(reasons[:2])

    def django(self) -> Tried:
        problem = self.missing("manage.py")
        if problem:
            return problem
        settings = self.django_settings()
        if not settings:
            return "manage.py names no DJANGO_SETTINGS_MODULE"
        if not self.module_file(settings):
            return f"manage.py names the settings {settings}, which are not in the source"
        for interface in ("asgi", "wsgi") if self.prefer == "asgi" else ("wsgi", "asgi"):
            found = self.django_server(settings, interface)
            if found:
                how = f"Django: manage.py names {settings}"
                return EntryPoint(found[0], found[1], interface, settings, how)
        how = f"Django: manage.py names {settings}, and there is no wsgi.py, so one is written"
        return EntryPoint("", "", "wsgi", settings, how)

    def django_settings(self) -> str:
        lines = self.facts.texts[f"{self.prefix}manage.py"].splitlines()
        text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
        found = _SETTINGS.search(text)
        if found:
            return found[1]
        old = "execute_manager" in text or "django" in text.lower()
        return "settings" if old and self.module_file("settings") else ""

    def django_server(self, settings: str, interface: str) -> tuple[str, str] | None:
        """Module and callable: what the settings name, else ``wsgi`` or ``asgi`` beside them or above."""
        text = self.facts.texts.get(self.module_file(settings), "")
        for kind, module, attribute in _WSGI_APPLICATION.findall(text):
            if kind.lower() == interface and self.module_file(module):
                return module, attribute
        parts = settings.split(".")
        for length in range(len(parts), -1, -1):
            module = ".".join((*parts[:length], interface))
            if self.module_file(module):
                return module, "application"
        return None

    def project(self) -> Tried:
        texts, prefix = self.facts.texts, self.prefix
        name = setup_name(texts.get(f"{prefix}setup.py", "")) or setup_cfg_name(texts.get(f"{prefix}setup.cfg", ""))
        name = name or project_name(texts.get(f"{prefix}pyproject.toml", ""))
        if not name:
            return "neither setup.py nor pyproject.toml says a project name"
        modules = import_names(name)
        module = next((one for one in modules if self.module_file(one)), modules[0])
        path = self.module_file(module)
        found = dict(self.facts.callables.get(path, ()))
        attribute = next((one for one in (*_FIRST, *found) if one in found), "")
        if not path and f"{prefix}setup.py" in texts:
            return EntryPoint(module, "application", self.guess(""), how=f"the project is called {name}")
        if not path:
            return f"the project is called {name}, but there is no module {module}"
        if not attribute:
            return f"the project is called {name}, but {path[len(prefix) :]} defines no WSGI or ASGI callable"
        interface = found[attribute] if found[attribute] != "unknown" else self.guess(path)
        return EntryPoint(module, attribute, interface, how=f"the project is called {name}")

    def given(self, text: str) -> EntryPoint:
        if not _GIVEN.fullmatch(text):
            raise PyhostError(f"entrypoint: {text!r} is not a module and a callable; write it like wsgi:application")
        module, _colon, attribute = text.partition(":")
        attribute = attribute or "application"
        path = self.module_file(module)
        kind = dict(self.facts.callables.get(path, ())).get(attribute, "unknown")
        if kind == "unknown":
            kind = "asgi" if module.split(".")[-1] == "asgi" and not self.prefer else self.guess(path)
        django = self.django() if f"{self.prefix}manage.py" in self.facts.texts else ""
        settings = django.django_settings if isinstance(django, EntryPoint) else ""
        return EntryPoint(module, attribute, kind, settings, "entrypoint is given")


def find(facts: TreeFacts, approot: str, given: str = "", prefer: str = "") -> EntryPoint:
    """What to run. ``given`` is the app's ``entrypoint``; ``prefer`` is the interface that the app's server
    speaks ("" when no server is chosen): it decides where both are there and where the code does not tell.

    Raises ``PyhostError`` with every condition that was tried when none holds.
    """
    search = _Search(facts, approot, prefer)
    if given:
        return search.given(given)
    tries: list[tuple[str, Callable[[], Tried]]] = [
        ("wsgi.py:application", search.wsgi_file), ("Django", search.django), ("asgi.py", search.asgi_file),
        ("app.py, main.py", search.usual_file), ("project name", search.project),
    ]  # fmt: skip
    if prefer == "asgi":
        tries.insert(0, tries.pop(2))
    reasons = []
    for title, condition in tries:
        tried = condition()
        if isinstance(tried, EntryPoint):
            return tried
        reasons.append(f"  {title}: {tried}")
    where = f" in {approot}" if search.prefix else ""
    lines = [f"don't know how to run your application; tried{where}:", *reasons]
    return _give_up([*lines, "set entrypoint (like wsgi:application) or command"])


def _give_up(lines: list[str]) -> EntryPoint:
    raise PyhostError("\n".join(lines))
