# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a platform makes of an app. PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs


@dataclass(frozen=True)
class Understanding:
    """How an app is built and run, read from its tree; nothing of the host is in it.

    ``server`` is a name of the table of servers, ``target`` the callable (``module:attribute``),
    ``packages`` what is installed besides the app's own requirements, ``environment`` what the platform
    adds below the app's own values, ``files`` generated Python files (name to text) and ``manage`` the
    path of Django's ``manage.py`` in the tree ("" for other apps).
    """

    server: str
    target: str
    inputs: Inputs
    packages: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    manage: str = ""
    how: str = ""
