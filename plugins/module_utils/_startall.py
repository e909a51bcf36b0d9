# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``pyhost-boot``: starts the apps of an account, for its crontab (`_boot`). PRIVATE to the collection."""

from __future__ import annotations

import os
import sys

from ansible_collections.pyhost.platform.plugins.module_utils import _atboot
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_rollout import start_daemon


def main(root: str) -> int:
    """Start each app below ``root`` that its user's systemd does not start; cron mails what goes wrong to the user."""
    os.umask(0o027)
    failed = 0
    for cell in _atboot.alive(root):
        try:
            if not _atboot.enabled(cell):
                start_daemon(cell)
        except (PyhostError, OSError) as error:
            sys.stderr.write(f"{cell.name}: {error}\n")
            failed = 1
    return failed
