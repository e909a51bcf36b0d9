# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's crontab in an app's tree, as schedules of the app. Pure. PRIVATE to the collection.

The format is crontab(5)'s: five fields or a name such as ``@daily``, then a command; ``NAME=value`` lines hold for the
lines below them, and a ``%`` in a command begins its input unless a backslash is in front of it.
"""

from __future__ import annotations

import re
import shlex

from ansible_collections.pyhost.platform.plugins.module_utils import _schedule
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import Cron
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._s2i_environment import unquoted

_SET = re.compile(r"""(["']?)([A-Za-z_]\w*)\1\s*=\s*(.*)""", re.ASCII)
_LINE = re.compile(r"(@\w+|\S+(?:\s+\S+){4})\s+(.+)")
_OURS = ("MAILTO", "MAILFROM", "SHELL", "LOGNAME", "USER", "HOME", "CRON_TZ")
"""Variables that say something to cron itself, or that a user cannot change."""


def read(text: str, file: str) -> dict[str, Cron]:
    """Schedules by name: ``line-`` and the number of the line. Raises `PyhostError` with each line that is wrong."""
    found: dict[str, Cron] = {}
    wrong, variables = [], {}
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        setting = _SET.fullmatch(bare)
        if not bare or bare.startswith("#"):
            continue
        if setting:
            variables[setting[2]] = unquoted(setting[3].strip())
            continue
        parts = _LINE.fullmatch(bare)
        problem = _schedule.problem(parts[1]) if parts else "is no schedule and a command"
        if problem or not parts:
            wrong.append(f"{file}, line {number}: {problem}")
            continue
        found[f"line-{number}"] = Cron(parts[1], _command(parts[2], variables))
    if wrong:
        raise PyhostError("\n".join(wrong))
    return found


def _command(text: str, variables: dict[str, str]) -> str:
    """One line for a shell: variables, the command, and its input after the first ``%``."""
    command, *told = (part.replace("\\%", "%") for part in re.split(r"(?<!\\)%", text))
    if told:
        command = f"printf '%s\\n' {' '.join(map(shlex.quote, told))} | {{ {command.strip()}; }}"
    own = {name: value for name, value in variables.items() if name not in _OURS}
    return "".join(f"export {name}={shlex.quote(value)}; " for name, value in own.items()) + command
