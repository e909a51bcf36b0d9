# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exact packages of an app as a requirements file. What its virtualenv says is checked. Pure. PRIVATE."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

try:
    from packaging.version import VERSION_PATTERN
except ImportError:  # ansible-core requires it, so it is there wherever a play runs
    VERSION_PATTERN = r"(?!)"

NAME = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?", re.IGNORECASE | re.ASCII)
BEGIN = re.compile(r"[A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE | re.ASCII)
VERSION = re.compile(VERSION_PATTERN, re.VERBOSE | re.IGNORECASE | re.ASCII)
URL = re.compile(r"(https?|file|ssh|git)://(?:[^/@]*@)?([\w.~:@%+,=/?&!()*\[\]-]+)", re.ASCII)
"""PEP 508 takes more; whatever an installer would expand or could take for another word is left out."""

USER = re.compile(r"://([\w-]+)@", re.ASCII)
COMMIT = re.compile(r"[\w.:+-]{1,100}", re.ASCII)
DIRECTORY = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*", re.ASCII)
PATH = re.compile(r"[\w.~+,=/-]+", re.ASCII)
DIGEST = re.compile(r"[0-9a-f]{32,128}")
SYSTEMS = ("git", "hg", "svn", "bzr")

SEEDS = ("pip", "setuptools", "wheel", "distribute")
"""What tools put into a new virtualenv; it is no requirement unless somebody asked for it."""


def lines(found: Mapping[str, Any]) -> list[str]:
    """The lines of the file, in order of name. Raises `PyhostError` that names every value that cannot be written."""
    written, wrong = [], []
    for one in sorted(own(found["distributions"], found["packages"]), key=lambda one: canonical(one["name"])):
        try:
            written.append(_line(one, str(found["cwd"])))
        except PyhostError as error:
            wrong.append(str(error))
    if wrong:
        raise PyhostError("\n".join(["what its virtualenv says of itself cannot be written into a file:", *wrong]))
    return written


def own(distributions: Sequence[dict[str, Any]], packages: Sequence[str]) -> list[dict[str, Any]]:
    """The distributions without those that are there for our sake: ``packages``, seeds, and what only these require.

    ``packages`` are requirements, such as ``gunicorn>=20``. Extras count as required: one pin too many does no harm.
    """
    known = {canonical(one["name"]): one for one in distributions}
    ours = {canonical(word[0]) for word in map(BEGIN.match, packages) if word}
    seeds = {name for name in SEEDS if name in known and not known[name]["requested"]}
    away = _closure(ours | seeds, known)
    asked = {name for name, one in known.items() if name not in away or (one["requested"] and name not in ours)}
    kept = _closure(asked, known)
    return [one for name, one in known.items() if name in kept]


def _closure(names: set[str], known: Mapping[str, dict[str, Any]]) -> set[str]:
    """``names`` and all that they require."""
    found: set[str] = set()
    todo = [name for name in names if name in known]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [one for one in map(canonical, known[name]["requires"]) if one in known]
    return found


def canonical(name: str) -> str:
    """A name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _line(one: Mapping[str, Any], cwd: str) -> str:
    name, version, direct = one["name"], one["version"], one["direct"]
    if not NAME.fullmatch(name):
        raise PyhostError(f"{shown(name)} is no name of a package (PEP 508)")
    if not direct:
        if not VERSION.fullmatch(version):
            raise PyhostError(f"{name}: {shown(version)} is no version (PEP 440)")
        return f"{name}=={version}"
    try:
        return _direct(name, direct, cwd)
    except (TypeError, AttributeError, KeyError) as error:
        raise PyhostError(f"{name}: its direct_url.json is not as PEP 610 has it") from error


def _direct(name: str, direct: Mapping[str, Any], cwd: str) -> str:
    """The line of a package that did not come from an index (PEP 610)."""
    url, folder = direct["url"], direct.get("subdirectory", "")
    if folder and not DIRECTORY.fullmatch(folder):
        raise PyhostError(f"{name}: {shown(folder)} is no subdirectory")
    editable = bool((direct.get("dir_info") or {}).get("editable"))
    inside = _inside(url, cwd)
    if inside:
        return f"-e {inside}" if editable else inside
    checked = _url(name, url)
    if "vcs_info" in direct:
        return _versioned(name, checked, direct["vcs_info"], folder)
    parts = [f"subdirectory={folder}"] if folder else []
    parts += _hash(direct.get("archive_info") or {})
    fragment = f"#{'&'.join(parts)}" if parts else ""
    return f"-e {checked}{fragment}" if editable else f"{name} @ {checked}{fragment}"


def _versioned(name: str, url: str, info: Mapping[str, Any], folder: str) -> str:
    system, commit = info["vcs"], info["commit_id"]
    if system not in SYSTEMS or not COMMIT.fullmatch(commit):
        raise PyhostError(f"{name}: {shown(commit)} of {shown(system)} is no commit")
    fragment = f"#subdirectory={folder}" if folder else ""
    return f"{name} @ {system}+{url}@{commit}{fragment}"


def _hash(info: Mapping[str, Any]) -> list[str]:
    digest = (info.get("hashes") or {}).get("sha256") or str(info.get("hash", "")).partition("sha256=")[2]
    return [f"sha256={digest}"] if DIGEST.fullmatch(digest) else []


def _url(name: str, url: str) -> str:
    """The address without a password; an ssh address keeps its user."""
    found = URL.fullmatch(url)
    if not found:
        raise PyhostError(f"{name}: {shown(url)} cannot be written as an address")
    user = USER.search(url) if found[1] == "ssh" else None
    return f"{found[1]}://{f'{user[1]}@' if user else ''}{found[2]}"


def _inside(url: str, cwd: str) -> str:
    """The path from approot of what was installed from the app's own tree, "" for anything else."""
    release = re.match(r"(/\S+/releases/[0-9]+-[0-9a-f]+)(?:/|$)", cwd)
    path = posixpath.normpath(unquote(url[len("file://") :])) if url.startswith("file:///") else ""
    if not release or not f"{path}/".startswith(f"{release[1]}/") or not PATH.fullmatch(path):
        return ""
    name = posixpath.relpath(path, cwd)
    return name if name.startswith(".") else f"./{name}"


def difference(app: str, found: Mapping[str, Sequence[str]]) -> str:
    """What differs between hosts, "" when nothing does."""
    first, *others = found
    texts = []
    for host in others:
        here, there = set(found[first]), set(found[host])
        if here != there:
            only = [f"{first} has {', '.join(sorted(here - there))}"] if here - there else []
            only += [f"{host} has {', '.join(sorted(there - here))}"] if there - here else []
            texts.append("; ".join(only))
    if not texts:
        return ""
    return "\n  ".join([f"{app} is not the same on all hosts; choose one with --limit:", *texts])
