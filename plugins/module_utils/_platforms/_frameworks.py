# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AppFog's client takes a source for: the first rule that holds. Pure. PRIVATE to the collection.

The order is that of ``lib/cli/frameworks.rb`` of the client ``af``; only the files of the top directory count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

WSGI, DJANGO, STANDALONE = "wsgi", "django", "standalone"

MEMORY = {WSGI: 64 << 20, DJANGO: 128 << 20, STANDALONE: 64 << 20}
"""Bytes that an app of a framework has if nobody says (frameworks.rb)."""

DESCRIPTIONS = {
    WSGI: "Python WSGI Application",
    DJANGO: "Python Django Application",
    STANDALONE: "Standalone Application",
    "rails3": "Rails Application",
    "rack": "Rack Application",
    "java_web": "Java Web Application",
    "sinatra": "Sinatra Application",
    "node": "Node.js Application",
    "php": "PHP Application",
    "otp_rebar": "Erlang/OTP Rebar Application",
}
"""How the client calls its frameworks."""

RUNTIMES: dict[str, str] = {
    "ruby18": "1.8.7",
    "ruby192": "1.9.2",
    "ruby193": "1.9.3",
    "java": "1.7.0",
    "python2": "2.7.3",
    "node04": "0.4.12",
    "node06": "0.6.17",
    "node08": "0.8.14",
    "node10": "0.10.29",
    "php": "5.3.10",
    "php54": "5.4.33",
    "php55": "5.5.17",
    "php56": "5.6.1",
}
"""The platform's runtimes and their versions, as ``af runtimes`` lists them."""

PYTHONS: dict[str, str] = {
    name: version.rpartition(".")[0] for name, version in RUNTIMES.items() if name.startswith("python")
}
"""Branches of the runtimes that are Python."""

_SINATRA = re.compile(r"""^\s*#?\s*require\s*\(?\s*['"]sinatra['"]""", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """``framework`` is a key of `DESCRIPTIONS`, ``file`` what decided ("" where nothing did)."""

    framework: str
    file: str = ""


@dataclass(frozen=True)
class _Rule:
    """Where a file fits one of ``patterns``, all of ``also`` are there and one of ``names`` (if there are any),
    the source is of ``framework``. With ``final`` a file that fits ends the search even where the rest is missing:
    such a source is a standalone app.
    """

    framework: str
    patterns: tuple[str, ...]
    also: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    final: bool = False
    text: re.Pattern[str] | None = None


_RULES = (
    _Rule("rails3", ("config/environment.rb",)),
    _Rule("rack", ("config.ru",)),
    _Rule("java_web", ("*.war",)),
    _Rule("java_web", ("WEB-INF/web.xml",)),
    _Rule("sinatra", ("*.rb",), final=True, text=_SINATRA),
    _Rule("node", ("*.js",), names=("server.js", "app.js", "index.js", "main.js"), final=True),
    _Rule("php", ("*.php",)),
    _Rule("otp_rebar", ("releases/*/*.rel",)),
    _Rule(DJANGO, ("manage.py",), also=("settings.py",)),
    _Rule(WSGI, ("wsgi.py",)),
)

READS = ("*.rb",)
"""Files whose text decides."""


def detect(names: Iterable[str], texts: Mapping[str, str]) -> Found:
    """What a source with the files ``names`` is; both arguments are relative to the app's top directory."""
    there = sorted(names)
    for rule in _RULES:
        fitting = [name for name in there if any(_fits(name, pattern) for pattern in rule.patterns)]
        if not fitting or not all(name in there for name in rule.also):
            continue
        decisive = [name for name in fitting if _decides(name, rule, texts)]
        if decisive:
            return Found(rule.framework, decisive[0])
        if rule.final:
            return Found(STANDALONE, fitting[0])
    return Found(STANDALONE)


def _fits(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and fnmatchcase(name, pattern)


def _decides(name: str, rule: _Rule, texts: Mapping[str, str]) -> bool:
    if rule.text:
        return bool(rule.text.search(texts.get(name, "")))
    return not rule.names or name in rule.names
