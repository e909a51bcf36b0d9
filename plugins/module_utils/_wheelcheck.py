# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a file a plain wheel of just that package? Reads a file that somebody else made. PRIVATE to the collection."""

from __future__ import annotations

import re
import stat
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin, pin

MEMBERS = 60_000
UNPACKED = 4 << 30
"""Members of a wheel, and bytes of all of them; more is refused."""

METADATA = 4 << 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\:]")


def problem(path: Path, wanted: Pin) -> str:
    """Why the content of ``path`` is no plain wheel of ``wanted``; "" when it is one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _members(archive.infolist()) or _metadata(archive, wanted)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        return f"it is no zip file: {error}"


def _members(members: list[zipfile.ZipInfo]) -> str:
    if len(members) > MEMBERS:
        return f"it has more than {MEMBERS} members"
    if sum(member.file_size for member in members) > UNPACKED:
        return f"it unpacks to more than {UNPACKED >> 30} GiB"
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if name.startswith("/") or ".." in name.split("/") or _CONTROL.search(member.orig_filename):
            return f"the name of its member {name!r} leads out of it"
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            return f"its member {name!r} is no file"
        if name in seen:
            return f"it has two members {name!r}"
        seen.add(name)
    return ""


def _metadata(archive: zipfile.ZipFile, wanted: Pin) -> str:
    names = archive.namelist()
    directories = {name.partition("/")[0] for name in names if name.partition("/")[0].endswith(".dist-info")}
    if len(directories) != 1:
        return f"it has {len(directories)} directories .dist-info"
    directory = directories.pop()
    missing = [name for name in ("METADATA", "WHEEL", "RECORD") if f"{directory}/{name}" not in names]
    if missing:
        return f"it has no {missing[0]}"
    with archive.open(f"{directory}/METADATA") as stream:
        text = stream.read(METADATA).decode("utf-8", "replace")
    head = HeaderParser().parsestr(text, headersonly=True)
    stem, _dash, version = directory.removesuffix(".dist-info").rpartition("-")
    for name, number in ((str(head["Name"]), str(head["Version"])), (stem, version)):
        if pin(name, number) != wanted:
            return f"it is of {name} {number}"
    return ""
