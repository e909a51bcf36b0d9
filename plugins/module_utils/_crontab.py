# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The crontab that an app's owner installs in its cell, read as crontab(5) has it. PRIVATE to the collection.

Its lines become entries of ``cron`` beside those of the app's entry. They run in the home of the app, with its
environment; what a line prints is in its log, so ``MAILTO`` means nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _crontab_lines, _files

FILE = "data/.crontab"
"""Below the cell's home."""

LARGEST = 64 * 1024
MAX_AGE = 86400

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
    found, _wrong = _crontab_lines.read(text)
    return {
        f"crontab-{number}": {"schedule": schedule, "command": command, "overlap": "allow", "max_age": MAX_AGE}
        for number, (schedule, command) in found.items()
    }
