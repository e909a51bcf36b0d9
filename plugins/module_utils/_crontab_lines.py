# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a crontab as schedules and command lines, as crontab(5) has them. Pure. PRIVATE to the collection.

A command runs in the home, with the variables that are set above it; a ``%`` begins its standard input.
"""

from __future__ import annotations

import re
import shlex

from ansible_collections.pyhost.platform.plugins.module_utils import _schedule

_SETTING = re.compile(r"""\s*(["']?)([A-Za-z_]\w*)\1\s*=\s*(.*?)\s*$""", re.ASCII)
_IGNORED = ("MAILTO", "MAILFROM", "CONTENT_TYPE", "CRON_TZ", "LOGNAME", "USER", "SHELL")
"""Variables that say something to cron itself, or that a user cannot change."""


def read(text: str) -> tuple[dict[int, tuple[str, str]], dict[int, str]]:
    """Schedule and command line by the number of the line, and what is wrong with lines that are neither."""
    found: dict[int, tuple[str, str]] = {}
    wrong: dict[int, str] = {}
    settings: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        setting = _SETTING.fullmatch(bare)
        if setting:
            settings[setting[2]] = _unquoted(setting[3])
            continue
        fields = 1 if bare.startswith("@") else 5
        words = bare.split(None, fields)
        if len(words) <= fields:
            wrong[number] = "is no schedule and a command"
            continue
        schedule = " ".join(words[:-1])
        problem = _schedule.problem(schedule)
        if problem:
            wrong[number] = problem
        else:
            found[number] = (schedule, _command(words[-1], settings))
    return found, wrong


def _command(text: str, settings: dict[str, str]) -> str:
    """The command line, in the home and with the settings above it; a ``%`` begins its standard input."""
    line, *given = re.split(r"(?<!\\)%", text)
    plain = [part.replace("\\%", "%") for part in (line, *given)]
    own = {name: value for name, value in settings.items() if name not in _IGNORED}
    exports = "".join(f"export {name}={shlex.quote(value)}; " for name, value in own.items())
    shell = settings.get("SHELL", "/bin/sh")
    run = f"{shlex.quote(shell)} -c {shlex.quote(plain[0])}"
    if given:
        stdin = shlex.quote("\n".join(plain[1:]) + "\n")
        run = f"printf %s {stdin} | {run}"
    else:
        run = f"exec {run}"
    return f'cd "$HOME"; {exports}{run}'


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
