# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the code of one release into a cell. Runs as the cell's user. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _space
from ansible_collections.pyhost.platform.plugins.module_utils._archive import (
    ArchiveError,
    ExtractLimits,
    check_and_extract,
)
from ansible_collections.pyhost.platform.plugins.module_utils._download import download
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._run import READ, Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._tree import read_tree

FETCH_SECONDS = 300
SHORT = 12
MAX_REFS = 64 << 20
"""Bytes of the list of a repository's branches and tags; large projects have hundreds of thousands of them."""


def release(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Make sure the release of ``job`` is there; returns its name, digest and tree facts.

    ``job`` holds the app's ``source``, ``approot``, ``requirements`` and ``constraints``, and for a
    source on the controller ``archive`` (path of the sent file) and ``digest``.
    """
    _home.make_directories(home)
    source = job["source"]
    for path in (home / "releases").glob(f"{_files.STAGE}*"):
        _files.remove(path)
    if source["kind"] == "git":
        return _git(home, job, source)
    digest = job["digest"] or source["checksum"].partition(":")[2].lower()
    known = find(home, digest)
    if known:
        return _result(home, known, job, changed=False)
    stage = home / "releases" / f"{_files.STAGE}{os.getpid()}"
    if job["archive"]:
        NOW.doing("", "unpacking")
        check_and_extract(Path(job["archive"]), stage, ExtractLimits(), strip=source["kind"] == "archive")
    else:
        _download(home, job, stage)
    return _result(home, _keep(home, stage, digest, job), job, changed=True)


def room(home: Path, job: dict[str, Any], size: int = 0) -> None:
    """Refuse a release that cannot fit; ``size`` is that of its archive, which unpacks to at least as much."""
    _space.require(home, job["cell"]["home"], _space.RELEASE, 2 * size)


def find(home: Path, digest: str) -> str:
    """The newest release with this digest, "" when there is none; what a rehearsal made is left to its change."""
    names = []
    for path in (home / "releases").glob("*.json"):
        content = _files.read_json(path)
        if content.get("digest") == digest and not content.get("rehearsed") and path.with_suffix("").is_dir():
            names.append(path.stem)
    return max(names, key=number, default="")


def number(name: str) -> int:
    return int(name.partition("-")[0])


def next_name(home: Path, digest: str) -> str:
    names = (path.name for path in (home / "releases").iterdir() if path.name[0].isdigit())
    return f"{max((number(name) for name in names), default=0) + 1}-{digest[:SHORT]}"


def copy(home: Path, name: str, new: str, rehearsed: str = "") -> None:
    """A second copy of a release under the name ``new``, to be prepared for another virtualenv.

    ``rehearsed`` is the fingerprint of the virtualenv that alone it is for.
    """
    stage = home / "releases" / f"{_files.STAGE}{os.getpid()}"
    _files.remove(stage)
    try:
        shutil.copytree(home / "releases" / name, stage, symlinks=True)
    except BaseException:
        _files.remove(stage)
        raise
    for directory, _directories, _names in os.walk(stage):
        os.chmod(directory, 0o750)
    content = _files.read_json(home / "releases" / f"{name}.json")
    for what in ("prepared", "checked", "sealed"):
        content.pop(what, None)
    if rehearsed:
        content["rehearsed"] = rehearsed
    _files.remove(home / "releases" / new)  # a copy that was killed before it was recorded
    os.replace(stage, home / "releases" / new)
    _files.write(home / "releases" / f"{new}.json", json.dumps(content, sort_keys=True))


def _keep(home: Path, stage: Path, digest: str, job: dict[str, Any], origin: str = "") -> str:
    name = next_name(home, digest)
    content: dict[str, Any] = {"digest": digest, "origin": origin}
    try:
        os.replace(stage, home / "releases" / name)
        if not job["archive"]:
            content["facts"] = _facts(home / "releases" / name, job)
        _files.write(home / "releases" / f"{name}.json", json.dumps(content, sort_keys=True))
    except BaseException:
        _files.remove(stage)
        _files.remove(home / "releases" / name)
        raise
    return name


def _result(home: Path, name: str, job: dict[str, Any], changed: bool) -> dict[str, Any]:
    content = _files.read_json(home / "releases" / f"{name}.json")
    facts = None if job["archive"] or job["digest"] else _facts(home / "releases" / name, job)
    return {
        "changed": changed,
        "name": name,
        "digest": content["digest"],
        "prepared": content.get("prepared", ""),
        "checked": content.get("checked", {}),
        "origin": content.get("origin", ""),
        "facts": facts,
    }


def _facts(root: Path, job: dict[str, Any]) -> dict[str, Any]:
    wanted = job["requirements"]
    return read_tree(
        root,
        job["approot"],
        None if wanted is None else tuple(wanted),
        tuple(job["constraints"]),
        job["entrypoint"],
        reads=tuple(job["reads"]),
    ).to_dict()


def _download(home: Path, job: dict[str, Any], stage: Path) -> None:
    """Fetch an archive by URL, and unpack it."""
    source = job["source"]
    url = source["location"]
    path = home / "run" / f"download-{os.getpid()}"
    try:
        NOW.doing("", "downloading")
        download(url, source["checksum"], path, "source.archive", lambda size: room(home, job, size))
        NOW.doing("", "unpacking")
        check_and_extract(path, stage, ExtractLimits(), strip=True)
    except ArchiveError as error:
        raise PyhostError(f"source.archive: {error}".replace(str(path), url)) from error
    finally:
        path.unlink(missing_ok=True)


def _git(home: Path, job: dict[str, Any], source: dict[str, str]) -> dict[str, Any]:
    """Fetch one commit without history, hooks or configuration of the repository's own."""
    deadline = Deadline(FETCH_SECONDS)
    url, version = source["location"], source["version"] or "HEAD"
    env = {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh:git" + (":file" if job.get("allow_file") else ""),
        **job["environment"],
    }
    NOW.doing("", "fetching from git")
    listed = _git_run(["ls-remote", "--", url], env, deadline, f"source.git: {url} cannot be read", MAX_REFS)
    commit = resolve_version(listed, version)
    known = find(home, commit)
    if known:
        return _result(home, known, job, changed=False)
    stage = home / "releases" / f"{_files.STAGE}{os.getpid()}"
    _files.remove(stage)
    room(home, job)
    try:
        with _space.named(home, job["cell"]["home"]):
            commit = _checkout(stage, url, commit or version, env, deadline, f"source.git: {version} of {url}")
    except BaseException:
        _files.remove(stage)
        raise
    return _result(home, _keep(home, stage, commit, job, f"{version} of {url}"), job, changed=True)


def _checkout(stage: Path, url: str, commit: str, env: dict[str, str], deadline: Deadline, name: str) -> str:
    """Fill ``stage`` with the files of one commit, without the repository; returns the commit."""
    what = f"{name} cannot be fetched"
    _git_run(["init", "--quiet", "--template=", str(stage)], env, deadline, what)
    inside = ["-C", str(stage)]
    fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--recurse-submodules=no", "--", url]
    _git_run([*inside, *fetch, commit], env, deadline, what)
    _git_run([*inside, "checkout", "--quiet", "--detach", "FETCH_HEAD"], env, deadline, what)
    fetched = _git_run([*inside, "rev-parse", "HEAD"], env, deadline, what).strip()
    _files.remove(stage / ".git")
    return fetched


def resolve_version(listed: str, version: str) -> str:
    """The commit that ``version`` names in the output of ``git ls-remote``; itself if it is a commit."""
    if len(version) == 40 and all(one in "0123456789abcdef" for one in version):
        return version
    rows = (line.split("\t", 1) for line in listed.splitlines() if "\t" in line)
    refs = {name: commit for commit, name in rows}
    for name in (f"refs/tags/{version}^{{}}", f"refs/tags/{version}", f"refs/heads/{version}", version):
        if name in refs:
            return refs[name]
    branches = sorted(name[11:] for name in refs if name.startswith("refs/heads/"))
    raise PyhostError(
        f'source.version: "{version}" is no branch, tag or commit there; '
        f"its branches are: {', '.join(branches) or 'none'}"
    )


def _git_run(words: list[str], env: dict[str, str], deadline: Deadline, what: str, read: int = READ) -> str:
    base = ["git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]
    finished = run([*base, *words], deadline, env=env, read=read)
    if finished.status != 0:
        raise PyhostError(f"{what}:\n{finished.tail(5)}")
    return finished.output
