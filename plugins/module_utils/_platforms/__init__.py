# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of platforms. Adding one is adding a file and naming it here. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._platforms import (
    appfog,
    ausnimbus,
    dotcloud,
    native,
    rosti,
    site5,
)
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import Platform, Understanding

PLATFORMS: dict[str, Platform] = {
    "native": native.PLATFORM,
    "appfog": appfog.PLATFORM,
    "ausnimbus": ausnimbus.PLATFORM,
    "rosti": rosti.PLATFORM,
    "dotcloud": dotcloud.PLATFORM,
    "site5": site5.PLATFORM,
}

__all__ = ["PLATFORMS", "Platform", "Understanding"]
