# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build one virtualenv at its final path, and what the release needs from it. PRIVATE to the collection."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _bundle,
    _files,
    _home,
    _installer,
    _shelf,
    _space,
    _steps,
    _view,
)
from ansible_collections.pyhost.platform.plugins.module_utils._blame import blame
from ansible_collections.pyhost.platform.plugins.module_utils._djangocheck import check_deploy
from ansible_collections.pyhost.platform.plugins.module_utils._entrycheck import check_entry, unchecked
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._listing import listing
from ansible_collections.pyhost.platform.plugins.module_utils._moments import AFTER, BEFORE, START
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, Overdue, run

STATIC_ROOT = """\
import io, os, sys
sys.path.insert(0, os.getcwd())
sys.argv = ["manage.py"]
import re
text = io.open("manage.py", encoding="utf-8").read()
found = re.search(r"DJANGO_SETTINGS_MODULE['\\"]\\s*,\\s*['\\"]([\\w.]+)", text)
if found:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", found.group(1))
from django.conf import settings
print("STATIC_ROOT=" + ("set" if settings.STATIC_ROOT else ""))
"""
"""Asks Django itself, with the app's own environment: a setting may depend on anything. Also for Python 2.7."""


SLOW = "build_timeout is over; the package index may be slow, or a package long to build"
SKIPPED = re.compile(r"^.*Could not fetch URL .*$", re.MULTILINE)
"""What pip writes of an index that fails into its log and nowhere else."""


def build(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Make the plan's virtualenv, prepare its release and check both; raises `PyhostError` with the cause.

    With ``job["rehearsal"]`` the release is left unprepared.
    Returns whether a virtualenv was ``built`` and the release ``prepared``, the ``packages`` and Django's ``warnings``,
    how many wheels of the host's store it took (``shared``), and why it took none after all (``unshared``).
    """
    plan = job["plan"]
    order = {**plan["virtualenv"], "shared": job.get("shared", [])}
    unshared = ""
    deadline = Deadline(plan["build_timeout"])
    _home.make_directories(home)
    code = Path(os.path.normpath(home / "releases" / plan["release"] / plan["approot"]))
    prefix = home / "virtualenvs" / order["fingerprint"]
    prepares = not job.get("rehearsal") and not _prepared(home, plan)
    if prepares:
        _steps.executable(home, plan)
        _steps.run_steps(home, plan, BEFORE, deadline)
    built = not (prefix / _home.MARKER).exists()
    if built:
        sweep(home)
        try:
            unshared = _make(home, order, prefix, code, f"{job['tools']}/bin/uv", deadline, plan["cell"]["home"])
        except BaseException:
            sweep(home)
            raise
    prepared = prepares and _prepare(home, plan, prefix, deadline)
    warnings = _check(home, plan, prefix, built, deadline)
    marker = _files.read_json(prefix / _home.MARKER)
    shared = {"shared": len(order["shared"]) if built and not unshared else 0, "unshared": unshared}
    return {"built": built, "prepared": prepared, "packages": marker["packages"], "warnings": warnings, **shared}


def _make(home: Path, order: dict[str, Any], prefix: Path, code: Path, uv: str, deadline: Deadline, name: str) -> str:
    """`make_virtualenv`; what fails with shared wheels is tried as if there were none, so they cannot be the reason.

    Returns how it failed with them.
    """
    try:
        make_virtualenv(home, order, prefix, code, uv, deadline, name)
    except PyhostError as error:
        if not order["shared"] or deadline.left() <= 0:
            raise
        make_virtualenv(home, {**order, "shared": []}, prefix, code, uv, deadline, name)
        return str(error).splitlines()[0]
    return ""


def make_virtualenv(
    home: Path, order: dict[str, Any], prefix: Path, code: Path, uv: str, deadline: Deadline, name: str = ""
) -> None:
    """Fill ``prefix`` from ``order`` and write its marker last; a build that fails leaves nothing.

    ``name`` is what people call the place, where that is not its path.
    """
    env = _installer.environment(order, str(home), str(prefix))
    env["UV_PROJECT_ENVIRONMENT"] = str(prefix)
    place = (prefix.parent, name or str(prefix.parent))
    _files.remove(prefix)
    _space.require(*place, _space.VIRTUALENV)
    with _temporary(home) as temporary, _shelf.laid(home, order) as shelf:
        order = {**order, "shelf": shelf, **_sources(order, code, Path(temporary))}
        env.setdefault("TMPDIR", temporary)
        env.setdefault("PIP_LOG", f"{temporary}/pip.log")
        try:
            NOW.doing("", "virtualenv")
            _step([_installer.create(order, uv, str(prefix))], str(home), env, deadline, place)
            NOW.doing("", "packages")
            _step(_installer.installs(order, uv, str(prefix), str(code)), str(code), env, deadline, place)
            listed = run([f"{prefix}/bin/python", *listing(order["branch"])], deadline, str(prefix), env, errors=False)
            packages = json.loads(listed.output)
            content = {"components": order["components"], "packages": packages, "version": order["version"]}
            _files.write(prefix / _home.MARKER, json.dumps(content, sort_keys=True))
        except BaseException:
            _files.remove(prefix)
            raise


def _sources(order: dict[str, Any], code: Path, temporary: Path) -> dict[str, Any]:
    """What the app's bundle brings: directories in ``temporary`` to install, and names of what is in them."""
    if not order.get("bundle"):
        return {}
    bundle = _bundle.unpack(code / order["bundle"], temporary / "bundle")
    return {"sources": bundle.sources, "provided": bundle.names}


@contextmanager
def _temporary(home: Path) -> Iterator[str]:
    """A directory for temporary files; account scope writes nothing outside of its own."""
    parent = home / ".cache" / "tmp"
    parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=parent) as directory:
        yield directory


