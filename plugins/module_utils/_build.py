# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build one virtualenv at its final path, and what the release needs from it. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _installer
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, Finished, run

LIST = """\
import importlib.metadata as m, json, re, sys
print(json.dumps({re.sub(r"[-_.]+", "-", d.metadata["Name"]).lower(): d.version for d in m.distributions()}))
"""

STATIC_ROOT = """\
import os, sys
sys.path.insert(0, os.getcwd())
sys.argv = ["manage.py"]
import re
text = open("manage.py", encoding="utf-8").read()
found = re.search(r"DJANGO_SETTINGS_MODULE['\\"]\\s*,\\s*['\\"]([\\w.]+)", text)
if found:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", found.group(1))
from django.conf import settings
print("STATIC_ROOT=" + str(settings.STATIC_ROOT or ""))
"""
"""Asks Django itself, with the app's own environment: a setting may depend on anything."""


def build(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Make the plan's virtualenv and prepare its release; raises `PyhostError` with the installer's words."""
    plan = job["plan"]
    order = plan["virtualenv"]
    deadline = Deadline(plan["build_timeout"])
    _home.make_directories(home)
    code = Path(os.path.normpath(home / "releases" / plan["release"] / plan["approot"]))
    prefix = home / "virtualenvs" / order["fingerprint"]
    built = not (prefix / _home.MARKER).exists()
    if built:
        make_virtualenv(home, order, prefix, code, f"{job['tools']}/bin/uv", deadline)
    prepared = _prepare(home, plan, prefix, code, deadline)
    marker = _files.read_json(prefix / _home.MARKER)
    return {"built": built, "prepared": prepared, "packages": marker["packages"]}


def make_virtualenv(home: Path, order: dict[str, Any], prefix: Path, code: Path, uv: str, deadline: Deadline) -> None:
    """Fill ``prefix`` from ``order`` and write its marker last; a build that fails leaves nothing."""
    env = _installer.environment(order, str(home), str(prefix))
    env["UV_PROJECT_ENVIRONMENT"] = str(prefix)
    temporary = home / ".cache" / "tmp"  # account scope writes nothing outside of its directory
    temporary.mkdir(mode=0o750, parents=True, exist_ok=True)
    env.setdefault("TMPDIR", str(temporary))
    _files.remove(prefix)
    _step([_installer.create(order, uv, str(prefix))], str(home), env, deadline, "create it")
    try:
        _step(_installer.installs(order, uv, str(prefix), str(code)), str(code), env, deadline, "install")
        listed = run([f"{prefix}/bin/python", "-I", "-c", LIST], deadline, env=env, errors=False)
        packages = json.loads(listed.output)
    except (PyhostError, ValueError):
        _files.remove(prefix)
        raise
    content = {"components": order["components"], "packages": packages, "version": order["version"]}
    _files.write(prefix / _home.MARKER, json.dumps(content, sort_keys=True))


def _step(commands: list[list[str]], cwd: str, env: dict[str, str], deadline: Deadline, what: str) -> None:
    for words in commands:
        finished = run(words, deadline, cwd=cwd, env=env)
        if finished.status != 0:
            raise PyhostError(f"{_blame(finished)}; the last lines of the installer:\n{finished.tail()}")


UNREACHABLE = re.compile(
    r"error sending request for url|HTTP status server error|network timeout|after connection broken by"
)

CULPRITS = (
    r"Failed to [a-z ]+:? `([^`@]+?)(?: @ [^`]*)?`",
    r".*(?:you require|your project depends on) (.+?), we can conclude",
    r"Package '([^']+)' requires a different Python",
    r"require a different Python[^\n]*\n[^\n]*\(required by (\S+)",
    r"Failed building wheel for (\S+)",
    r"No matching distribution found for (\S+)",
    r"Cannot install (.+?) because",
    r"DO NOT MATCH THE HASHES[^\n]*\n\s+(\S+)",
    r".*\b(?:and|[Bb]ecause) \S+ depends on (.+?), we can conclude that your requirements",
)
"""Where uv and pip name a package, in their own words; the last requirement that uv names is the app's own."""


def _blame(finished: Finished) -> str:
    """Name the package an installer stumbled over, where its words name one."""
    if UNREACHABLE.search(finished.output):
        return "the package index cannot be reached"
    for pattern in CULPRITS:
        found = re.search(pattern, finished.output, re.DOTALL)
        if found:
            return f"{' '.join(found.group(1).split())} cannot be installed"
    return "the requirements cannot be installed"


def _prepare(home: Path, plan: dict[str, Any], prefix: Path, code: Path, deadline: Deadline) -> bool:
    """Run the hooks of the release once for this virtualenv, then seal it."""
    record = home / "releases" / f"{plan['release']}.json"
    content = _files.read_json(record)
    fingerprint = plan["virtualenv"]["fingerprint"]
    if content.get("prepared") in (fingerprint, "any"):
        return False
    environment = plan["launch"]["process"]["environment"]
    for hook in plan["hooks"]:
        _collectstatic(hook, home / "releases" / plan["release"], prefix, environment, deadline)
    _files.seal(home / "releases" / plan["release"])
    content["prepared"] = fingerprint if plan["exclusive"] else "any"
    _files.write(record, json.dumps(content, sort_keys=True))
    return bool(plan["hooks"])


def _collectstatic(
    hook: dict[str, str], release: Path, prefix: Path, environment: dict[str, str], deadline: Deadline
) -> None:
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
