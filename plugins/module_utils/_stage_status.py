# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How every app of a host is, in one pass. PRIVATE to the collection."""

from __future__ import annotations

import os
import re
import time
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _atboot,
    _cells,
    _domains,
    _files,
    _front,
    _hostlook,
    _requestlog,
)
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._status import status

SECONDS = 15.0
"""Seconds that a block of cells may take, which are looked at side by side; one that hangs is ended then."""

UNITS_SECONDS = 10

_STEM = re.compile(rf"^    ssl_certificate {_front.TLS_DIRECTORY}/([\w.-]+)\.pem;$", re.MULTILINE)


def statuses(job: dict[str, Any]) -> dict[str, Any]:
    """Facts of the host and, by name, of each app whose cell is here, declared or not. Nothing is changed.

    What a tenant can write is read as that tenant; one whose look fails has ``error``.
    """
    system = job["scope"] == "system"
    root = os.path.realpath(os.path.expanduser(job["root"])) if not system else ""
    cells = _cells.cells(job["scope"], root)
    looks = as_users([(cell.user, partial(status, Path(cell.home))) for cell in cells], SECONDS)
    units = _units(cells) if system else {}
    texts = _hostlook.front()["texts"] if system else {}
    apps = {}
    for cell, look in zip(cells, looks):
        front = _fronted(texts.get(_domains.file_name(cell.name), ""))
        if front["domains"] and not look.get("requests", {}).get("answered"):
            look["requests"] = _requestlog.answered(Path(_front.log(cell.name)))
        apps[cell.name] = {**look, **front, "unit": units.get(cell.unit, "")}
    boot = "" if system else _atboot.way(root, cells)
    return {
        "changed": False,
        "boot": boot,
        "now": time.time(),
        "os": _hostlook.os_release().get("PRETTY_NAME", ""),
        "apps": apps,
    }


def _fronted(text: str) -> dict[str, Any]:
    """The domains that the front leads to an app, and the certificate that it shows, PEM."""
    stem = _STEM.search(text)
    certificate = ""
    if stem:
        try:
            path = Path(_front.TLS_DIRECTORY) / f"{stem[1]}.pem"
            certificate = _files.read_regular(path, 1 << 20).decode("ascii", "replace")
        except OSError:
            certificate = "missing"
    return {"domains": sorted(_domains.domains_of(text)), "certificate": certificate}


def _units(cells: list[Cell]) -> dict[str, str]:
    """The state of each cell's unit, such as ``active``; empty when systemd does not tell."""
    words = ["systemctl", "show", "--property=Id,ActiveState", *(cell.unit for cell in cells)]
    try:
        said = run(words, Deadline(UNITS_SECONDS), errors=False).output if cells else ""
    except PyhostError:
        return {}
    found = {}
    for block in said.split("\n\n"):
        values = dict(line.partition("=")[::2] for line in block.splitlines())
        found[values.get("Id", "")] = values.get("ActiveState", "")
    return found
