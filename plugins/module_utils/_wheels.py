# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packages apps of a host may share, and where they are kept. Pure. PRIVATE to the collection.

A requirement file was written by a tenant. Nothing of it gets further than a name and a version that match a
grammar; whatever else a line says makes it one that is not shared.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._pyproject import project_dependencies
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import logical_lines, normalised, parse

USUAL = "https://pypi.org/simple"
"""The index of uv and of pip where none is named."""

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?"
VERSION = r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,7}(?:(?:a|b|rc)[0-9]{1,9})?(?:\.post[0-9]{1,9})?(?:\.dev[0-9]{1,9})?"
_PIN = re.compile(
    rf"({NAME})[ \t]*(?:\[[A-Za-z0-9._, \t-]*\])?[ \t]*==[ \t]*({VERSION})((?:[ \t]+--hash[ =]sha256:[0-9a-f]{{64}})*)",
    re.ASCII,
)
_HASH = re.compile(r"[0-9a-f]{64}")

_CARRIER = re.compile(r"(?:\w+_PROXY|SSL_CERT_(?:FILE|DIR)|(?:REQUESTS|CURL)_CA_BUNDLE|PIP_CERT|PIP_PROXY)", re.ASCII)
_HARMLESS = {"PIP_DEFAULT_TIMEOUT", "PIP_RETRIES", "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES", "UV_NATIVE_TLS"}
"""Variables of installers that say how an index is reached. Any other may say what is taken from where."""

OLDEST = (3, 9)
"""The oldest branch whose wheels our tools can tell."""

LEAST = 2
"""Apps of one run that must ask for the same before it is fetched for all."""


class Pin(NamedTuple):
    """One version of one package: the name as PEP 503 writes it, the version as PEP 440 compares it."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def pin(name: str, version: str) -> Pin:
    """3.0 and 3.0.0 are the same version."""
    found = re.match(r"[0-9.]*[0-9]", version)
    numbers = [str(int(part)) for part in (found[0] if found else "0").split(".")]
    while len(numbers) > 1 and numbers[-1] == "0":
        numbers.pop()
    return Pin(normalised(name), ".".join(numbers) + version[found.end() if found else 0 :])


def place(order: Mapping[str, Any]) -> str:
    """The directory of the store for a virtualenv's ``order``: ``INTERPRETER/INDEX``; "" when it takes no part.

    What came from one index is never offered to an app of another. An index with a password is nobody else's.
    """
    parts = order["components"]
    carried = {key for key in order["environment"] if _CARRIER.fullmatch(key.upper()) or key.upper() in _HARMLESS}
    rest = {key: value for key, value in order["environment"].items() if key not in carried}
    if order["wheels"] or order.get("bundle") or not parts["abi"] or not _public(order["index_url"]):
        return ""
    if tuple(int(number) for number in order["branch"].split(".")) < OLDEST:
        return ""
    if any(key.upper().startswith(("UV_", "PIP_")) for key in rest):
        return ""
    if order["installer"] == "pip" and order["hashes"]:  # pip takes from a directory nothing whose hash it must know
        return ""
    interpreter = digest_of([parts["abi"], parts["libc"], parts["python_path"]])
    return f"{order['branch']}-{interpreter}/{digest_of([order['index_url'] or USUAL, rest])}"


def _public(url: str) -> bool:
    try:
        return "@" not in urlsplit(url).netloc
    except ValueError:
        return False


def pins(order: Mapping[str, Any], approot: str) -> dict[Pin, frozenset[str]]:
    """What the requirements pin, each with its hashes (SHA-256). Empty when an option of the files decides more."""
    found: dict[Pin, frozenset[str]] = {}
    for kind, line in _lines(order, approot):
        match = _PIN.fullmatch(line)
        if match:
            one = pin(match[1], match[2])
            found[one] = found.get(one, frozenset()) | frozenset(_HASH.findall(match[3]))
        elif kind == "option" and line != "--require-hashes":
            return {}
    several = Counter(one.name for one in found)
    return {one: hashes for one, hashes in found.items() if several[one.name] == 1}


def _lines(order: Mapping[str, Any], approot: str) -> Iterator[tuple[str, str]]:
    """The requirements, kind and line, with those of included files; constraints require nothing."""
    texts = order["texts"]
    todo = [posixpath.normpath(posixpath.join(approot, name)) for name in order["files"]]
    if order["kind"] == "pyproject":
        yield from (("requirement", line) for name in todo for line in project_dependencies(texts.get(name, "")))
    done: set[str] = set()
    while order["kind"] == "files" and todo:
        name = todo.pop(0)
        if name in done:
            continue
        done.add(name)
        text = texts.get(name, "")
        for parsed, (_number, line) in zip(parse(text), logical_lines(text)):
            if parsed.kind == "include":
                todo.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), parsed.value)))
            elif parsed.kind != "constraint":
                yield parsed.kind, line


def wanted(plans: Iterable[Mapping[str, Any]]) -> dict[str, list[Pin]]:
    """By place, what at least two of the apps to be built pin; what most of them do comes first."""
    counts: dict[str, Counter[Pin]] = {}
    for plan in plans:
        where = place(plan["virtualenv"])
        if where:
            counts.setdefault(where, Counter()).update(pins(plan["virtualenv"], plan["approot"]).keys())
    common = {
        where: [one for one, asked in counted.most_common() if asked >= LEAST] for where, counted in counts.items()
    }
    return {where: found for where, found in common.items() if found}