def sweep(home: Path) -> None:
    """Remove what a build that was ended left in the cell's caches."""
    cache = home / ".cache"
    for pattern in ("tmp/*", "uv/.tmp*", "uv/*/.tmp*"):
        for path in cache.glob(pattern):
            _files.remove(path)


def _step(
    commands: list[list[str]], cwd: str, env: dict[str, str], deadline: Deadline, place: tuple[Path, str]
) -> None:
    """Run the commands of an installer; ``place`` is a path on the disk that they fill, and its name."""
    for words in commands:
        try:
            finished = run(words, deadline, cwd=cwd, env=env)
        except Overdue as error:
            raise PyhostError(f"{SLOW}: {error}") from error
        if finished.status != 0:
            said = f"{finished.output}\n{_skipped(Path(env['PIP_LOG']))}"
            if finished.status == -signal.SIGXFSZ:
                said += os.strerror(errno.EFBIG)
            head = _space.said(said, *place) or blame(said)
            raise PyhostError(f"{head}; the last lines of the installer:\n{finished.tail()}")


def _skipped(log: Path) -> str:
    try:
        text = _files.read_regular(log).decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(SKIPPED.findall(text))


def _check(home: Path, plan: dict[str, Any], prefix: Path, built: bool, deadline: Deadline) -> list[str]:
    """Try the app's code in this virtualenv, once for both; returns Django's warnings."""
    record = home / "releases" / f"{plan['release']}.json"
    content = _files.read_json(record)
    if not built and not unchecked(plan, content.get("checked")):
        return []
    python, environment, warnings = f"{prefix}/bin/python", dict(plan["launch"]["process"]["environment"]), []
    NOW.doing("", "trying the entry point")
    settings = _entry(home, plan, python, deadline)
    if settings:
        environment["DJANGO_SETTINGS_MODULE"] = settings
    if plan["manage"]:
        NOW.doing("", "manage.py check")
        manage = home / "releases" / plan["release"] / plan["manage"]
        seconds = min(plan["launch"]["health"]["timeout"], max(1.0, deadline.left()))
        warnings = check_deploy(python, manage, environment, seconds)
    known = content.get("checked")
    there = {path.parent.name for path in (home / "virtualenvs").glob(f"*/{_home.MARKER}")}
    kept = {name: known[name] for name in there if name in known} if isinstance(known, dict) else {}
    content["checked"] = {**kept, prefix.name: plan["target"]}
    _files.write(record, json.dumps(content, sort_keys=True))
    return warnings


def _entry(home: Path, plan: dict[str, Any], python: str, deadline: Deadline) -> str:
    """Import the entry point as `check_entry` does, where the app sees its platform's files.

    What a step right before the start may still make can be missing now; then the rollout is the one to judge.
    """
    _view.prepare(home, plan["launch"])
    try:
        with _temporary(home) as temporary:
            return check_entry(plan, python, Path(temporary), deadline)
    except PyhostError:
        if any(step["when"] == START for step in plan["steps"]):
            return ""
        raise


def _prepared(home: Path, plan: dict[str, Any]) -> bool:
    content = _files.read_json(home / "releases" / f"{plan['release']}.json")
    return content.get("prepared") in (plan["virtualenv"]["fingerprint"], "any")


def _prepare(home: Path, plan: dict[str, Any], prefix: Path, deadline: Deadline) -> bool:
    """Run the hooks and steps of the release once for this virtualenv, then seal it where that is the platform's."""
    record = home / "releases" / f"{plan['release']}.json"
    content = _files.read_json(record)
    environment = plan["launch"]["process"]["environment"]
    for hook in plan["hooks"]:
        with _space.named(home, plan["cell"]["home"]):
            _collectstatic(hook, home / "releases" / plan["release"], prefix, environment, deadline)
    with _space.named(home, plan["cell"]["home"]):
        ran = _steps.run_steps(home, plan, AFTER, deadline)
    if not plan["launch"].get("view", {}).get("writable"):
        NOW.doing("", "sealing")
        _files.seal(home / "releases" / plan["release"])
        content["sealed"] = time.time()
    content["prepared"] = plan["virtualenv"]["fingerprint"] if plan["exclusive"] else "any"
    content.pop("rehearsed", None)
    _files.write(record, json.dumps(content, sort_keys=True))
    return bool(plan["hooks"] or ran)


def _collectstatic(
    hook: dict[str, str], release: Path, prefix: Path, environment: dict[str, str], deadline: Deadline
) -> None:
    NOW.doing("", "collectstatic")
    python = f"{prefix}/bin/python"
    cwd = str((release / hook["manage"]).parent)
    asked = run([python, "-c", STATIC_ROOT], deadline, cwd=cwd, env=environment)
    found = re.search(r"^STATIC_ROOT=(.*)$", asked.output, re.MULTILINE)
    if not found:
        raise PyhostError(f"Django's settings cannot be read for collectstatic:\n{asked.tail()}")
    if not found.group(1):
        return
    finished = run([python, "manage.py", "collectstatic", "--noinput"], deadline, cwd=cwd, env=environment)
    if finished.status != 0:
        raise PyhostError(f"collectstatic failed (collectstatic: false turns it off):\n{finished.tail()}")
