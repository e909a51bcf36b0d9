# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage rollout: apps that run something else than they should move to their launch."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _order, _processes, _todo
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._hookhost import due, hook_host, objection
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of

MASK = "(hidden)"


class ActionModule(Stage):
    """The difference shows names of the environment and never their values."""

    name = "rollout"
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        del args
        self._heed_hooks()
        self._heed_order()
        rows = [row for row in _state.working(self.state) if row.get("plan") and row["todo"]["rollout"]]
        if not rows:
            return self.result(False)
        diff = diff_of([self._difference(row) for row in rows])
        if self.check:
            return self.result(True, diff=diff)
        settings = self.state["settings"]
        job = {
            "jobs": settings["jobs"],
            "keep": settings["keep_releases"],
            "apps": [
                {
                    "plan": row["plan"],
                    "processes": _processes_of(row),
                    "after": row["app"].get("after", ()),
                    "why": "; ".join(row["todo"]["rollout"]),
                }
                for row in rows
            ],
        }
        answer = self.remote(job)
        _state.take(self.state, self.name, answer["apps"])
        return self.result(bool(answer["changed"]), diff=diff)

    def _heed_hooks(self) -> None:
        """No app moves whose release hook did not succeed, on whatever host that was to run."""
        rows, hosts = due(self.state), self.play_hosts
        if not rows:
            return
        states = {**_state.found(hosts), self.host: self.state}
        for row in rows:
            name, digest = row["app"]["name"], row["plan"]["digest"]
            host = hook_host(name, digest, hosts, states)
            text = objection(name, digest, host, states[host])
            if text:
                _state.fail(row, "hook", text)

    def _heed_order(self) -> None:
        """No app moves that comes after one that failed; nor does one that comes after that."""
        rows = {name: row for name, row in self.state["apps"].items() if row["todo"].get("rollout")}
        after = {name: row["app"].get("after", ()) for name, row in rows.items()}
        while True:
            failed = [name for name, row in self.state["apps"].items() if row["failed"]]
            refused = {name: _order.refusal(name, after, failed) for name in rows if name not in failed}
            if not any(refused.values()):
                return
            for name, text in refused.items():
                if text:
                    _state.fail(rows[name], self.name, text)

    def _difference(self, row: dict[str, Any]) -> tuple[str, str, str]:
        new = _todo.with_digests(row["plan"])["launch"]
        old = row["look"].get("launch") or {}
        names = _todo.environment_changes(new["process"]["environment"], old.get("process", {}).get("environment", {}))
        return f"{row['app']['name']}: launch", _lines(old, names, "-~"), _lines(new, names, "+~")


def _processes_of(row: dict[str, Any]) -> dict[str, Any]:
    """The processes of the version before, which may take their time to end."""
    return _processes.rows((row.get("look") or {}).get("launch") or {})


def _lines(launch: dict[str, Any], names: list[str], marks: str) -> str:
    if not launch:
        return ""
    process = launch["process"]
    lines = [
        f"release: {process['release']}",
        f"python: {launch['python']}",
        f"virtualenv: {process['virtualenv']}",
        f"command: {' '.join(process['argv'])}",
        f"rules: {launch['conf']}",
    ]
    for name, one in _processes.rows(launch).items():
        limit = f", at most {one['memory']} bytes" if one["memory"] else ""
        lines.append(f"process {name}: {one['command']} ({one['stop_signal']}, {one['stop_wait']} s{limit})")
    lines += [
        f"cron {name}: {one['schedule']} {one['command']} ({one['overlap']}, {one['max_age']} s)"
        for name, one in sorted(launch.get("cron", {}).items())
    ]
    shown = [f"environment: {name[1:]}={MASK}" for name in names if name[0] in marks and name[0] != "~"]
    changed = [f"environment: {name[1:]}={MASK} {'new' if '+' in marks else 'old'}" for name in names if name[0] == "~"]
    return "\n".join([*lines, *shown, *changed]) + "\n"
