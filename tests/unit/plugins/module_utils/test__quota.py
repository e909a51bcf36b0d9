# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _quota
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import Limits
from ansible_collections.pyhost.platform.plugins.module_utils._run import Finished

MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
/dev/vdb1 {home} ext4 {options} 0 0
"""
TOLD = """\
*** Report for user quotas on device /dev/vdb1
User,BlockStatus,FileStatus,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed,FileSoftLimit,FileHardLimit,FileGrace
root,ok,ok,20,0,0,,2,0,0,
ramen,ok,ok,4,0,2048,,1,0,0,
"""


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A file system of its own for homes, with quotas as ``options`` say, and the commands that were run."""
    home = tmp_path / "home"
    home.mkdir()
    ran = []

    def run(words, deadline, errors=True):
        ran.append(words)
        return Finished(0, TOLD)

    def make(options="rw,usrquota"):
        (tmp_path / "mounts").write_text(MOUNTS.format(home=home, options=options))
        return str(home), ran

    monkeypatch.setattr(_quota, "MOUNTS", str(tmp_path / "mounts"))
    monkeypatch.setattr(_quota, "run", run)
    monkeypatch.setattr(_quota.shutil, "which", lambda name, path: f"/usr/sbin/{name}")
    return make


@pytest.mark.parametrize(
    ("options", "has"),
    [
        ("rw,usrquota", True),
        ("rw,usrjquota=aquota.user,jqfmt=vfsv1", True),
        ("rw,quota,relatime", True),
        ("rw,relatime", False),
        ("rw,grpquota", False),
        ("rw,noquota", False),
    ],
)
def test_which_file_systems_have_quotas(host, options, has):
    home, _ran = host(options)
    assert _quota.mount(f"{home}/ramen/not/there") == (home, has)
    assert _quota.mount("/nowhere") == ("/", False)


def test_a_look(host):
    home, ran = host()
    assert _quota.look(home) == {"mount": home, "has": True, "tool": True, "users": {"root": 0, "ramen": 2048}}
    ran.clear()
    home, ran = host("rw")
    assert (_quota.look(home)["users"], ran) == ({}, [])


def test_what_is_there_is_not_put_again(host):
    home, ran = host()
    assert [_quota.put("ramen", 2048, home), _quota.put("root", 0, home), _quota.put("curry", 0, home)] == [False] * 3
    assert {words[0] for words in ran} == {"/usr/sbin/repquota"}
    assert _quota.put("curry", 1024, home) is True
    assert ran[-1] == ["setquota", "--user", "curry", "0", "1024", "0", "0", home]


def test_what_cannot_be_is_told(host, monkeypatch):
    home, _ran = host()
    monkeypatch.setattr(_quota, "run", lambda words, *rest, **more: Finished(1, "setquota: no quotas here"))
    with pytest.raises(PyhostError, match="no quota on .*home: setquota: no quotas here"):
        _quota.put("ramen", 1, home)


@pytest.mark.parametrize(
    ("disk", "kilobytes"),
    [("", 0), ("0", 0), ("1", 1), ("1025", 2), ("5K", 5), ("2M", 2048), ("1G", 1 << 20), ("1T", 1 << 30)],
)
def test_kilobytes(disk, kilobytes):
    assert Limits(disk=disk).kilobytes == kilobytes
