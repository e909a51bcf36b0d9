# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show an app's logs, and what is added to them, until somebody interrupts it."""

from __future__ import annotations

from typing import Any

from ansible import context
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown, unknown
from ansible_collections.pyhost.platform.plugins.plugin_utils._plain import plain
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage

WAIT = 10
"""Seconds that the host waits for something new before it answers."""


class ActionModule(Stage):
    """Works by itself; nothing has to be declared. Lines are shown as they come, and are no part of the result."""

    name = "logs"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        if not args.get("name"):
            raise PyhostError("name: missing; name the app")
        self.follow = boolean(args.get("follow", True), strict=False)
        hosts, forks = len(self.play_hosts), int(context.CLIARGS.get("forks") or 1)
        if self.follow and hosts > forks:
            raise PyhostError(
                f"{hosts} hosts cannot be followed by {forks} forks; add --forks {hosts}, or --limit HOST"
            )
        self.job = {
            "name": str(args["name"]),
            "scope": args.get("scope", "system"),
            "root": args.get("root", "~/pyhost"),
            "program": str(args.get("program") or ""),
            "lines": _lines(args.get("lines", 20)),
            "follow": self.follow,
            "wait": 0,
        }
        answer = self.remote({**self.job, "marks": None})
        if not answer["found"]:
            return {"changed": False, "found": False, "apps": answer["apps"]}
        known = answer["programs"]
        if self.job["program"] and self.job["program"] not in known:
            text = unknown(self.job["program"], known, "programs")
            raise PyhostError(f"{self.job['name']} on {self.host} has no log of {self.job['program']}; {text}")
        try:
            self._show(answer)
            while self.follow:
                answer = self.remote({**self.job, "wait": WAIT, "marks": answer["marks"]})
                self._show(answer)
        except KeyboardInterrupt:
            pass
        return {"changed": False, "found": True, "apps": [], "programs": known}

    def _show(self, answer: dict[str, Any]) -> None:
        """Print lines with the host, where there are several, and the program, where nobody has asked for one."""
        several = len(self.play_hosts) > 1
        lines = []
        for name, text in answer["texts"]:
            words = [self.host] if several else []
            words += [name[: -len(".log")]] if len(answer["marks"]) > 1 else []
            label = f"{' '.join(words)} | " if words else ""
            lines += [plain(f"{label}{line}") for line in text.rstrip("\n").split("\n")]
        if lines:
            Display().display("\n".join(lines), screen_only=True)


def _lines(value: object) -> int:
    try:
        return max(0, int(str(value)))
    except ValueError:
        raise PyhostError(f"lines: {shown(value)} is no number; write for example 100") from None
