# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the home of an account of shared hosting. Data. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._apache import Root
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._rosti_texts import VIRTUALENV

BASHRC = """\
# ~/bin comes first, so that your own Python does.
export PATH=$HOME/bin:$PATH
"""

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{name}</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }}</style>
</head>
<body>
<h1>{name}</h1>
<p>This site has no content yet. Put it into <code>~/{path}</code>.</p>
</body>
</html>
"""


def once() -> dict[str, str]:
    """Files that are written when they were never there: path below the home to text."""
    return {".bashrc": BASHRC}


def programs() -> dict[str, str]:
    """``virtualenv``, which makes a Python of the owner's own: ``virtualenv ~`` is what virtual-python.py did."""
    return {"bin/virtualenv": VIRTUALENV}


def page(root: Root) -> str:
    """The page of a site without content."""
    return PAGE.format(name=root.names[0] if root.names else "A new site", path=root.path)
