# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults, one for each app, and what a deploy says about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CLOSED = "http://127.0.0.1:9/simple"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one app in the second run, and what is said about it within how many seconds.

    ``index`` is a kind of ``faulty.py`` or a URL, ``keys`` are the app's own; ``room`` leaves that many MB and
    inodes on its disk, which is a small one of its own.
    """

    stage: str
    says: str
    seconds: float
    index: str = "good"
    keys: dict[str, Any] = field(default_factory=dict)
    room: tuple[int, int] = (0, 0)


INSTALLER = "; the last lines of the installer:"
FAULTS = {
    # indexes
    "refusing": Fault("build", f"the package index cannot be reached: it refuses connections{INSTALLER}", 30, CLOSED),
    "silent": Fault("build", f"the package index cannot be reached: it does not answer{INSTALLER}", 60, "silent"),
    "silentpip": Fault(
        "build",
        f"the package index cannot be reached: it does not answer{INSTALLER}",
        60,
        "silent",
        {"installer": "pip"},
    ),
    "dripping": Fault(
        "build",
        "build_timeout is over; the package index may be slow, or a package long to build: "
        "uv did not end within 12 s and said nothing",
        20,
        "dripping",
        {"build_timeout": 12},
    ),
    "failingpip": Fault(
        "build",
        f"the package index cannot be reached: it answers with status 500{INSTALLER}",
        40,
        "failing",
        {"installer": "pip"},
    ),
    "truncated": Fault(
        "build", f"salt==2.0 cannot be installed: its file broke off or is damaged{INSTALLER}", 40, "truncated"
    ),
    "mismatch": Fault(
        "build",
        f"salt==2.0 cannot be installed: its file has another hash than it should have{INSTALLER}",
        40,
        "mismatch",
    ),
    # disks
    "crowded": Fault(
        "release",
        "no space on /home/crowded: [34] MB and * inodes free, at least 16 MB and 500 inodes needed",
        20,
        room=(4, 5000),
    ),
    "cramped": Fault(
        "build",
        "no space on /home/cramped: * MB and * inodes free, at least 64 MB and 2000 inodes needed",
        20,
        room=(40, 5000),
    ),
    "counted": Fault(
        "release",
        "no space on /home/counted: * MB and * inodes free, at least 16 MB and 500 inodes needed",
        20,
        room=(90, 300),
    ),
    "endless": Fault(
        "build",
        f"no space on /home/endless: * MB and * inodes free after it ended; free some, then run again{INSTALLER}",
        40,
        "endless",
        room=(90, 5000),
    ),
    # code
    "django": Fault(
        "build",
        "manage.py check --deploy finds an error: fields.E300 Field defines a relation with model 'notes.Dish', which is "
        "either not installed, or is abstract.; its last lines:",
        20,
        keys={"environment": {"DJANGO_ALLOWED_HOSTS": "*"}},
    ),
}
SMALL = [name for name, fault in FAULTS.items() if fault.room[0]]
DISK = (120, 6000)
"""MB and inodes of a disk that is large enough."""

LOADED = ("silent", "endless")
STANDING = ("silent", "crowded", "endless", "django")
"""Apps of which an old version serves; the others come with their fault."""

MENDED = (*STANDING, "cramped", "counted", "truncated")
