# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server is: one row of the table of servers. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable


@dataclass(frozen=True)
class Job:
    """What a server needs to know to make its command line.

    ``bin`` is the virtualenv's ``bin`` directory, ``cwd`` the directory of the code, ``target`` the callable as
    ``module:attribute`` ("": there is none), ``config`` the app's server options, ``branch`` that of its Python and
    ``tools`` the directory of our own programs. The word ``{socket}`` in the result is filled in by the start wrapper,
    for each instance its own.
    """

    bin: str
    cwd: str
    target: str
    workers: int
    drain: int
    command: str
    config: dict[str, Any]
    branch: str = ""
    tools: str = ""


@dataclass(frozen=True)
class Server:
    """One way to run an app's callable.

    ``interfaces`` are the callables it can run (``wsgi``, ``asgi``; empty: it runs a command);
    ``protocol`` is what nginx speaks with it (``http``, or one of `_home.GATEWAYS`); ``packages`` are installed into
    the virtualenv unless the app's own requirements name one of ``provided_by``. ``branches`` has other packages for
    old branches of Python: the last version that runs there, and none where there is no such version. ``port``: it
    listens on a port that it is told (``PORT``), and not on a socket; ``system_packages`` are names of Debian packages.
    """

    name: str
    interfaces: tuple[str, ...]
    protocol: str
    packages: tuple[str, ...]
    provided_by: tuple[str, ...]
    argv: Callable[[Job], tuple[str, ...]]
    stop_signal: str = "TERM"
    branches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    port: bool = False
    system_packages: tuple[str, ...] = ()

    def runs_on(self, branch: str) -> bool:
        """Whether some version of it runs on ``branch``."""
        return not self.packages or bool(self.branches.get(branch, self.packages))

    def packages_on(self, branch: str, packages: tuple[str, ...]) -> tuple[str, ...]:
        """``packages`` of an app, in which those of the server, if they are there, are the ones for ``branch``."""
        if not set(self.packages) & set(packages):
            return packages
        own = self.branches.get(branch, self.packages)
        return (*own, *(one for one in packages if one not in self.packages))
