# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say how each platform would run a source, and why. No host is asked, and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown, unknown, wrong_type
from ansible_collections.pyhost.platform.plugins.plugin_utils import _explain
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")


class ActionModule(Stage):
    """Prints a table and a paragraph for each app; the result has the same as data."""

    name = "explain"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        source, entry, base = args.get("source"), args.get("entry") or {}, args.get("base") or "."
        _check(source, entry)
        place = Path(str(base)) / Path(str(source)).expanduser()
        kind = "archive" if str(source).endswith(ARCHIVES) and not place.is_dir() else "path"
        rows = _explain.explained({kind: str(source)}, entry, Path(str(base)))
        Display().display(_explain.text(rows))
        return {"changed": False, "apps": rows, "platforms": sorted({row["platform"] for row in rows if row["ok"]})}


def _check(source: object, entry: object) -> None:
    problems = []
    if not isinstance(source, str) or not source:
        problems.append(Problem("", "source", wrong_type(source, "a path of the controller", "write source: ../ramen")))
    elif "://" in source:
        problems.append(Problem("", "source", f"{shown(source)} is not on the controller; fetch it first"))
    if not isinstance(entry, Mapping):
        fix = "write for example {approot: web}"
        problems.append(Problem("", "entry", wrong_type(entry, "a mapping", fix)))
    elif "source" in entry:
        problems.append(Problem("", "entry", "source has an option of its own; remove it here"))
    elif "platform" in entry and entry["platform"] not in PLATFORMS:
        text = f"{shown(entry['platform'])} is unknown; {unknown(entry['platform'], PLATFORMS, 'platforms')}"
        problems.append(Problem("", "entry.platform", text))
    if problems:
        raise Problems(problems)
