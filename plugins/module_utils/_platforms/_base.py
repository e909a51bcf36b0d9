# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a platform is, and what it makes of an app. PRIVATE to the collection.

A `Platform` says what is the same for all of its apps; its function ``understand`` says, from an app and the facts
about its tree, what is special to one: an `Understanding`. Nothing of the host is in either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Cron, Logs
from ansible_collections.pyhost.platform.plugins.module_utils._moments import AFTER, BEFORE, START
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

__all__ = ["AFTER", "BEFORE", "START", "Platform", "Step", "Understanding"]


@dataclass(frozen=True)
class Step:
    """A command of the app, or of its platform, on the way to a new version; one that fails ends the rollout.

    ``command`` is for ``/bin/sh -c``, in approot, with the app's environment; ``when`` is one of `BEFORE`, `AFTER`
    and `START`; ``seconds`` is the time it may take (0: what is left of ``build_timeout``). ``file`` is the path in
    the tree that must be executable for it ("" for none); ``log`` the file below ``logs`` for what it says.
    """

    name: str
    when: str
    command: str
    seconds: int = 0
    file: str = ""
    log: str = "build.log"


@dataclass(frozen=True)
class Understanding:
    """How an app is built and run, read from its tree; nothing of the host is in it.

    ``server`` is a name of the table of servers, ``target`` the callable (``module:attribute``),
    ``packages`` what is installed besides the app's own requirements, ``environment`` what the platform
    adds below the app's own values, ``files`` generated files on Python's path (name to text) and ``manage`` the
    path of Django's ``manage.py`` in the tree ("" for other apps).

    ``command`` is what the server ``command`` runs, if the app's entry has none; ``ports`` are the variables that tell
    it its port. ``wrapper`` are words before the server's own, ``{bin}`` being the virtualenv's ``bin``. ``config``
    and ``workers`` are below the entry's own (0: those of the entry). ``processes`` are further programs by name:
    command lines. ``release`` is a command line that runs once per rollout, if the entry has none.

    ``rules`` is nginx text of the app in its servers, before ours; ``passing`` in the ``location /`` that leads to it.
    ``supervisor`` is the path in the tree of the owner's own Supervisor file. ``steps`` run in their order.
    ``home`` are files in the home of the cell, made anew with each version, name to text; they may hold secrets, and
    those that begin with ``#!`` are programs.
    ``system_packages`` are names of Debian packages. ``services`` are names of bound services to their types.

    ``python`` is the branch that the tree asks for, if the entry names none, and ``pip_index_url`` its index likewise.
    ``expected`` are names of variables that the tree says it needs; the report tells which of them are missing.
    ``notes`` are further sentences for the report.

    ``through`` is given where visitors come through a server in nginx text of the owner's: its address, and the one
    where that finds the app ("": it knows another way). ``once`` are files below the cell's home, name to text, that
    are written when they were never there, and the owner's from then on. ``seeded``: the code is no more than a
    beginning, of which the owner gets a copy. ``cron`` are schedules by name; those of the entry come before them.
    ``links`` are further ones in the app's home, as those of its `Platform`.
    ``logs`` is how much of the logs stays, where the entry does not say it.
    """

    server: str
    target: str
    inputs: Inputs
    packages: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    manage: str = ""
    how: str = ""
    command: str = ""
    ports: tuple[str, ...] = ("PORT",)
    port: int = 0
    wrapper: tuple[str, ...] = ()
    process_wrapper: tuple[str, ...] = ()
    """Words before the command of each process, as ``wrapper`` is before the server's own."""

    config: dict[str, Any] = field(default_factory=dict)
    workers: int = 0
    processes: dict[str, str] = field(default_factory=dict)
    release: str = ""
    rules: str = ""
    passing: str = ""
    supervisor: str = ""
    steps: tuple[Step, ...] = ()
    home: dict[str, str] = field(default_factory=dict)
    system_packages: tuple[str, ...] = ()
    services: dict[str, str] = field(default_factory=dict)
    python: str = ""
    pip_index_url: str = ""
    expected: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    through: tuple[str, str] | None = None
    once: dict[str, str] = field(default_factory=dict)
    seeded: bool = False
    cron: dict[str, Cron] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    logs: Logs | None = None


def _none(_environment: Mapping[str, str]) -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Platform:
    """What is the same for all apps of a platform.

    ``reads`` are the files of the tree whose texts ``understand`` wants: patterns (fnmatch) of names in approot, and
    after a slash of names in the root of the source. ``home`` is what the app sees as its home ("": the cell's
    own), and ``virtualenv`` where it sees its virtualenv ("": at its own path). ``views`` are (what, where the app
    sees it), as in `Cell`; with one named ``home`` the app's home is a directory apart from the cell's. ``links``
    are links in the app's home, or whole paths in another view, name to target, as in `_view`. ``ignore`` is the file
    that names what of a source is not deployed, in gitignore's syntax; ``excluded`` are patterns of that syntax that
    are never deployed.
    ``network`` is the default of that key for apps with domains. ``path`` are directories for programs, after those of
    the virtualenv. ``owners`` are links in the cell's home that the owner may replace by directories of the same
    content (`_owned`), and ``site`` is the directory, in the files of the role app, of the code of an app without any.
    In ``home``, ``virtualenv``, ``views`` and ``path`` the word ``{user}`` is the cell's user (`of`).
    """

    understand: Callable[[App, TreeFacts], Understanding]
    ignore_lines: Callable[[str], list[str]] = str.splitlines
    """The text of the file ``ignore`` as lines of gitignore's syntax, where its own is another."""

    home_files: Callable[[Mapping[str, str]], dict[str, str]] = _none
    """Files of the home, like `Understanding.home`, that tell the app its environment: what its platform, its services
    and it itself say, without what every cell has (``PATH`` and so on)."""

    leaves: str = ""
    """What it says of a symlink that leads out of the source, with ``{link}`` and ``{root}`` ("": our own words)."""

    reads: tuple[str, ...] = ()
    home: str = ""
    virtualenv: str = ""
    views: tuple[tuple[str, str], ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    ignore: str = ""
    excluded: tuple[str, ...] = ()
    network: str = "shared"
    path: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    site: str = ""
    logs: str = ""
    """Where programs of an app's own Supervisor file log, unless it says so ("": where the cell's own do)."""

    crontab: bool = False
    """Whether owners install a table of their own with crontab(1), which the cell's scheduler reads."""

    writable: bool = False
    """Whether an app may write into its own code; what it writes there goes with the release."""

    system_packages: tuple[str, ...] = ()
    """Debian packages for every app of it, whatever its tree says; those of code that only a host can see, too."""

    def of(self, user: str) -> Platform:
        """The platform as the app of ``user`` finds it."""

        def named(text: str) -> str:
            return text.replace("{user}", user)

        return replace(
            self,
            home=named(self.home),
            virtualenv=named(self.virtualenv),
            views=tuple((what, named(where)) for what, where in self.views),
            path=tuple(map(named, self.path)),
        )
