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
    assert _quota.look([home, f"{home}/deeper", "/srv"]) == {
        "tool": True,
        "bases": {
            home: {"mount": home, "has": True, "users": {"root": 0, "ramen": 2048}},
            f"{home}/deeper": {"mount": home, "has": True, "users": {"root": 0, "ramen": 2048}},
            "/srv": {"mount": "/", "has": False, "users": {}},
        },
    }
    assert ran == [["/usr/sbin/repquota", "--user", "--output=csv", home]]
    ran.clear()
    home, ran = host("rw")
    assert (_quota.look([home])["bases"][home]["users"], ran) == ({}, [])


THERE = {
    "tool": True,
    "bases": {
        "/home": {"mount": "/home", "has": True, "users": {"root": 0, "ramen": 2048}},
        "/srv": {"mount": "/data", "has": True, "users": {"app": 7}},
    },
}


def test_what_is_there_is_not_put_again(host):
    _home, ran = host()
    for user, kilobytes, home in (("ramen", 2048, "/home/ramen"), ("curry", 0, "/home/curry"), ("app", 7, "/srv")):
        assert _quota.put(user, kilobytes, home, THERE) is False
    assert ran == []
    assert _quota.put("curry", 1024, "/home/curry", THERE) is True
    assert _quota.put("app", 0, "/srv", THERE) is True
    assert ran == [
        ["setquota", "--user", "curry", "0", "1024", "0", "0", "/home"],
        ["setquota", "--user", "app", "0", "0", "0", "0", "/data"],
    ]


def test_what_cannot_be_is_told(host, monkeypatch):
    host()
    monkeypatch.setattr(_quota, "run", lambda words, *rest, **more: Finished(1, "setquota: no quotas here"))
    with pytest.raises(PyhostError, match="no quota on /home: setquota: no quotas here"):
        _quota.put("ramen", 1, "/home/ramen", THERE)


@pytest.mark.parametrize(
    ("disk", "kilobytes"),
    [("", 0), ("0", 0), ("1", 1), ("1025", 2), ("5K", 5), ("2M", 2048), ("1G", 1 << 20), ("1T", 1 << 30)],
)
def test_kilobytes(disk, kilobytes):
    assert Limits(disk=disk).kilobytes == kilobytes
