# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _tree
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts, import_names, read_tree


@pytest.fixture
def build(tmp_path):
    def write(files):
        root = tmp_path / "root"
        root.mkdir()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return write


FLASK = "from flask import Flask\napp = Flask('x')"


def test_facts(build):
    files = {
        "wsgi.py": FLASK,
        "x/y/z/deep.py": "",
        "shop/settings.py": "A=1",
        "shop/settings/__init__.py/..": "",
        "requirements.txt": "-r reqs/base.txt\n-c ../out.txt\n-r no.txt",
        "reqs/base.txt": "-r ../requirements.txt\na",
        "static/settings/x.css": "",
        "wheels/a-1.whl": "",
        "wheels/sub/b-1.whl": "",
        "setup.py": "setup(name='My-Shop')",
        "my_shop/__init__.py": "from .web import app",
        "lib/web.py": FLASK,
        "x/y/settings.py": "",
        "Procfile": "web: x",
        "__pycache__/x.pyc": "",
        ".git/config": "",
    }
    del files["shop/settings/__init__.py/.."]
    root = build(files)
    (root / "link").symlink_to("static")
    facts = read_tree(root, ".", entrypoint="lib.web:app")
    assert facts.paths == tuple(sorted([*(set(files) - {"__pycache__/x.pyc", ".git/config"}), "link"]))
    assert sorted(facts.texts) == [
        "Procfile",
        "lib/web.py",
        "my_shop/__init__.py",
        "reqs/base.txt",
        "requirements.txt",
        "setup.py",
        "shop/settings.py",
        "wsgi.py",
    ]
    assert facts.unreadable == {}
    assert facts.wheels == ("wheels/a-1.whl",)
    assert facts.callables == {
        "lib/web.py": (("app", "wsgi"),),
        "my_shop/__init__.py": (("app", "unknown"),),
        "wsgi.py": (("app", "wsgi"),),
    }
    assert TreeFacts.from_dict(json.loads(json.dumps(facts.to_dict()))) == facts


def test_approot(build):
    root = build({"web/app.py": FLASK, "limits.txt": "a<2", "web/reqs.txt": "a", "app.py": "", "web/wheels/a.whl": ""})
    facts = read_tree(root, "./web/", ("reqs.txt",), ("../limits.txt", "../../out.txt"))
    assert sorted(facts.texts) == ["limits.txt", "web/app.py", "web/reqs.txt"]
    assert facts.wheels == ("web/wheels/a.whl",)


@pytest.mark.parametrize("approot", ["no", "..", "/etc", "app.py"])
def test_approot_that_is_not_there(build, approot):
    with pytest.raises(PyhostError) as error:
        read_tree(build({"app.py": ""}), approot)
    assert str(error.value) == f"approot: {approot} is not a directory of the source"


def test_unreadable(build, tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("s")
    root = build(
        {
            "wsgi.py": b"\xff",
            "app.py": "x" * (256 * 1024 + 1),
            "requirements.txt": "x" * (4 * 1024 * 1024 + 1),
            "uv.lock": "#" * 1_000_000,
            "real/a.py": "A",
            "pkg/x": "",
        }
    )
    (root / "asgi.py").symlink_to("../secret")
    (root / "main.py").symlink_to("real/a.py")
    (root / "manage.py").symlink_to("manage.py")
    (root / "setup.py").symlink_to("real")
    (root / "setup.cfg").symlink_to("nowhere")
    (root / "Procfile").symlink_to("/etc/passwd")
    os.mkfifo(root / "settings.py")
    (root / "up").symlink_to("..")
    facts = read_tree(root, ".", ("up/secret",))
    assert facts.texts["main.py"] == "A"
    assert len(facts.texts["uv.lock"]) == 1_000_000
    assert facts.unreadable.pop("manage.py") in ("cannot be read: Too many levels of symbolic links",)
    assert facts.unreadable == {
        "Procfile": "is a symlink that leaves the source",
        "app.py": "is larger than 256 KiB",
        "asgi.py": "is a symlink that leaves the source",
        "requirements.txt": "is larger than 4096 KiB",
        "settings.py": "is not a regular file",
        "setup.cfg": "cannot be read: No such file or directory",
        "setup.py": "is not a regular file",
        "wsgi.py": "is not UTF-8 text",
    }


def test_a_directory_that_becomes_a_link_is_not_followed(build, tmp_path):
    root = build({"d/x": "inside"})
    (root / "l").symlink_to("d")
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        _tree._open_inside(str(root), "l/x")


def test_byte_order_mark(build):
    assert read_tree(build({"requirements.txt": b"\xef\xbb\xbfflask"}), ".").texts == {"requirements.txt": "flask"}


def test_given_names_limit_what_is_seen(build):
    root = build({"wsgi.py": FLASK, ".env": "S=1", "app.py": FLASK})
    facts = read_tree(root, ".", names=("wsgi.py",))
    assert (facts.paths, sorted(facts.texts)) == (("wsgi.py",), ["wsgi.py"])


def test_limits(build, monkeypatch):
    monkeypatch.setattr(_tree, "MAX_PATHS", 2)
    monkeypatch.setattr(_tree, "_MAX_KNOWN", 1)
    facts = read_tree(build({"app.py": "", "b": "", "main.py": ""}), ".")
    assert (facts.paths, facts.texts) == (("app.py", "b"), {"app.py": ""})


def test_import_names():
    assert import_names("My-Shop.web") == ("My_Shop_web", "my_shop_web")
