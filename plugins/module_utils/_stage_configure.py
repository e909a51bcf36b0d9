# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage configure on the host: every app's files, each checked in its cell. PRIVATE to the collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._incell import app_of, call, each

SECONDS = 120


def configures(job: dict[str, Any]) -> dict[str, Any]:
    def one(row: dict[str, Any]) -> dict[str, Any]:
        plan = row["plan"]
        order = {"plan": plan, "claim": job["claim"]}
        return call(Cell(**plan["cell"]), "configure", order, SECONDS)

    answers = each(job["jobs"], job["apps"], one, app_of)
    results = {row["plan"]["app"]: answer for row, answer in zip(job["apps"], answers)}
    return {"changed": any(one.get("changed") for one in answers), "apps": results}
