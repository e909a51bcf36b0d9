# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server is: one row of the table of servers. PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable


@dataclass(frozen=True)
class Job:
    """What a server needs to know to make its command line.

    ``bin`` is the virtualenv's ``bin`` directory, ``cwd`` the directory of the code, ``target`` the
    callable as ``module:attribute`` and ``config`` the app's server options. The word ``{socket}`` in the
    result is filled in by the start wrapper, for each instance its own.
    """

    bin: str
    cwd: str
    target: str
    workers: int
    drain: int
    command: str
    config: dict[str, Any]


@dataclass(frozen=True)
class Server:
    """One way to run an app's callable.

    ``interfaces`` are the callables it can run (``wsgi``, ``asgi``; empty: it runs a command);
    ``protocol`` is what nginx speaks with it (``http`` or ``uwsgi``); ``packages`` are installed into the
    virtualenv unless the app's own requirements name one of ``provided_by``.
    """

    name: str
    interfaces: tuple[str, ...]
    protocol: str
    packages: tuple[str, ...]
    provided_by: tuple[str, ...]
    argv: Callable[[Job], tuple[str, ...]]
    stop_signal: str = "TERM"
