# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roll back: says who asks, the host does the rest."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.pyhost.platform.plugins.plugin_utils._who import who


class ActionModule(ActionBase):
    """Runs the module of the same name."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        args = {"who": who(), **self._task.args}
        result.update(self._execute_module(module_args=args, task_vars=task_vars))
        return result
