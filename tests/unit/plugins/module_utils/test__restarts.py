# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time

from ansible_collections.pyhost.platform.plugins.module_utils._restarts import restarts

NOW = time.mktime(time.strptime("2026-11-22 12:00:00", "%Y-%m-%d %H:%M:%S"))
LOG = """\
2026-11-20 11:00:00,123 WARN exited: worker (exit status 1; not expected)
2026-11-22 11:00:00,123 INFO spawned: 'worker' with pid 12
2026-11-22 11:00:01,123 WARN exited: worker (terminated by SIGKILL; not expected)
2026-11-22 11:00:02,123 INFO exited: worker (exit status 0; expected)
2026-11-22 11:00:03,123 INFO stopped: app (exit status 0)
2026-11-22 11:00:04,123 WARN exited: app (exit status 3; not expected)
2026-99-99 11:00:04,123 WARN exited: app (exit status 3; not expected)
"""


def test_ends_within_a_day():
    assert restarts(LOG, NOW) == {"worker": 2, "app": 1}


def test_no_log():
    assert restarts("", NOW) == {}
