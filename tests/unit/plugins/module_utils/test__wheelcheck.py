# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import stat
import zipfile

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _wheelcheck
from ansible_collections.pyhost.platform.plugins.module_utils._wheelcheck import problem
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin

ONE = Pin("my-app", "1.2")
DIST = "my_app-1.2.dist-info"
GOOD = {
    "my_app/__init__.py": "",
    f"{DIST}/METADATA": "Metadata-Version: 2.1\nName: My.App\nVersion: 1.2.0\n\nName: other\n",
    f"{DIST}/WHEEL": "Wheel-Version: 1.0\n",
    f"{DIST}/RECORD": "",
}


def wheel(tmp_path, members, **attributes):
    path = tmp_path / "one.whl"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members if isinstance(members, list) else members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes.get("attr", 0o644) << 16 if name == attributes.get("name") else 0
            archive.writestr(info, text)
    path.write_bytes(buffer.getvalue())
    return path


def without(name):
    return {key: text for key, text in GOOD.items() if key != name}


def test_a_plain_wheel(tmp_path):
    assert problem(wheel(tmp_path, GOOD), ONE) == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/etc/cron.d/x", "the name of its member '/etc/cron.d/x' leads out of it"),
        ("../x", "the name of its member '../x' leads out of it"),
        ("my_app/../../x", "the name of its member 'my_app/../../x' leads out of it"),
        ("my_app\\x", "the name of its member 'my_app\\\\x' leads out of it"),
        ("C:x", "the name of its member 'C:x' leads out of it"),
        ("other-1.0.dist-info/METADATA", "it has 2 directories .dist-info"),
    ],
)
def test_members_that_do_not_belong(tmp_path, name, said):
    assert problem(wheel(tmp_path, {**GOOD, name: ""}), ONE) == said


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice(tmp_path):
    assert problem(wheel(tmp_path, [*GOOD.items(), *GOOD.items()]), ONE).startswith("it has two members")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_members_that_are_no_files(tmp_path, kind):
    path = wheel(tmp_path, GOOD, name="my_app/__init__.py", attr=kind | 0o777)
    assert problem(path, ONE) == "its member 'my_app/__init__.py' is no file"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "it has 0 directories .dist-info"),
        (without(f"{DIST}/METADATA"), "it has no METADATA"),
        (without(f"{DIST}/RECORD"), "it has no RECORD"),
        ({**GOOD, f"{DIST}/METADATA": "Name: flask\nVersion: 1.2\n"}, "it is of flask 1.2"),
        ({**GOOD, f"{DIST}/METADATA": "Name: my-app\nVersion: 1.3\n"}, "it is of my-app 1.3"),
        ({**GOOD, f"{DIST}/METADATA": "\n"}, "it is of None None"),
        ({name.replace(DIST, "flask-3.dist-info"): text for name, text in GOOD.items()}, "it is of flask 3"),
    ],
)
def test_wheels_of_something_else(tmp_path, members, said):
    assert problem(wheel(tmp_path, members), ONE) == said


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip", b"PK\x05\x06" + b"\xff" * 18])
def test_no_zip(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    assert problem(tmp_path / "x", ONE).startswith("it is no zip file")


def test_a_cut_wheel(tmp_path):
    path = wheel(tmp_path, GOOD)
    path.write_bytes(path.read_bytes()[:-30])
    assert problem(path, ONE) != ""


def test_bombs(tmp_path, monkeypatch):
    path = wheel(tmp_path, {**GOOD, "x": "y" * 100})
    monkeypatch.setattr(_wheelcheck, "UNPACKED", 50)
    assert problem(path, ONE) == "it unpacks to more than 0 GiB"
    monkeypatch.setattr(_wheelcheck, "MEMBERS", 2)
    assert problem(path, ONE) == "it has more than 2 members"
