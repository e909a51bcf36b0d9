# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of platforms. Adding one is adding a file and naming it here. PRIVATE to the collection."""

from __future__ import annotations

from typing import Callable

from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import native
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

PLATFORMS: dict[str, Callable[[App, TreeFacts], Understanding]] = {"native": native.understand}

__all__ = ["PLATFORMS", "Understanding"]
