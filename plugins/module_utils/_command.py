# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command line of an app as the app's own processes run. Runs as the cell's user. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, Finished, Overdue, run

LINES = 30
"""Lines of its output that an error shows."""


def command(
    home: Path,
    process: dict[str, Any],
    what: str,
    line: str,
    deadline: Deadline,
    log: Path | None = None,
) -> Finished:
    """Run the shell's command line ``line`` with code, virtualenv and environment of ``process``, a launch's.

    ``what`` is what people call the command, ``log`` a file that its output is appended to. Raises `PyhostError`
    that names both and the last lines when it fails, is killed or outlives the deadline.
    """
    try:
        finished = run(
            ["/bin/sh", "-c", line],
            deadline,
            cwd=process["cwd"],
            env=environment(home, process),
            log=log,
        )
    except Overdue as error:
        said = f"{what} did not end within {deadline.seconds:.0f} s: {line}"
        raise PyhostError(said + _last_lines(error.finished)) from error
    if finished.status:
        status = finished.status
        how = f"failed with exit status {status}" if status > 0 else f"was killed by signal {-status}"
        raise PyhostError(f"{what} {how}: {line}{_last_lines(finished)}")
    return finished


def environment(home: Path, process: dict[str, Any]) -> dict[str, str]:
    """The app's whole environment; its virtualenv comes first even where the app has a ``PATH`` of its own.

    ``process`` may say as ``seen`` where the command finds the virtualenv instead of at its own place.
    """
    found = dict(process["environment"])
    programs = f"{process.get('seen') or '{}/virtualenvs/{}'.format(home, process['virtualenv'])}/bin"
    path = found.get("PATH", "")
    if path.partition(":")[0] != programs:
        found["PATH"] = f"{programs}:{path}" if path else programs
    return found


def _last_lines(finished: Finished) -> str:
    end = finished.tail(LINES)
    return f"; its last lines:\n{end}" if end else "; it wrote nothing"
