# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an app can live on the branch of Python that it gets. Pure. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils import _legacy
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._models import WEBLESS, App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS, Server


def branch_problems(app: App, known: Understanding | None, branch: str) -> list[Problem]:
    """What has to change for ``app`` to live on ``branch``.

    ``known`` is None as long as nobody has read its code; then its server counts if the app names one.
    """
    found = []
    refused = _legacy.refusal(app.installer, branch)
    if refused:
        found.append(Problem(app.name, "installer", refused))
    if known and known.inputs.kind == "uv.lock" and not _legacy.uv_serves(branch):
        text = f"uv.lock is for uv, which does not serve Python {branch}; name requirement files here"
        found.append(Problem(app.name, "requirements", text))
    name = known.server if known else app.server
    if name and not SERVERS[name].runs_on(branch) and _ours(SERVERS[name], known):
        can = ", ".join(one.name for one in SERVERS.values() if one.runs_on(branch) and one.name != WEBLESS)
        text = f"{name} has no version for Python {branch}, which has: {can}; write one of these, or another python"
        found.append(Problem(app.name, "server", text))
    return found


def _ours(server: Server, known: Understanding | None) -> bool:
    """Whether the server is ours to install, and not among the app's own requirements."""
    return known is None or bool(set(server.packages) & set(known.packages))
