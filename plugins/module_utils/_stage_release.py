# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage release on the host: hand each app's archive into its cell. PRIVATE to the collection."""

from __future__ import annotations

import tarfile
from operator import itemgetter
from typing import Any, BinaryIO, cast

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._incell import call, each

SECONDS = 600


def releases(job: dict[str, Any]) -> dict[str, Any]:
    """Bring the release of each app of ``job``; ``bundle`` holds the archives that were sent, by app."""

    def one(row: dict[str, Any]) -> dict[str, Any]:
        cell = Cell(**row["cell"])
        order = {**row, "claim": job["claim"]}
        if not row["archive"]:
            return call(cell, "release", order, SECONDS)
        with tarfile.open(job["bundle"]) as bundle:
            order["size"] = bundle.getmember(row["name"]).size
            member = cast(BinaryIO, bundle.extractfile(row["name"]))
            return call(cell, "release", order, SECONDS, member)

    answers = each(job["jobs"], job["apps"], one, itemgetter("name"))
    results = {row["name"]: answer for row, answer in zip(job["apps"], answers)}
    return {"changed": any(one.get("changed") for one in answers), "apps": results}
