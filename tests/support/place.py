# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host a test uses."""

from __future__ import annotations

import os

HOST = "PYHOST_TEST_HOST"
"""The variable that names another host than a scenario's own."""

OTHER = "PYHOST_OTHER_HOST"
"""The variable that names another second host, for tests of two."""


def host(usual: str) -> str:
    """The host of a scenario: ``usual``, if nothing else was said."""
    return os.environ.get(HOST, usual)


def other(usual: str) -> str:
    """The second host of a scenario, likewise."""
    return os.environ.get(OTHER, usual)
