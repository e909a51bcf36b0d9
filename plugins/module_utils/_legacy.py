# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches of Python that today's programs have left, and what serves them. Pure. PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Legacy:
    """What a virtualenv of one branch begins with where pip installs: versions of pip, setuptools and wheel.

    ``uv`` tells whether uv serves the branch; then pip is only asked when somebody wants it.
    """

    uv: bool
    pip: str
    setuptools: str
    wheel: str


LEGACY = {
    "2.7": Legacy(False, "20.3.4", "44.1.1", "0.37.1"),
    "3.6": Legacy(True, "21.3.1", "59.6.0", "0.37.1"),
    "3.7": Legacy(True, "23.1", "67.6.1", "0.40.0"),
    "3.8": Legacy(True, "23.1", "67.6.1", "0.40.0"),
}
"""Wheels that virtualenv 20.21.1 brings along, the last one that serves 2.7 and 3.6. It is one of our tools: 2.7 has no
module venv, and the one of the others brings a pip that may not know the wheels of today (3.6 has pip 18.1).
"""

SOURCES = LEGACY["3.8"]
"""What builds packages from their sources on every newer branch, too, without asking an index for what builds them."""


def installer_for(wanted: str, branch: str) -> str:
    """What installs on ``branch`` for who wants ``wanted``, ``uv`` or ``pip``, or "" for uv wherever it can."""
    return (wanted or "uv") if uv_serves(branch) else "pip"


def uv_serves(branch: str) -> bool:
    """Whether uv knows ``branch``."""
    return branch not in LEGACY or LEGACY[branch].uv


def refusal(wanted: str, branch: str) -> str:
    """Why an installer that somebody chose cannot be, "" when it can."""
    if wanted != "uv" or uv_serves(branch):
        return ""
    return f"uv does not serve Python {branch}; write pip, or leave the key out, which means pip there"


def seeds(installer: str, branch: str, sources: bool = False) -> dict[str, str]:
    """What our virtualenv puts into a new virtualenv, name to version; empty where another program makes it.

    With ``sources``, packages are built in it.
    """
    one = LEGACY.get(branch, SOURCES if sources else None) if installer == "pip" else None
    return {"pip": one.pip, "setuptools": one.setuptools, "wheel": one.wheel} if one else {}


def note(wanted: str, branch: str) -> str:
    """What the report says of an installer that nobody chose, "" when there is nothing to say."""
    if wanted or uv_serves(branch):
        return ""
    return f"installed by pip {LEGACY[branch].pip}, for uv does not serve Python {branch}"
