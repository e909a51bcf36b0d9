# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests only: ends ansible-playbook at a task, as its person or a crash of the controller would.

Ansible uses it when ANSIBLE_CALLBACK_PLUGINS and ANSIBLE_CALLBACKS_ENABLED name it, see tests/support/interrupt.py.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: kill_at
type: aggregate
short_description: End ansible-playbook at a task
description: Sends a signal to ansible-playbook when a task begins.
"""


PATIENCE = 20.0
"""Seconds after which a person presses Ctrl-C again."""


class CallbackModule(CallbackBase):
    """Counts the tasks of a run; at number ``KILL_AT``, or at the one named so, the signal ``KILL_WITH`` is sent."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kill_at"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._at = os.environ["KILL_AT"]
        self._with = signal.Signals[f"SIG{os.environ['KILL_WITH']}"]
        self._after = float(os.environ["KILL_AFTER"])
        self._count = 0

    def v2_playbook_on_task_start(self, task: object, is_conditional: bool) -> None:
        del is_conditional
        self._count += 1
        name = getattr(task, "name", "")
        if self._at not in (str(self._count), name):
            return
        if self._after:
            threading.Timer(self._after, self._kill).start()
        else:
            self._kill()

    def _kill(self) -> None:
        """Press Ctrl-C again when it has no effect: a worker that ends with a lock in its hand leaves Ansible waiting for it."""
        again = threading.Timer(PATIENCE, self._kill)
        again.daemon = True
        again.start()
        sys.stdout.flush()  # Ansible leaves that to its end, which does not come; the test reads what was shown.
        os.kill(os.getpid(), self._with)
