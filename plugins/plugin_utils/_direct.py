# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give an order to our code on a host, where that is there and the same as ours. PRIVATE to the collection."""

from __future__ import annotations

import json
import shlex
import time
import uuid
from typing import Any, Protocol

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible_collections.pyhost.platform.plugins.module_utils import _job
from ansible_collections.pyhost.platform.plugins.module_utils._cell import TOOLS
from ansible_collections.pyhost.platform.plugins.module_utils._host import AWAIT, BEGUN, CALL, LONG, STAGES
from ansible_collections.pyhost.platform.plugins.plugin_utils._toolbox import agent_digest

ABSENT = 127
"""Exit status when the host has no such code; then nothing was done."""

GAP, SILENT = 1.0, 30.0
"""Seconds between two questions about a stage: of which somebody watches the news, and where nobody does or none is."""

GONE = {
    "failed": True,
    "changed": False,
    "msg": "another run has exchanged pyhost's code on the host, so this one cannot hear how it ended; run again",
}
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between tries to reach a host whose connection was lost."""


class Heard(Protocol):
    """Takes what `_progress.Record.snapshot` gives; ``watched`` tells whether somebody looks at it."""

    watched: bool

    def __call__(self, progress: dict[str, Any]) -> None: ...


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


def direct(action: ActionBase, stage: str, tools: str, order: dict[str, Any], heard: Heard) -> dict[str, Any] | None:
    """The answer of ``stage`` to ``order``; None when the host has not begun with it.

    A stage that takes long is asked for again and again, and ``heard`` is told each time how far it is. It goes on when
    the connection is lost, and is asked for through another one.
    """
    if stage not in STAGES or not getattr(action._connection, "has_pipelining", False):
        return None
    if stage not in LONG:
        return _ask(action, stage, tools, order)
    name, lost = uuid.uuid4().hex, None
    try:
        answer = _ask(action, stage, tools, {**order, CALL: name})
    except AnsibleConnectionFailure as error:
        answer, lost = {"running": -1}, error
    while answer and "running" in answer:
        if "progress" in answer:
            heard(answer["progress"])
        every = GAP if heard.watched else SILENT
        question = {"name": name, "seen": answer["running"], "seconds": SILENT, "gap": every}
        answer = _again(action, tools, question)
        if lost and (answer or {}).get("unknown", not answer):
            raise lost
        answer = answer or GONE
        lost = None
    return answer


def _again(action: ActionBase, tools: str, question: dict[str, Any]) -> dict[str, Any] | None:
    """`_ask` how far a stage is, through a connection that may have to be made anew."""
    for seconds in PAUSES:
        try:
            return _ask(action, AWAIT, tools, question)
        except AnsibleConnectionFailure:
            time.sleep(seconds)
    return _ask(action, AWAIT, tools, question)


def _ask(action: ActionBase, stage: str, tools: str, order: dict[str, Any]) -> dict[str, Any] | None:
    """One call. The order goes to standard input, as it does with pipelining, so that no list of processes shows it."""
    words, environment = command(stage, tools), str(action._compute_environment_string()).strip()
    if environment:
        words = f"{environment} sh -c {shlex.quote(words)}"
    done = action._low_level_execute_command(words, in_data=_job.pack(order).encode())
    _noise, begun, text = str(done["stdout"]).rpartition(f"{BEGUN}\n")
    if not begun:
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        said = f"{text}\n{done['stderr']}".strip()
        return {"failed": True, "msg": f"{stage} ended without an answer (exit status {done['rc']})", "exception": said}
    return dict(answer)
