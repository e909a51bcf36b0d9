# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import os
import shutil
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _space
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._space import Room

MB = 1 << 20
READ_ONLY = 1


@pytest.fixture
def disk(monkeypatch):
    """Every filesystem as the test says: free blocks of 4096 bytes, free inodes, all inodes, flags."""

    def make(blocks=0, inodes=0, all_inodes=1000, flags=0):
        found = SimpleNamespace(f_bavail=blocks, f_frsize=4096, f_favail=inodes, f_files=all_inodes, f_flag=flags)
        monkeypatch.setattr(os, "statvfs", lambda path: found)

    return make


def test_free_is_that_of_the_nearest_directory(disk, tmp_path):
    disk(blocks=256 * 3, inodes=80)
    assert _space.free(tmp_path / "no" / "such") == Room(3 * MB, 80)
    disk(blocks=256, all_inodes=0)
    assert str(_space.free(tmp_path)) == "1 MB"


ROOMS = [
    # free MB, free inodes, more bytes, message
    (64, 2000, 0, ""),
    (65, 2000, MB, ""),
    (12, 80, 0, "12 MB and 80 inodes free, at least 64 MB and 2000 inodes needed"),
    (64, 1999, 0, "64 MB and 1999 inodes free, at least 64 MB and 2000 inodes needed"),
    (64, 2000, MB, "64 MB and 2000 inodes free, at least 65 MB and 2000 inodes needed"),
]


@pytest.mark.parametrize(("size", "inodes", "more", "message"), ROOMS)
def test_require(disk, tmp_path, size, inodes, more, message):
    disk(blocks=size * 256, inodes=inodes)
    if not message:
        return _space.require(tmp_path, "/home/ramen", Room(64 * MB, 2000), more)
    with pytest.raises(PyhostError) as caught:
        _space.require(tmp_path, "/home/ramen", Room(64 * MB, 2000), more)
    return assert_text(caught, f"no space on /home/ramen: {message} (estimated); free some, then run again")


def assert_text(caught, text):
    assert str(caught.value) == text


FULL = "no space on /home/ramen: 0 MB and 3 inodes free; free some, then run again"
SENTENCES = [
    (OSError(errno.ENOSPC, "x"), FULL),
    (OSError(errno.ENOSPC, "x", "{home}/releases/a"), f"{FULL} (/home/ramen/releases/a could not be written)"),
    (OSError(errno.ENOSPC, "x", "{home}"), FULL),
    # a link: what it leads to is no place on the disk
    (OSError(errno.ENOSPC, "x", "../../a", None, "{home}/b"), f"{FULL} (/home/ramen/b could not be written)"),
    (OSError(errno.ENOSPC, "x", "a"), FULL),
    (OSError(errno.ENOSPC, "x", b"/var/x"), FULL.replace("/home/ramen", "/var/x")),
    (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
     FULL.replace("/home/ramen", "/tmp")),
    (shutil.Error([("a", "b", "[Errno 2] No such file"), ("c", "d", "[Errno 28] No space left on device: 'd'")]), FULL),
    (OSError(errno.EDQUOT, "x"), "the disk quota on /home/ramen is used up (of the disk itself 0 MB and 3 "
     "inodes free); free some, then run again"),
    (OSError(errno.EROFS, "x"), "/home/ramen is read-only; have its disk mended, then run again"),
    (OSError(errno.EIO, "x"), "the disk of /home/ramen fails (input/output error); have it mended, then run again"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "text"), SENTENCES)
def test_sentence(disk, tmp_path, error, text):
    disk(inodes=3)
    for name in ("filename", "filename2"):
        if isinstance(getattr(error, name), str):
            setattr(error, name, getattr(error, name).replace("{home}", str(tmp_path)))
    assert _space.refusal_in(error) is error
    assert _space.sentence(error, tmp_path, "/home/ramen") == text


def raised_from(error, *causes):
    for outer, inner in zip((error, *causes), causes, strict=False):
        outer.__cause__ = inner
    return error


NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (raised_from(PyhostError("a"), PyhostError("b"), NO_SPACE), NO_SPACE),
        (raised_from(PyhostError("a"), OSError(errno.ENOENT, "x", "y")), None),
        (OSError(errno.EACCES, "x"), None),
        (OSError("strange"), None),
        (ValueError(), None),
    ],
)
def test_what_the_error_came_from(error, found):
    assert _space.refusal_in(error) is found


ENDED = FULL.replace("free;", "free after it ended;")
SAID = [
    ("error: failed to copy: No space left on device (os error 28)", 0, ENDED),
    ("OSError: [Errno 122] Disk quota exceeded: 'x'", 0, "the disk quota on /home/ramen is used up (of the disk itself "
     "0 MB and 3 inodes free after it ended); free some, then run again"),
    ("cannot create /usr/x: Read-only file system", 0, ""),
    ("cannot create /usr/x: Read-only file system", READ_ONLY, "/home/ramen is read-only; have its disk mended, then "
     "run again"),
    ("gcc: fatal error", 0, ""),
]  # fmt: skip


@pytest.mark.parametrize(("output", "flags", "text"), SAID)
def test_what_a_program_says(disk, tmp_path, output, flags, text):
    disk(inodes=3, flags=flags)
    assert _space.said(output, tmp_path, "/home/ramen") == text
    wanted = f"{text}; {output}" if text else output
    with pytest.raises(PyhostError) as caught, _space.named(tmp_path, "/home/ramen"):
        raise PyhostError(output)
    assert str(caught.value) == wanted
