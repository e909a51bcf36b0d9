# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages that nginx answers with instead of the app: errors and maintenance. Pure. PRIVATE to the collection.

A page of the app is looked for when it is needed, because whether the tree has it is not known before.
Where it is missing, ours stands in, which is part of the configuration set and says nothing of the app.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._locations import INTERNAL, quoted

GATEWAY = ("502", "504")
"""Errors of nginx itself that get a page of ours where the app declares no pages: it is not up, or too slow."""

MAINTENANCE = "503"
OWN_MAINTENANCE = "503.html"
"""Below approot: the app's own page for maintenance."""

RETRY_SECONDS = 120
"""When a client may ask again that met maintenance."""

TEXTS = {
    "403": ("Not allowed", "You may not see this page."),
    "404": ("Page not found", "There is nothing at this address."),
    "413": ("Too large", "What you sent is larger than this site takes."),
    "429": ("Too many requests", "Please wait a moment, then try again."),
    "502": ("This site does not answer", "Please try again in a few minutes."),
    "503": ("This site will be back soon", "Please try again in a few minutes."),
    "504": ("This site takes too long to answer", "Please try again in a few minutes."),
}
CLIENT = ("This request was not accepted", "Please check the address, or go back and try again.")
SERVER = ("Something went wrong", "Please try again in a few minutes.")
"""Heading and sentence by status; of every other one from 400, and from 500."""

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{heading}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 20vh auto 0; max-width: 30rem; padding: 0 1.5rem; font: 1.1rem/1.5 system-ui, sans-serif; }}
h1 {{ font-size: 1.5rem; }}
small {{ opacity: .6; }}
</style>
</head>
<body>
<h1>{heading}</h1>
<p>{sentence}</p>
<p><small>{status}</small></p>
</body>
</html>
"""


def files(error_pages: Iterable[str]) -> dict[str, str]:
    """Our own pages: path below the configuration set to text; ``error_pages`` are the statuses declared."""
    return {f"pages/{status}.html": text(status) for status in sorted({*GATEWAY, MAINTENANCE, *error_pages})}


def text(status: str) -> str:
    """Our own page of a status."""
    heading, sentence = TEXTS.get(status, CLIENT if status < "500" else SERVER)
    return PAGE.format(heading=heading, sentence=sentence, status=status)


def error_rules(cell: Cell, approot: str, error_pages: Mapping[str, str]) -> str:
    """Rules of a server that leads to an app: the pages declared, else ours for an app that is not there.

    One or the other: nginx that takes over the app's own answers takes over every status with a page.
    """
    statuses = sorted(error_pages) or GATEWAY
    lines = [f"error_page {status} {_internal(status)};" for status in statuses]
    for status in statuses:
        own = [_below(approot, error_pages[status])] if error_pages else []
        lines += _location(cell, status, own)
    return "".join(f"{line}\n" for line in lines)


def maintenance_rules(cell: Cell, approot: str, error_pages: Mapping[str, str]) -> str:
    """All rules of a server in maintenance: the page declared for 503, else the app's 503.html, else ours.

    A client that asks for the page itself meets 404, so that is answered in the same way.
    """
    declared = [error_pages[MAINTENANCE]] if MAINTENANCE in error_pages else []
    own = [_below(approot, page) for page in (*declared, OWN_MAINTENANCE)]
    lines = [
        "client_max_body_size 0;",
        f"error_page 404 {MAINTENANCE} ={MAINTENANCE} {_internal(MAINTENANCE)};",
        *_location(cell, MAINTENANCE, own, (f"add_header Retry-After {RETRY_SECONDS} always;",)),
        f"location / {{ return {MAINTENANCE}; }}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _internal(status: str) -> str:
    return f"{INTERNAL}{status}.html"


def _below(approot: str, page: str) -> str:
    """A page of the app as a path below the cell."""
    return posixpath.normpath(f"/app/{approot}/{page}")


def _location(cell: Cell, status: str, own: Sequence[str], more: Sequence[str] = ()) -> list[str]:
    """The internal location of one page; ``own`` are paths below the cell that come before ours.

    It keeps the status of the error, and what was sent with POST is asked for with GET.
    """
    ours = f"/current/conf/pages/{status}.html"
    tried = " ".join(quoted(path) for path in (*own, ours))
    return [
        f"location = {_internal(status)} {{",
        "    internal;",
        f"    root {quoted(cell.inside)};",
        f"    disable_symlinks if_not_owner from={quoted(cell.inside)};",
        "    default_type text/html;",
        f"    try_files {tried} ={status};",
        *(f"    {line}" for line in more),
        "}",
    ]
