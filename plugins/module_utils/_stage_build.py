# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage build on the host: virtualenvs in parallel, each in its cell. PRIVATE to the collection."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._incell import app_of, call, each
from ansible_collections.pyhost.platform.plugins.module_utils._predict import predict
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._stage_wheels import Sharing
from ansible_collections.pyhost.platform.plugins.module_utils._wheelstore import Store


def builds(job: dict[str, Any]) -> dict[str, Any]:
    """Build, or with ``job["check"]`` predict, the virtualenv of each app; with the verb ``rehearse`` try it aside.

    With ``job["share"]``, what several of them pin is fetched once for all (`_stage_wheels`).
    A host without our tools cannot predict; the controller does it then, told by ``job["machine"]``.
    """

    def one(row: dict[str, Any]) -> dict[str, Any]:
        begun = time.monotonic()
        answer = _predict(row, job) if job["check"] else _build(row, job, sharing)
        return {**answer, "seconds": round(time.monotonic() - begun, 2)}

    plans = [row["plan"] for row in job["apps"] if row.get("makes")] if job.get("share") and not job["check"] else []
    sharing = Sharing(plans, job["jobs"], Store()) if plans else None
    answers = each(job["jobs"], job["apps"], one, app_of)
    results = {row["plan"]["app"]: answer for row, answer in zip(job["apps"], answers)}
    wheels = sharing.end() if sharing else {}
    return {"changed": any(one.get("ok") for one in answers), "apps": results, "wheels": wheels}


def _build(row: dict[str, Any], job: dict[str, Any], sharing: Sharing | None) -> dict[str, Any]:
    plan = row["plan"]
    cell = Cell(**plan["cell"])
    order = {"plan": plan, "tools": cell.tools, "copy_of": row["copy_of"], "claim": job["claim"]}
    if sharing:
        NOW.doing(plan["app"], "waiting for shared wheels")
    order["shared"] = sharing.offers(plan) if sharing and row.get("makes") else []
    return call(cell, job.get("verb", "build"), order, plan["build_timeout"])


def _predict(row: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """In the cell where there is one; a fresh host is asked with a temporary directory only."""
    plan = row["plan"]
    cell = Cell(**plan["cell"])
    order = {"plan": plan, "uv": job["uv"], "temporary": not row["exists"], "machine": job.get("machine", "")}
    if row["exists"]:
        return call(cell, "predict", order, plan["build_timeout"])
    try:
        return {"ok": True, **predict(Path("/nonexistent"), order)}
    except PyhostError as error:
        return {"ok": False, "error": str(error)}
