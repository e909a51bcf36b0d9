# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which apps the applications of a manifest.yml are, and which of them has their data. Pure. PRIVATE."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms._manifest import Application, wrong


def elsewhere(
    found: Sequence[Application], chosen: Sequence[Application], entry: Mapping[str, Any], others: Mapping[str, str]
) -> dict[str, str]:
    """The apps that other entries make of the applications, by path."""
    left = [one for one in found if one not in chosen]
    named = {one.path: others[word] for one in left for word in (one.path, title(one)) if word in others}
    rest = [one for one in left if one.path not in named]
    whole = others.get("", "") if "service" in entry else ""
    if whole:
        named.update({one.path: f"{whole}-{app_name(one)}" if len(rest) > 1 else whole for one in rest})
    return named


def owner(found: Sequence[Application], names: Mapping[str, str]) -> str:
    """The app that has the data of the services; an application that is bound to the same one shares it with that.

    It is the first of those with services; "" where that is no app.
    """
    bound = [one for one in found if one.values.get("services")]
    return names.get(bound[0].path, "") if bound else ""


def title(one: Application) -> str:
    return str(one.values.get("name") or posixpath.basename(one.path))


def app_name(one: Application) -> str:
    """The application's part of a name of ours."""
    text = title(one).lower().replace("_", "-")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", text):
        raise wrong(
            f"name: {title(one)} cannot be part of an app's name; write letters, digits and hyphens",
            one.values.get("name", one.values),
        )
    return text
