# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports for apps that listen on ``$PORT``: two each, one per instance of a rollout. Pure. PRIVATE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

FIRST = 20000
"""Below the kernel's ephemeral range (32768 and up, ip(7)), above the usual services."""


def allocate(
    looks: dict[str, dict[str, Any]], wanted: Sequence[str], busy: Sequence[int] = ()
) -> dict[str, tuple[int, int]]:
    """A pair of ports for every app of ``wanted``: the one it has, else the lowest that nobody has.

    ``looks`` are those of the apps of this run, by name; ``busy`` are the ports that anything on the host
    listens on, apps of other runs among them.
    """
    have: dict[str, tuple[int, int]] = {}
    for name, look in looks.items():
        ports = (look.get("launch") or {}).get("ports") or {}
        pair = (ports.get("app"), ports.get("app-next"))
        if isinstance(pair[0], int) and isinstance(pair[1], int):
            have[name] = (pair[0], pair[1])
    used = {port for pair in have.values() for port in pair} | set(busy)
    port = FIRST
    for name in wanted:
        if name in have:
            continue
        while port in used or port + 1 in used:
            port += 2
        have[name] = (port, port + 1)
        used |= {port, port + 1}
    return have
