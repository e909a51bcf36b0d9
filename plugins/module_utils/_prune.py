# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove what no kept launch leads to. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home


def prune(home: Path, keep: int) -> list[str]:
    """Keep the launch in force and the newest others, ``keep`` in all; what they need stays with them.

    Returns the names of what was removed, below the home.
    """
    now = _home.current(home)
    launches = sorted(
        (path for path in (home / "launches").iterdir() if not path.name.startswith(".")),
        key=lambda path: (path.name == now, path.stat().st_mtime_ns),
        reverse=True,
    )[: max(1, keep)]
    needed: dict[str, set[str]] = {
        "launches": {path.name for path in launches},
        "releases": set(),
        "virtualenvs": set(),
        "conf/sets": set(),
    }
    for path in launches:
        launch = _home.launch(home, path.name)
        if launch:
            needed["releases"].add(launch["process"]["release"])
            needed["virtualenvs"].add(launch["process"]["virtualenv"])
            needed["conf/sets"].add(launch["conf"])
    removed = []
    for area, names in needed.items():
        for path in (home / area).iterdir():
            name = path.stem if path.suffix == ".json" else path.name
            if name not in names:
                _files.remove(path)
                removed.append(f"{area}/{path.name}")
    return sorted(removed)
