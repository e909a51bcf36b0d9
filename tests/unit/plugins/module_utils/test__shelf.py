# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._installer import installs
from ansible_collections.pyhost.platform.plugins.module_utils._shelf import laid

A = {"name": "my-app", "file": "my_app-1-py3-none-any.whl", "path": "/opt/w/my_app-1-py3-none-any.whl", "sha256": "a1"}


def test_without_shared_wheels_there_is_nothing(tmp_path):
    with laid(tmp_path, {"hashes": False}) as words:
        assert words == []
        assert list(tmp_path.iterdir()) == []


def test_a_directory_with_links(tmp_path):
    with laid(tmp_path, {"hashes": False, "shared": [A]}) as words:
        shelf = tmp_path / ".cache" / "shelf"
        assert words == ["--find-links", str(shelf)]
        assert [(one.name, str(one.readlink())) for one in shelf.iterdir()] == [(A["file"], A["path"])]
    assert not shelf.exists()


def test_an_index_where_hashes_are_required(tmp_path):
    with laid(tmp_path, {"hashes": True, "shared": [A]}) as words:
        shelf = tmp_path / ".cache" / "shelf"
        assert words == ["--index", f"file://{shelf}", "--index-strategy", "unsafe-best-match"]
        text = (shelf / "my-app" / "index.html").read_text()
        assert '<a href="file:///opt/w/my_app-1-py3-none-any.whl#sha256=a1">my_app-1-py3-none-any.whl</a>' in text


def test_what_a_killed_build_left_goes_and_so_does_what_this_one_makes(tmp_path):
    shelf = tmp_path / ".cache" / "shelf"
    shelf.mkdir(parents=True)
    (shelf / "old-1-py3-none-any.whl").write_text("")
    with laid(tmp_path, {"hashes": False, "shared": [A]}):
        assert [one.name for one in shelf.iterdir()] == [A["file"]]
    assert not shelf.exists()


def order(**changes):
    return {
        "installer": "uv", "kind": "files", "files": ["r.txt"], "hashes": False, "packages": ["gunicorn"],
        "wheels": False, "index_url": "", "constraints": [], "branch": "3.13", "local": False, "seeds": [], **changes,
    }  # fmt: skip


def test_installers_are_led_to_the_shelf():
    for installer in ("uv", "pip"):
        words = installs(order(installer=installer, shelf=["--find-links", "/s"]), "uv", "/v", "/c")[-1]
        assert words[words.index("--find-links") + 1] == "/s"
        assert "--find-links" not in installs(order(installer=installer), "uv", "/v", "/c")[-1]
