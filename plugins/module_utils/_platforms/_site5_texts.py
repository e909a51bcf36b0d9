# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the home of an account of shared hosting. Data. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._apache import Root
from ansible_collections.pyhost.platform.plugins.module_utils._pages import PAGE
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._rosti_texts import VIRTUALENV

BASHRC = """\
# ~/bin comes first, so that your own Python does.
export PATH=$HOME/bin:$PATH
"""


def once() -> dict[str, str]:
    """Files that are written when they were never there: path below the home to text."""
    return {".bashrc": BASHRC}


def programs() -> dict[str, str]:
    """``virtualenv``, which makes a Python of the owner's own: ``virtualenv ~`` is what virtual-python.py did."""
    return {"bin/virtualenv": VIRTUALENV}


def page(root: Root) -> str:
    """The page of a site without content."""
    heading = root.names[0] if root.names else "A new site"
    return PAGE.format(heading=heading, sentence="This site has no content yet.", status=f"It goes into ~/{root.path}")
