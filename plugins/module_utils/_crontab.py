# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The crontab that an app's owner installs in its cell, read as crontab(5) has it. PRIVATE to the collection.

Its lines become entries of ``cron`` beside those of the app's entry. They run in the home of the app, with its
environment; what a line prints is in its log, so ``MAILTO`` means nothing.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _schedule

FILE = "data/.crontab"
"""Below the cell's home."""

LARGEST = 64 * 1024
MAX_AGE = 86400
_SETTING = re.compile(r"""\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*$""", re.ASCII)
_IGNORED = ("MAILTO", "MAILFROM", "CONTENT_TYPE", "LOGNAME", "USER")

PROGRAM = """\
#!/bin/sh
# crontab(1) for this cell: its scheduler reads what is installed here, from the next minute on.
table="$PYHOST_DATA/.crontab"
case "${1:--}" in
    -l) [ -e "$table" ] || { echo "no crontab for $(id -un)" >&2; exit 1; }; exec cat "$table" ;;
    -r) exec rm -f "$table" ;;
    -e) exec "${VISUAL:-${EDITOR:-vi}}" "$table" ;;
    -) cat > "$table.new" ;;
    -*) echo "usage: crontab [FILE | - | -l | -r | -e]" >&2; exit 1 ;;
    *) cat -- "$1" > "$table.new" || exit 1 ;;
esac
wrong=$(awk '
    /^[ \\t]*(#|$)/ || /^[ \\t]*[A-Za-z_][A-Za-z0-9_]*[ \\t]*=/ {next}
    NF < (/^[ \\t]*@/ ? 2 : 6) {print NR; exit}
' "$table.new")
if [ -n "$wrong" ]; then
    rm -f "$table.new"
    echo "line $wrong is no line of a crontab; nothing is installed" >&2
    exit 1
fi
exec mv -f "$table.new" "$table"
"""


def read(home: Path) -> str:
    """The text of the table, "" where there is none, or nothing that can be one."""
    try:
        return _files.read_regular(home / FILE, LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""


def entries(text: str) -> dict[str, dict[str, Any]]:
    """The entries by name, as a launch has them; lines that cannot be read are left out."""
    found: dict[str, dict[str, Any]] = {}
    settings: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        setting = _SETTING.fullmatch(line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if setting and not line.lstrip().startswith("@"):
            settings[setting[1]] = _unquoted(setting[2])
            continue
        words = line.split(None, 1 if line.lstrip().startswith("@") else 5)
        schedule, command = " ".join(words[:-1]), words[-1]
        try:
            _schedule.parse(schedule)
        except ValueError:
            continue
        found[f"crontab-{number}"] = {
            "schedule": schedule,
            "command": _command(command.strip(), settings),
            "overlap": "allow",
            "max_age": MAX_AGE,
        }
    return found


def _command(text: str, settings: dict[str, str]) -> str:
    """The command line, in the home and with the settings above it; a ``%`` begins its standard input."""
    line, *given = re.split(r"(?<!\\)%", text)
    plain = [part.replace("\\%", "%") for part in (line, *given)]
    own = {name: value for name, value in settings.items() if name not in (*_IGNORED, "SHELL")}
    exports = "".join(f"export {name}={shlex.quote(value)}; " for name, value in own.items())
    shell = settings.get("SHELL", "/bin/sh")
    run = f"exec {shlex.quote(shell)} -c {shlex.quote(plain[0])}"
    if given:
        stdin = shlex.quote("\n".join(plain[1:]) + "\n")
        run = f"printf %s {stdin} | {run.removeprefix('exec ')}"
    return f'cd "$HOME"; {exports}{run}'


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
