# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action halves of all stages share. PRIVATE to the collection."""

from __future__ import annotations

import time
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.pyhost.platform.plugins.module_utils import _job
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._host import PROFILE
from ansible_collections.pyhost.platform.plugins.plugin_utils import _profile, _state
from ansible_collections.pyhost.platform.plugins.plugin_utils._direct import direct, tools_directory
from ansible_collections.pyhost.platform.plugins.plugin_utils._watch import Reporter
from ansible_collections.pyhost.platform.plugins.plugin_utils._who import who


class StageError(PyhostError):
    """The module of a stage failed as a whole; ``result`` is Ansible's own account of it."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result
        super().__init__(str(result.get("msg", "the module failed")))


class Stage(ActionBase):
    """One stage: `work` reads and changes ``self.state`` and returns the task's result.

    A `PyhostError` becomes the task's failure with its text alone.
    """

    name = ""
    fresh = False
    "Whether this stage begins a run and so finds no state."

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.vars = task_vars or {}
        self.host = str(self.vars.get("inventory_hostname", ""))
        begun = time.monotonic()
        self.spent: dict[str, Any] = {}
        try:
            self.state = {} if self.fresh else _state.load(self.host)
            result.update(self.work(dict(self._task.args)))
            if self.state:
                seconds = self.state.setdefault("seconds", {})
                seconds[self.name] = round(time.monotonic() - begun, 2)
                if self._profiled:
                    self._spend(begun)
                _state.save(self.host, self.state)
        except StageError as error:
            result.update(error.result)
        except PyhostError as error:
            result.update({"failed": True, "msg": str(error), "changed": False})
        return result

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    @property
    def check(self) -> bool:
        return bool(self._task.check_mode)

    @property
    def play_hosts(self) -> list[str]:
        """Every host of the play, in its order; those that left the run are still named."""
        return [str(host) for host in self.vars.get("ansible_play_hosts_all") or (self.host,)]

    def remote(self, job: dict[str, Any]) -> dict[str, Any]:
        """The answer of this stage's module on the host; raises `StageError` when it fails."""
        order, heard, begun = {**job, "claim": self._claim()}, Reporter(self.host, self.name), time.monotonic()
        order |= {PROFILE: True} if self._profiled else {}
        try:
            answer = direct(self, self.name, self._tools(job), order, heard) or self._by_module(order, heard)
        finally:
            heard.done()
        _profile.add_call(self.spent, time.monotonic() - begun, answer)
        if answer.get("failed") or answer.get("unreachable"):
            raise StageError(answer)
        answer.pop("invocation", None)
        return dict(answer)

    def _by_module(self, order: dict[str, Any], heard: Reporter) -> dict[str, Any]:
        """The answer where the host has not our code, or cannot be asked directly; of what is done nothing is heard."""
        heard({"seconds": 0.0, "rows": []})
        module, options = f"pyhost.platform.{self.name}", {"job": _job.pack(order)}
        return dict(self._execute_module(module_name=module, module_args=options, task_vars=self.vars))

    @property
    def _profiled(self) -> bool:
        """Whether this run is to tell where its time goes."""
        return bool(self.state.get("settings", {}).get("profile"))

    def _spend(self, begun: float) -> None:
        """Remember what this stage took; some run several times in a run."""
        profile = self.state.setdefault("profile", {"since": begun, "stages": {}})
        spent = profile["stages"].setdefault(self.name, {"all": 0.0})
        spent["all"] += time.monotonic() - begun
        for key, value in self.spent.items():
            spent[key] = {**spent.get(key, {}), **value} if key == "apps" else spent.get(key, 0.0) + value

    def _tools(self, job: dict[str, Any]) -> str:
        """Where this run's tools are on the host, as a word for its shell."""
        place = {**self.state.get("settings", {}), **job}
        return tools_directory(str(place.get("scope", "system")), str(place.get("root", "")))

    def _claim(self) -> dict[str, Any]:
        """Who asks for an app's lock, and how many seconds to wait for it; outside of a run there is no wait."""
        return {"who": who(), "wait": self.state.get("settings", {}).get("lock_wait", 0)}

    def result(self, changed: bool, **more: Any) -> dict[str, Any]:
        """A short, secret-free result: what was done or failed, by app."""
        apps = {}
        for name in self.state["order"]:
            row = self.state["apps"][name]
            if row["failed"] and row["failed"]["stage"] == self.name:
                apps[name] = f"failed: {row['failed']['error']}"
            elif row["todo"].get(self.name) and not row["failed"]:
                apps[name] = "; ".join(row["todo"][self.name])
        return {"changed": changed, "apps": apps, **more}


def diff_of(texts: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    """Ansible's form of a difference: (header, before, after) for each text that differs."""
    return [
        {"before_header": name, "after_header": name, "before": before, "after": after}
        for name, before, after in texts
        if before != after
    ]
