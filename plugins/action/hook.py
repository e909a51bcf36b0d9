# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage hook: the last steps of apps that get a new version, and their release hooks, each of these on one host."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _todo
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._hookhost import due, hook_host, starting, stepping
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage

UNORDERED = ("free", "host_pinned")
"""How the names of strategies end under which no host waits for another."""


class ActionModule(Stage):
    """The other hosts learn what came of it from this host's state, when they roll out."""

    name = "hook"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        for row in _state.working(self.state):
            row["todo"]["hook"] = []
        own = self._own()
        rows = [row for row in stepping(self.state) if row not in own] + own
        if not rows:
            return self.result(False)
        for row in rows:
            row["todo"]["hook"] = _todo.hook_todo(row["plan"], row["look"])
        if self.check:
            coming = {row["app"]["name"]: _coming(row, row in own) for row in rows}
            _state.take(self.state, self.name, {name: {"ok": True, "did": [text]} for name, text in coming.items()})
            return {**self.result(True), "apps": coming}
        job = {
            "jobs": self.state["settings"]["jobs"],
            "apps": [
                {"plan": row["plan"], "command": row["app"]["hooks"]["release"] if row in own else ""} for row in rows
            ],
        }
        answer = self.remote(job)
        _state.take(self.state, self.name, answer["apps"])
        return self.result(bool(answer["changed"]))

    def _own(self) -> list[dict[str, Any]]:
        """The apps whose hook this host has to run."""
        rows, hosts = due(self.state), self.play_hosts
        if not rows or len(hosts) == 1:
            return rows
        strategy = str(self._task.get_play().strategy)
        if strategy.endswith(UNORDERED):
            for row in rows:
                _state.fail(row, self.name, _unordered(strategy))
            return []
        states = {**_state.found(hosts), self.host: self.state}
        return [row for row in rows if self.host == hook_host(row["app"]["name"], row["plan"]["digest"], hosts, states)]


def _coming(row: dict[str, Any], own: bool) -> str:
    return f"would run {' and '.join([*starting(row['plan']), *(['the release hook'] if own else [])])}"


def _unordered(strategy: str) -> str:
    return (
        f"hooks.release: it runs on one host while the others wait, and the strategy {strategy} of this play "
        "lets none of them wait; use the strategy linear, or one host in each run"
    )
