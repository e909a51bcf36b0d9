# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Django itself says of a release: ``manage.py check --deploy``. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, Finished, run

COMMAND = "manage.py check --deploy"
WIDTH = 120
"""Characters of a warning that the report keeps."""

FAILING = ("CRITICALS", "ERRORS")
_SECTION = re.compile(r"^(CRITICALS|ERRORS|WARNINGS|INFOS|DEBUGS):$")
_ISSUE = re.compile(r"^(?:\S.*?: \(([\w.-]+)\) |\?: )(.+)$")
_RAISED = re.compile(r"^(?:\w+\.)*(\w*(?:Error|Exception|Configured|Exit)\b.*)$", re.MULTILINE)


def check_deploy(python: str, manage: Path, environment: Mapping[str, str], seconds: float) -> list[str]:
    """The warnings of Django's checks, one line each.

    Raises `PyhostError` for its errors. When the command itself does not work, that is one more warning:
    the server may use other settings than ``manage.py``.
    """
    words = [python, manage.name, "check", "--deploy", "--no-color"]
    try:
        finished = run(words, Deadline(seconds), cwd=str(manage.parent), env=environment)
    except PyhostError as error:
        return [f"{COMMAND} did not work: {_short(str(error).splitlines()[0])}"]
    return verdict(finished)


def verdict(finished: Finished) -> list[str]:
    """The warnings in what the command wrote; raises `PyhostError` for errors."""
    found = issues(finished.output)
    errors = [_short(f"{name} {text}".strip()) for level, name, text in found if level in FAILING]
    if finished.status != 0 and errors:
        raise PyhostError(f"{COMMAND} finds an error: {errors[0]}; its last lines:\n{finished.tail()}")
    if finished.status != 0:
        raised = _RAISED.findall(finished.output)
        return [f"{COMMAND} did not work: {_short(raised[-1] if raised else finished.tail(1))}"]
    return [_short(f"{name} {text}".strip()) for level, name, text in found if level == "WARNINGS"]


def issues(output: str) -> list[tuple[str, str, str]]:
    """Level, name and first line of each issue that Django lists in ``output``."""
    level, found = "", []
    for line in output.splitlines():
        section = _SECTION.match(line)
        issue = _ISSUE.match(line)
        if section:
            level = section[1]
        elif issue and level:
            found.append((level, issue[1] or "", issue[2]))
    return found


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1].rstrip()}…"
