# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The branch of Python that a tree asks for in a file of its own. Pure. PRIVATE to the collection.

``runtime.txt`` is Heroku's and Cloud Foundry's (``python-3.11.9``), ``.python-version`` pyenv's and uv's (``3.11``).
Where both are there, the first one counts, as it does at Heroku.
"""

from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._formats import python_branch
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

FILES = ("runtime.txt", ".python-version")
_VERSION = re.compile(r"(?:c?python-)?(\d+)(?:\.(\d+))?(?:\.(?:\d+\w*|x|\*))?", re.IGNORECASE)
_FIX = 'write for example "{}", or python in the app\'s entry, which overrules this file'
_EXAMPLES = {"runtime.txt": "python-3.13", ".python-version": "3.13"}


def asked(facts: TreeFacts, approot: str) -> str:
    """The branch ("3.11"), "" where no file says one; raises `PyhostError` for what names none."""
    for name in FILES:
        path = below(approot) + name
        if path in facts.unreadable:
            raise PyhostError(f"{path} {facts.unreadable[path]}")
        lines = [line.partition("#")[0].strip() for line in facts.texts.get(path, "").splitlines()]
        said = next(filter(None, lines), "")
        if said:
            return _branch(path, said, _FIX.format(_EXAMPLES[name]))
    return ""


def _branch(path: str, said: str, fix: str) -> str:
    found = _VERSION.fullmatch(said)
    if not found:
        other = re.match(r"(?i)(pypy|graalpy|jython|ironpython|miniconda|anaconda|system)", said)
        what = f"asks for {said}, and only CPython can be had" if other else f"says {said!r}, which is no version"
        raise PyhostError(f"{path}: {what}; {fix}")
    if found[2] is None:
        raise PyhostError(f"{path}: {said!r} names no branch; {fix}")
    branch = f"{found[1]}.{found[2]}"
    if python_branch(branch):
        raise PyhostError(f"{path}: {python_branch(branch)}")
    return branch
