# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give an order to our code on a host, where that is there and the same as ours. PRIVATE to the collection."""

from __future__ import annotations

import json
import shlex
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.pyhost.platform.plugins.module_utils._cell import TOOLS
from ansible_collections.pyhost.platform.plugins.module_utils._host import BEGUN, STAGES
from ansible_collections.pyhost.platform.plugins.plugin_utils._toolbox import agent_digest

ABSENT = 127
"""Exit status when the host has no such code; then nothing was done."""


def tools_directory(scope: str, root: str) -> str:
    """The directory of our tools as a word for the shell of the host; ``root`` may begin with ``~/``."""
    if scope == "system":
        return shlex.quote(TOOLS)
    if root.startswith("~/"):
        return f'"$HOME"/{shlex.quote(f"{root[2:]}/tools")}'
    return shlex.quote(f"{root}/tools")


def command(stage: str, tools: str) -> str:
    """What runs ``stage`` with the code in ``tools``, a word for the shell, or ends with `ABSENT`."""
    main = f"$tools/agent-{agent_digest()}/pyhost-host.py"
    return (
        f'tools={tools}; if test -x "$tools/bin/python" && test -r "{main}"; '
        f'then exec "$tools/bin/python" -I "{main}" {shlex.quote(stage)}; else exit {ABSENT}; fi'
    )


def direct(action: ActionBase, stage: str, tools: str, order: str) -> dict[str, Any] | None:
    """The answer of ``stage`` to ``order``, as `_job.pack` writes it; None when the host has not begun with it.

    ``order`` goes to standard input, as it does with pipelining, so that no list of processes shows it.
    """
    connection = action._connection
    if stage not in STAGES or not getattr(connection, "has_pipelining", False):
        return None
    words, environment = command(stage, tools), str(action._compute_environment_string()).strip()
    if environment:
        words = f"{environment} sh -c {shlex.quote(words)}"
    done = action._low_level_execute_command(words, in_data=order.encode())
    _noise, begun, text = str(done["stdout"]).rpartition(f"{BEGUN}\n")
    if not begun:
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        said = f"{text}\n{done['stderr']}".strip()
        return {"failed": True, "msg": f"{stage} ended without an answer (exit status {done['rc']})", "exception": said}
    return dict(answer)
