# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build would install, without building. PRIVATE to the collection."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _installer
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._legacy import uv_serves
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

PIN = re.compile(r"^([A-Za-z0-9][\w.\-]*)==([^\s;]+)", re.MULTILINE)
URL = re.compile(r"^([A-Za-z0-9][\w.\-]*) @ ([^\s;#?]+)", re.MULTILINE)
FILE = re.compile(r"/[\w.]+-(\d[^-/]*)(?:-[^/]*\.whl|\.tar\.gz|\.tgz|\.zip)$")
NO_WHEEL = re.compile(r"building from source is disabled|Building source distributions for \S+ is disabled")
SEEDED = "import ensurepip; print(ensurepip.version())"
SEEDED_SECONDS = 30


def predict(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """The packages that a build of ``job``'s order would install: name to version.

    ``packages`` is None where only the build can tell: a branch of Python that uv does not serve, code installed from
    the tree, wheels beside the requirements, a repository, and outside a cell whatever would have to run code to say
    what it needs. The texts are resolved in a temporary directory; nothing else is written. With ``machine`` this is
    the controller, which resolves with its own uv for a host of that architecture.
    """
    order = job["plan"]["virtualenv"]
    if not uv_serves(order["branch"]) or order["local"] or order["wheels"] or order["kind"] == "uv.lock":
        return {"packages": None}
    with tempfile.TemporaryDirectory(prefix="pyhost-predict-") as directory:
        root = Path(directory)
        for name, text in order["texts"].items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        code = root / job["plan"]["approot"]
        code.mkdir(parents=True, exist_ok=True)
        extra = root / ".pyhost-packages.txt"
        extra.write_text("\n".join(order["packages"]) + "\n", encoding="utf-8")
        machine = job.get("machine", "")
        words = _installer.prediction({**order, "python": ""} if machine else order, job["uv"], str(code))
        words += ["--python-platform", f"{machine}-unknown-linux-gnu"] if machine else []
        words.append(str(extra))
        words += order["files"] if order["kind"] == "files" else []
        words += ["pyproject.toml"] if order["kind"] == "pyproject" else []
        words += ["--no-build"] if job["temporary"] else []
        env = _installer.environment(order, str(home), "")
        env["UV_CACHE_DIR"] = f"{directory}/cache" if job["temporary"] else env["UV_CACHE_DIR"]
        if machine:
            env = {**_installer.PATIENCE, **order["environment"], **os.environ, **_installer.QUIET}
        deadline = Deadline(job["plan"]["build_timeout"])
        finished = run(words, deadline, cwd=str(code), env=env)
        if finished.status != 0 and NO_WHEEL.search(finished.output):
            return {"packages": None}
        if finished.status != 0:
            raise PyhostError(f"the requirements do not resolve:\n{finished.tail()}")
        packages = versions(finished.output)
        if packages and order["seeds"]:
            packages = {**order["seeds"], **packages}
        if packages and order["installer"] == "pip" and "pip" in order["packages"]:
            packages["pip"] = _seeded_pip({**order, "python": "" if machine else order["python"]}) or packages["pip"]
    return {"packages": packages}


def _seeded_pip(order: dict[str, Any]) -> str:
    """The version of pip that a virtualenv begins with, "" where nobody can say."""
    if order["seeds"] or not order["python"]:
        return str(order["seeds"].get("pip", ""))
    return run([order["python"], "-I", "-c", SEEDED], Deadline(SEEDED_SECONDS), cwd="/", errors=False).output.strip()


def versions(compiled: str) -> dict[str, str] | None:
    """Name to version of what ``uv pip compile`` printed; None where the URL of a package does not tell."""
    rows = PIN.findall(compiled)
    for name, url in URL.findall(compiled):
        found = FILE.search(url)
        if not found:
            return None
        rows.append((name, found[1]))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in rows}
