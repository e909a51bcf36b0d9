# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What supervisord's log says of its programs. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
import time
from collections import Counter

DAY = 24 * 3600

_EXITED = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ \w+ exited: ([\w.-]{1,64}) \(", re.MULTILINE)


def restarts(text: str, now: float, seconds: float = DAY) -> dict[str, int]:
    """How often each program ended by itself within the last ``seconds`` before ``now`` (both as `time.time`).

    supervisord says "exited" of those and "stopped" of what it was told to end; its times are local.
    """
    found: Counter[str] = Counter()
    for when, name in _EXITED.findall(text):
        try:
            told = time.mktime(time.strptime(when, "%Y-%m-%d %H:%M:%S"))
        except (ValueError, OverflowError):
            continue
        if told > now - seconds:
            found[name] += 1
    return dict(found)
