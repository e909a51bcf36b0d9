# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage runtimes: every wanted branch has its directory. PRIVATE to the collection."""

from __future__ import annotations

import os
import platform
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _bring, _cell, _hostlook, _pythons, _store
from ansible_collections.pyhost.platform.plugins.module_utils._beside import adopt
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._progress import DONE, FAILED, NOW
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource

TOGETHER = 4
"""Branches that are brought at the same time."""


def runtimes(job: dict[str, Any]) -> dict[str, Any]:
    """Do the ``step`` of ``job``; ``scope``, ``root`` and ``python_paths`` say where.

    ``look`` tells what there is. ``make`` follows ``orders``. ``pack`` makes an archive of the directory ``name`` of
    the store, for other hosts, and ``packed`` removes it. Raises `PyhostError` with every branch that cannot be had.
    """
    system = job["scope"] == "system"
    root = os.path.realpath(os.path.expanduser(job["root"])) if not system else ""
    base = Path(_cell.RUNTIMES if system else f"{root}/python")
    tools = _cell.TOOLS if system else f"{root}/tools"
    if job["step"] == "look":
        look = _hostlook.look_at_host({**job, "root": root, "tools": tools})
        about = {"libc": " ".join(platform.libc_ver()), "store": [one["name"] for one in _store.entries(base)]}
        return {"changed": False, "look": {**look, **about}}
    if job["step"] == "pack":
        NOW.doing(f"Python {job['name'].partition('-')[0]}", "packing for other hosts")
        return {"changed": False, **_store.pack(base, job["name"])}
    if job["step"] == "packed":
        _store.packed(base, job["name"])
        return {"changed": False}
    return {
        "changed": _make(base, tools, job),
        "interpreters": _pythons.discover(str(base), job["python_paths"], system),
    }


def _make(base: Path, tools: str, job: dict[str, Any]) -> bool:
    """Let ``<runtimes>/<branch>/bin/python`` lead to an interpreter for each order; several are brought at once.

    An order has a ``branch`` and either the ``real`` path of an interpreter that is there, or a ``source`` that brings
    one, of which a file may have been ``sent``. ``published`` is the SHA-256 of what another host has made of the
    source, and ``modules`` what that has.
    """
    NOW.waiting(_name(order) for order in job["orders"])
    os.umask(0o022)  # Every cell runs what is here, whatever root's own umask is.
    with ThreadPoolExecutor(max_workers=TOGETHER) as pool:
        done = [pool.submit(_follow, base, tools, order, job) for order in job["orders"]]
    errors = [str(one.exception()) for one in done if isinstance(one.exception(), PyhostError)]
    if errors:
        raise PyhostError("\n".join(errors))
    changed = [one.result() for one in done]
    return any(changed)


def _follow(base: Path, tools: str, order: dict[str, Any], job: dict[str, Any]) -> bool:
    """`_make` for one order."""
    try:
        changed = _have(base, tools, order, job)
    except BaseException:
        NOW.doing(_name(order), FAILED)
        raise
    NOW.doing(_name(order), DONE)
    return changed


def _have(base: Path, tools: str, order: dict[str, Any], job: dict[str, Any]) -> bool:
    branch, real, changed = order["branch"], order.get("real", ""), False
    if order.get("source"):
        source = PythonSource.from_dict(order["source"])
        bring, name = partial(_bring_one, source, order, job), source.name(branch)
        changed = _store.keep(base, name, source.kind, bring, order.get("modules", ()))
        real = os.path.realpath(_store.interpreter(base, name))
    return adopt(base / branch / "bin", branch, real, tools) or changed


def _bring_one(source: PythonSource, order: dict[str, Any], job: dict[str, Any], stage: Path, final: Path) -> None:
    branch, sent = order["branch"], order.get("sent", "")

    def tell(what: str) -> None:
        NOW.doing(_name(order), what)

    if order.get("published"):
        source = replace(source, kind="archive", sha256=order["published"])
    if source.kind == "uv":
        tell("uv python install")
        _bring.by_uv(source, branch, job["uv"], job["environment"], stage)
    elif source.kind == "build":
        _bring.build(source, branch, sent, stage, final, os.cpu_count() or 1, tell)
    else:
        _bring.unpack(source, sent, stage, tell)


def _name(order: dict[str, Any]) -> str:
    return f"Python {order['branch']}"
