# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses a Python besides the apps: processes, and virtualenvs anywhere on this machine. PRIVATE."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

LOCAL = frozenset(
    {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "overlay", "reiserfs", "tmpfs", "xfs", "zfs"}
)
"""Kinds of file systems that are searched; the network's are not."""

FILES = ("pyvenv.cfg", "orig-prefix.txt")
"""In a virtualenv: what names the Python that it was made with."""

LIMIT = 1 << 16


def processes(below: str) -> dict[str, str]:
    """Files below the directory ``below`` that processes run or have mapped, and which process."""
    found: dict[str, str] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            files = [os.readlink(path / "exe"), *_mapped((path / "maps").read_text("utf-8", "replace"), below)]
        except OSError:  # It has ended, or is another user's.
            continue
        for name in files:
            if name.startswith(f"{below}/"):
                found.setdefault(name.removesuffix(" (deleted)"), f"process {path.name} runs from it")
    return found


def _mapped(maps: str, below: str) -> set[str]:
    """Paths of proc(5) maps."""
    return {line.split(None, 5)[5] for line in maps.splitlines() if f"{below}/" in line}


def virtualenvs(top: str, below: str, skip: Collection[str]) -> dict[str, str]:
    """Paths below the directory ``below`` that virtualenvs anywhere under ``top`` name, and which virtualenv.

    ``skip`` are directories that are not entered: those of tenants are looked at as their users. Others may swap
    names while this looks, so every step is taken from an open directory, and no link is followed.
    """
    closed = {below, *skip, *_not_local()}
    named = re.compile(rf"{re.escape(below)}/[^\s'\"]+")
    found: dict[str, str] = {}
    for directory, names, files, opened in os.fwalk(top):
        names[:] = [name for name in names if os.path.join(directory, name) not in closed]
        for name in files:
            if name in FILES:
                for path in named.findall(_text(name, opened)):
                    found.setdefault(path, f"the virtualenv {directory} needs it")
    return found


def _text(name: str, directory: int) -> str:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags, dir_fd=directory)
    except OSError:
        return ""
    try:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, LIMIT).decode("utf-8", "replace") if regular else ""
    finally:
        os.close(descriptor)


def _not_local() -> Iterator[str]:
    """Mount points of everything that is no file system of this machine's own disks (proc(5) mountinfo)."""
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
        mount, _dash, rest = line.partition(" - ")
        if rest.split()[0] not in LOCAL:
            yield re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), mount.split()[4])
