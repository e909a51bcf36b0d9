# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a Python branch comes from: the operator's ordered list of sources, checked. Pure. PRIVATE."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem

BRANCH = re.compile(r"2\.7|3\.[0-9]{1,2}")
SHA256 = re.compile(r"[0-9a-f]{64}")
URL = re.compile(r"https?://[^/\s]+/\S+")

SHORT = ("path", "distro", "uv")
"""Sources that may be written as a word: what is there, the distribution's packages, ``uv python install``."""

KEYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "path": (frozenset(), frozenset()),
    "distro": (frozenset(), frozenset()),
    "archive": (frozenset({"branch", "sha256"}), frozenset({"url", "file", "machine"})),
    "uv": (frozenset(), frozenset({"branches", "mirror", "catalogue"})),
    "build": (frozenset({"branch", "sha256"}), frozenset({"url", "file", "optimised"})),
}
"""Kind of a source: the keys that it needs and those that it may have beside them."""

UV_BRANCHES = tuple(f"3.{minor}" for minor in range(8, 15))
"""Branches of CPython that uv's own catalogue has, unless ``branches`` says which."""

DEFAULT = ("path", "distro")

PLACE = "store"
"""The directory below the runtimes that has one directory for each content brought."""


@dataclass(frozen=True)
class PythonSource:
    """One source. ``kind`` is a key of `KEYS`; ``location`` a URL, or with ``local`` a file of the controller;
    ``sha256`` its digest, 64 hexadecimal digits; ``machine`` as uname(1) says it, "" for any; ``branches`` what it
    offers, () for whatever the host finds; ``mirror`` and ``catalogue`` are URLs for uv, "" for its own.
    """

    kind: str
    branches: tuple[str, ...] = ()
    location: str = ""
    local: bool = False
    sha256: str = ""
    machine: str = ""
    optimised: bool = True
    mirror: str = ""
    catalogue: str = ""

    @property
    def stored(self) -> bool:
        """Whether what it brings lies in our store."""
        return self.kind in ("archive", "uv", "build")

    def name(self, branch: str) -> str:
        """The directory of the store for ``branch``: ``3.12-1f0a9c3b7d5e``. Another content has another name."""
        what: dict[str, Any] = {"kind": self.kind, "branch": branch}
        if self.kind == "uv":
            what |= {"mirror": self.mirror, "catalogue": self.catalogue}
        else:
            what |= {"sha256": self.sha256, "optimised": self.optimised}
        digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
        return f"{branch}-{digest[:12]}"

    def offers(self, branch: str, machine: str) -> bool:
        """Whether a host of ``machine`` gets ``branch`` into its store from here."""
        return self.stored and branch in self.branches and self.machine in ("", machine)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "branches": list(self.branches)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PythonSource:
        """The opposite of ``to_dict``."""
        return cls(**{**data, "branches": tuple(data["branches"])})


def read(entries: Any, option: str = "pyhost_python_sources") -> tuple[tuple[PythonSource, ...], list[Problem]]:
    """``entries`` as an operator writes them: the sources that are right, and what is wrong with the others."""
    if not isinstance(entries, list):
        return (), [Problem("", option, f"{entries!r} is no list; write for example [path, distro]")]
    sources, problems = [], []
    for place, entry in enumerate(entries):
        source, wrong = _one(entry)
        if source and not wrong:
            sources.append(source)
        problems += [Problem("", f"{option}[{place}]{key}", text) for key, text in wrong]
    return tuple(sources), problems


def chosen(branch: str, machine: str, sources: Sequence[PythonSource], found: Sequence[str]) -> PythonSource | None:
    """The first source that has ``branch``; ``found`` are kinds that have it on this host, of those without a store."""
    for source in sources:
        if source.offers(branch, machine) or source.kind in found:
            return source
    return None


def _one(entry: Any) -> tuple[PythonSource | None, list[tuple[str, str]]]:
    """The source of ``entry``, and what is wrong with it: pairs of ``.key`` or "" and a sentence."""
    given = {"source": entry} if isinstance(entry, str) else entry
    if not isinstance(given, dict) or not isinstance(given.get("source"), str):
        return None, [("", f"{entry!r} is no source; write one of {', '.join(KEYS)}, or a mapping with the key source")]
    kind = given["source"]
    if kind not in KEYS:
        return None, [(".source", f'"{kind}" is no source; known are: {", ".join(KEYS)}')]
    needed, possible = KEYS[kind]
    keys = set(given) - {"source"}
    wrong = [(f".{key}", f"is missing for {kind}") for key in sorted(needed - keys)]
    known = ", ".join(sorted(needed | possible)) or "none"
    wrong += [(f".{key}", f"is unknown for {kind}; known are: {known}") for key in sorted(keys - needed - possible)]
    if {"url", "file"} & possible and len({"url", "file"} & keys) != 1:
        wrong.append(("", f"{kind} needs one of url and file"))
    for key in sorted(keys & (needed | possible)):
        text = CHECKS[key](given[key])
        if text:
            wrong.append((f".{key}", text))
    if wrong:
        return None, wrong
    branches = (given["branch"],) if "branch" in given else tuple(given.get("branches", ()))
    if kind == "uv" and not branches:
        branches = UV_BRANCHES
    return PythonSource(
        kind,
        branches,
        str(given.get("url", given.get("file", ""))),
        "file" in given,
        str(given.get("sha256", "")),
        str(given.get("machine", "")),
        bool(given.get("optimised", True)),
        str(given.get("mirror", "")),
        str(given.get("catalogue", "")),
    ), []


def _branch(value: Any) -> str:
    fits = isinstance(value, str) and BRANCH.fullmatch(value)
    return "" if fits else f'{value!r} is no branch; write for example "3.12", with quotes'


def _branches(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return f'{value!r} is no list of branches; write for example ["3.12"]'
    return next((text for text in map(_branch, value) if text), "")


def _sha256(value: Any) -> str:
    fits = isinstance(value, str) and SHA256.fullmatch(value)
    return "" if fits else f"{value!r} is no SHA-256; write its 64 hexadecimal digits, as sha256sum prints them"


def _url(value: Any) -> str:
    fits = isinstance(value, str) and URL.fullmatch(value)
    return "" if fits else f"{value!r} is no http:// or https:// address"


def _text(value: Any) -> str:
    return "" if isinstance(value, str) and value and "\n" not in value else f"{value!r} is no text"


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else f"{value!r} is neither true nor false"


CHECKS = {
    "branch": _branch,
    "branches": _branches,
    "sha256": _sha256,
    "url": _url,
    "mirror": _url,
    "catalogue": _url,
    "file": _text,
    "machine": _text,
    "optimised": _flag,
}
"""Key to what says why a value is wrong, "" when it is right."""
