# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage runtimes: every wanted branch has its directory. PRIVATE to the collection."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _bring, _cell, _files, _hostlook, _pythons, _store
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource

NAMES = ("python", "python3")


def runtimes(job: dict[str, Any]) -> dict[str, Any]:
    """Let ``<runtimes>/<branch>/bin/python`` lead to an interpreter of each branch of ``job``.

    ``orders`` have a ``branch`` and either the ``real`` path of an interpreter that is there, or a ``source`` that
    brings one. Without orders it is a look at what there is. Raises `PyhostError` when a source does not bring it.
    """
    system = job["scope"] == "system"
    root = os.path.realpath(os.path.expanduser(job["root"])) if not system else ""
    base = Path(_cell.RUNTIMES if system else f"{root}/python")
    if "orders" not in job:
        tools = _cell.TOOLS if system else f"{root}/tools"
        look = _hostlook.look_at_host({**job, "root": root, "tools": tools})
        return {"changed": False, "look": {**look, "store": [one["name"] for one in _store.entries(base)]}}
    changed = False
    for order in job["orders"]:
        branch, real = order["branch"], order.get("real", "")
        if order.get("source"):
            source = PythonSource.from_dict(order["source"])
            changed |= _store.keep(base, source.name(branch), source.kind, partial(_bring_one, source, order, job))
            real = os.path.realpath(_store.interpreter(base, source.name(branch)))
        changed |= _adopt(base / branch / "bin", branch, real)
    return {"changed": changed, "interpreters": _pythons.discover(str(base), job["python_paths"], system)}


def _bring_one(source: PythonSource, order: dict[str, Any], job: dict[str, Any], stage: Path, final: Path) -> None:
    branch, sent = order["branch"], order.get("sent", "")
    if source.kind == "uv":
        _bring.by_uv(source, branch, job["uv"], job["environment"], stage)
    elif source.kind == "build":
        _bring.build(source, branch, sent, stage, final, os.cpu_count() or 1)
    else:
        _bring.unpack(source, sent, stage)


def _adopt(directory: Path, branch: str, real: str) -> bool:
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    changed = [_files.link(directory / name, real) for name in (*NAMES, f"python{branch}")]
    return any(changed)
