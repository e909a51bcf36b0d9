# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything of one app lives on a host. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

TOOLS = "/opt/pyhost/tools"
"""Our own programs on a host in system scope (root-owned)."""

RUNTIMES = "/opt/python"
"""The runtimes in system scope, one directory per branch."""

INSIDE = "/srv"
"""What every app in system scope sees as its own home, by its unit's mount namespace."""

VIEWS = "/var/lib/pyhost/cells"
"""Root's own directory, with one of each cell that has views: directories of the app's outside of its home."""

HOME_VIEW, LOG_VIEW = "home", "log"
"""The view that an app takes for its home, and the one that is the same for every version.

All but the latter have a twin, in which a new version is prepared.
"""

WHOLE = "~"
"""The view that is the cell's own home, at a further path."""

GECOS = "pyhost cell"
"""The comment in the passwd entry of a user that this collection made."""

GROUP = "pyhost-cells"
"""The group of all these users, by which sshd and sudo know them; no file is its."""

SOCKET_LIMIT = 107
"""Longest path of a unix socket on Linux, in bytes (`sun_path`, unix(7))."""


@dataclass(frozen=True)
class Cell:
    """One app's place on a host.

    ``home`` is the directory as root sees it, ``inside`` the same directory as the app sees it
    (equal in account scope), ``tools`` our programs, ``web`` the socket on which the front reaches
    the cell's nginx ("" where there is no front). ``network`` is ``shared``, that of the host, or ``private``.
    ``views`` are (what, where the app sees it): a directory of its own below `VIEWS`, `WHOLE`, or an absolute path
    that it may read.
    """

    name: str
    scope: str
    user: str
    home: str
    inside: str
    tools: str
    web: str = ""
    network: str = "shared"
    views: Sequence[Sequence[str]] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def path(self, *parts: str) -> str:
        """A path as the app sees it."""
        return "/".join((self.inside, *parts))

    def view(self, what: str, coming: bool = False) -> str:
        """Where a view of the cell is on the host; ``coming``: that of a version which is being prepared."""
        if what == WHOLE:
            return self.home
        twin = f"{what}.next" if coming and what != LOG_VIEW else what
        return what if what.startswith("/") else f"{VIEWS}/{self.name}/{twin}"

    @property
    def unit(self) -> str:
        return f"pyhost-{self.name}.service"

    @property
    def private(self) -> bool:
        """Whether the cell has a network of its own."""
        return self.network == "private"

    @property
    def namespace(self) -> str:
        """The name of the private network's namespace (ip-netns(8))."""
        return f"pyhost-{self.name}"

    @property
    def network_unit(self) -> str:
        """What makes the private network; no app's own unit can have this name."""
        return f"pyhostnet-{self.name}.service"

    @property
    def slice(self) -> str:
        """What holds all that runs for the app; a plain hyphen would make it part of another's (systemd.slice(5))."""
        return "pyhost-" + self.name.replace("-", "\\x2d") + ".slice"


def make_cell(
    name: str,
    scope: str,
    root: str = "",
    user: str = "",
    network: str = "shared",
    views: Sequence[Sequence[str]] = (),
) -> Cell:
    """The cell of the app ``name``.

    ``root`` and ``user`` are the directory and the login of account scope; system scope ignores them.
    The app named ``app`` owns ``/srv`` itself; every other app's home is bound over ``/srv`` inside its
    unit, which is why no real home may lie below ``/srv`` (design: the cells).
    """
    if scope == "account":
        home = f"{root}/apps/{name}"
        return Cell(name, scope, user, home, home, f"{root}/tools")
    home = INSIDE if name == "app" else f"/home/{name}"
    return Cell(name, scope, name, home, INSIDE, TOOLS, f"/run/pyhost/{name}/web.sock", network, tuple(views))


def longest_socket(cell: Cell) -> str:
    """The longest socket path that the cell will use; it must fit ``SOCKET_LIMIT``.

    supervisord binds its socket under a temporary name that ends with its process number.
    """
    return cell.path("run", "supervisor.sock.4194304")


def root_problem(root: str) -> str:
    """Why account scope cannot live below ``root``, or "": its path is written into nginx's and Supervisor's files."""
    wrong = next((sign for sign in root if not re.fullmatch(r"[\w.+@~=,/-]", sign)), "")
    if not wrong:
        return ""
    return (
        f"{shown(root)} contains {shown(wrong)}, which would need quotes in the files of nginx and Supervisor; "
        "choose a path of letters, digits and . _ + @ ~ = , / -"
    )
