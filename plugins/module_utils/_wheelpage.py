# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a package index lists, and which of it suits an interpreter. Pure. PRIVATE to the collection.

The simple repository API in both forms: JSON (PEP 691) and HTML (PEP 503).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin, pin

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

_WHEEL = re.compile(
    r"(?P<name>[A-Za-z0-9._]+)-(?P<version>[A-Za-z0-9._!+]+)(?:-(?P<build>[0-9][A-Za-z0-9_.]*))?"
    r"-(?P<python>[A-Za-z0-9_.]+)-(?P<abi>[A-Za-z0-9_.]+)-(?P<platform>[A-Za-z0-9_.]+)\.whl",
    re.ASCII,
)
_SDIST = re.compile(r"(?P<name>[A-Za-z0-9._-]+)-(?P<version>[A-Za-z0-9._!+]+)(?:\.tar\.gz|\.zip)", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST = 200
"""Characters of a file's name."""


@dataclass(frozen=True)
class File:
    """One file of an index; ``sha256`` is "" where the index does not tell."""

    name: str
    url: str
    sha256: str = ""
    yanked: bool = False


def read_page(text: str, kind: str, url: str, wanted: Pin) -> list[File]:
    """The files of ``wanted``, its local versions included, on the page ``text`` of the type ``kind`` from ``url``."""
    rows = _from_json(text) if "json" in kind else _from_html(text)
    files = []
    for name, link, sha256, yanked in rows:
        if _public_version(name) != wanted:
            continue
        try:
            whole = urljoin(url, link)
            secure = urlsplit(whole).scheme in ("https", urlsplit(url).scheme)
        except ValueError:
            continue
        if secure and whole.startswith(("https://", "http://")):
            files.append(File(name, urldefrag(whole).url, sha256 if _SHA256.fullmatch(sha256) else "", yanked))
    return files


def _from_json(text: str) -> list[tuple[str, str, str, bool]]:
    try:
        found = json.loads(text)["files"]
        rows = [(one["filename"], one["url"], one.get("hashes") or {}, one.get("yanked", False)) for one in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [
        (name, link, str(hashes.get("sha256", "")), yanked is not False)
        for name, link, hashes, yanked in rows
        if isinstance(name, str) and isinstance(link, str) and isinstance(hashes, dict)
    ]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str, str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        link = values.get("href")
        if tag == "a" and link:
            bare, fragment = urldefrag(link)
            name = unquote(bare.partition("?")[0].rpartition("/")[2])
            found = re.search(r"sha256=([0-9a-f]{64})", fragment)
            self.rows.append((name, bare, found[1] if found else "", "data-yanked" in values))


def _from_html(text: str) -> list[tuple[str, str, str, bool]]:
    parser = _Links()
    parser.feed(text)
    return parser.rows


def is_wheel_of(name: str, wanted: Pin, tags: Iterable[str]) -> bool:
    """Whether ``name`` is the file name of a wheel of just this version, for an interpreter with these tags."""
    found = _WHEEL.fullmatch(name) if len(name) <= LONGEST else None
    return _of(found, wanted) and not tags_of(name).isdisjoint(tags)


def is_sdist_of(name: str, wanted: Pin) -> bool:
    """Whether ``name`` is the file name of a source distribution of just this version."""
    return _of(_SDIST.fullmatch(name) if len(name) <= LONGEST else None, wanted)


def _of(found: re.Match[str] | None, wanted: Pin) -> bool:
    return found is not None and pin(found["name"], found["version"]) == wanted


def tags_of(name: str) -> set[str]:
    """The tags in the file name of a wheel (PEP 425), each combination written out."""
    found = _WHEEL.fullmatch(name)
    if not found:
        return set()
    return {
        f"{python}-{abi}-{platform}"
        for python in found["python"].split(".")
        for abi in found["abi"].split(".")
        for platform in found["platform"].split(".")
    }


def best(files: Sequence[File], wanted: Pin, tags: Sequence[str]) -> File | None:
    """The file that an installer would take: the wheel that suits best, else the source distribution.

    None when there is none, when it was yanked, and when a local version (1.0+cu) would be taken before it.
    """
    rank: Mapping[str, int] = {tag: place for place, tag in enumerate(tags)}
    if any("+" in one.name for one in files):
        return None
    wheels = [one for one in files if is_wheel_of(one.name, wanted, rank)]
    found: File | None
    if wheels:
        best_rank = min(_rank(one, rank) for one in wheels)
        same = [one for one in wheels if _rank(one, rank) == best_rank]
        found = max(same, key=lambda one: _build(one.name))
    else:
        sdists = [one for one in files if is_sdist_of(one.name, wanted)]
        found = min(sdists, key=lambda one: one.name.endswith(".zip"), default=None)
    return found if found and not found.yanked else None


def _rank(file: File, rank: Mapping[str, int]) -> int:
    return min(rank[tag] for tag in tags_of(file.name) if tag in rank)


def _build(name: str) -> tuple[int, str]:
    found = _WHEEL.fullmatch(name)
    number = re.match(r"[0-9]+", (found and found["build"]) or "")
    return (int(number[0]), name) if number else (-1, name)


def _public_version(name: str) -> Pin | None:
    found = (_WHEEL.fullmatch(name) or _SDIST.fullmatch(name)) if len(name) <= LONGEST else None
    return pin(found["name"], found["version"].partition("+")[0]) if found else None
