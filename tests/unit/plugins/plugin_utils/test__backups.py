# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _backups

ONE, TWO, THREE = "20261120T000000Z", "20261121T000000Z", "20261122T000000Z"


def test_names():
    assert _backups.stamp(1_795_343_400) == "20261122T103000Z"
    assert _backups.file_name("ramen", "web1.example.com", ONE) == f"ramen_web1.example.com_{ONE}.tar"
    assert _backups.file_name("ramen", "../a_b c", ONE) == f"ramen_..-a-b-c_{ONE}.tar"


NAMES = [
    f"ramen_web1_{ONE}.tar",
    f"ramen_web1_{THREE}.tar",
    f"ramen_web1_{TWO}.tar",
    f"ramen_web10_{TWO}.tar",
    f"ramen_web1_{TWO}.tar.old",
    ".stage-ramen_web1_20261122T000000Z.tar",
    "notes.txt",
]


@pytest.mark.parametrize(
    ("keep", "gone"),
    [
        (0, []),
        (1, [f"ramen_web1_{TWO}.tar", f"ramen_web1_{ONE}.tar"]),
        (2, [f"ramen_web1_{ONE}.tar"]),
        (3, []),
        (9, []),
    ],
)
def test_only_old_ones_of_the_same_app_and_host_may_go(keep, gone):
    assert _backups.spare(NAMES, "ramen", "web1", keep) == gone


def put(folder, *names):
    (folder / "ramen").mkdir(exist_ok=True)
    for name in names:
        (folder / "ramen" / name).touch()


def test_a_restore_takes_the_newest_of_its_host(tmp_path):
    put(tmp_path, *NAMES)
    assert _backups.newest(tmp_path, "ramen", "web1").name == f"ramen_web1_{THREE}.tar"
    assert _backups.newest(tmp_path, "ramen", "web10").name == f"ramen_web10_{TWO}.tar"


def test_after_a_move_it_takes_the_newest_of_the_one_other_host(tmp_path):
    put(tmp_path, f"ramen_old_{ONE}.tar", f"ramen_old_{TWO}.tar")
    assert _backups.newest(tmp_path, "ramen", "new").name == f"ramen_old_{TWO}.tar"


def test_it_does_not_guess(tmp_path):
    with pytest.raises(PyhostError, match=r"no backup of ramen is in .*/ramen; -e archive=FILE names one"):
        _backups.newest(tmp_path, "ramen", "web1")
    put(tmp_path, f"ramen_a_{ONE}.tar", f"ramen_b_{TWO}.tar")
    with pytest.raises(PyhostError, match=r"has backups of ramen from a, b; -e archive=FILE says which"):
        _backups.newest(tmp_path, "ramen", "new")
