# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people are told of the wishes in an app's tree. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._env_example import note


def source_of(app: App) -> str:
    """Ends a message on the branch of ``app`` that its entry does not name; else ""."""
    if not app.python or "python" in app.given:
        return ""
    return "; the source asks for it, and python in the app's entry overrules that"


def notes(known: Understanding, environment: Mapping[str, str]) -> list[str]:
    """Sentences for the report; ``environment`` is the whole one of the app's processes."""
    missing = note(known.expected, dict(environment))
    return [*known.notes, *([missing] if missing else [])]
