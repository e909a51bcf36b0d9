# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P9: a project of many files."""

from __future__ import annotations

from pathlib import Path

from tests.benchmark.apps import CODE, REQUIREMENTS, await_answer
from tests.benchmark.bench import Bench
from tests.benchmark.place import Place
from tests.benchmark.results import Figure
from tests.benchmark.sides.ours import deploy
from tests.benchmark.timing import timed

FILES = 2000
FOLDERS = 50
LINES = 60
PROJECTS = {"big": FILES, "tiny": 1}
"""By name: files of Python besides the one that answers."""


def measure(bench: Bench) -> list[Figure]:
    """Runs over a project and over one that has nothing but the app, each with nothing and with one file changed, and with no app."""
    place = bench.fresh("ours").place
    folder = bench.folder / "apps" / "projects"
    for name, count in PROJECTS.items():
        _write(folder / name, name, count)
    for name in PROJECTS:
        _run(place, folder, name, "first deploy")
        _run(place, folder, name, "nothing changed")
    values: dict[str, list[float]] = {}
    for number in range(bench.settings.rounds):
        values.setdefault("empty", []).append(timed(deploy([place], []), "no apps").seconds)
        for name in PROJECTS:
            values.setdefault(f"{name} unchanged", []).append(_run(place, folder, name, "nothing changed"))
            _answers(folder / name, name, f"change{number}")
            values.setdefault(f"{name} changed", []).append(_run(place, folder, name, "one file changed"))
            await_answer(place.address, name, f"{name} change{number}")
    ours = bench.sides["ours"].name
    return [
        Figure("empty", ours, "a deploy of no apps", "s", tuple(values["empty"])),
        Figure("unchanged", ours, f"project of {FILES} files, nothing changed", "s", tuple(values["big unchanged"])),
        Figure("tiny unchanged", ours, "project of one file, nothing changed", "s", tuple(values["tiny unchanged"])),
        Figure("changed", ours, f"project of {FILES} files, one of them changed", "s", tuple(values["big changed"])),
        Figure("tiny changed", ours, "project of one file, changed", "s", tuple(values["tiny changed"])),
    ]


def _write(project: Path, name: str, count: int) -> None:
    """Modules of ordinary size in packages of ordinary size."""
    project.mkdir(parents=True)
    (project / "requirements.txt").write_text(REQUIREMENTS)
    _answers(project, name, "one")
    for number in range(count - 1):
        module = project / f"package{number % FOLDERS}" / f"module{number}.py"
        module.parent.mkdir(exist_ok=True)
        module.write_text("".join(f"VALUE_{number}_{line} = {number * line}\n" for line in range(LINES)))


def _answers(project: Path, name: str, version: str) -> None:
    (project / "wsgi.py").write_text(CODE.format(name=name, version=version))


def _run(place: Place, folder: Path, name: str, what: str) -> float:
    entry = {"name": name, "source": {"path": str(folder / name)}, "domains": [f"{name}.test"]}
    return timed(deploy([place], [entry]), f"{name}, {what}").seconds
