# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import tarfile

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.plugin_utils import _explain

WSGI = "def application(environ, start_response): ...\n"


@pytest.fixture
def source(tmp_path):
    (tmp_path / "Ramen_Shop").mkdir()
    (tmp_path / "Ramen_Shop" / "wsgi.py").write_text(WSGI)
    (tmp_path / "Ramen_Shop" / "requirements.txt").write_text("flask\n")
    return tmp_path / "Ramen_Shop"


def explained(source, **entry):
    return _explain.explained({"path": source.name}, entry, source.parent)


def row(source, platform, **entry):
    (found,) = explained(source, platform=platform, **entry)
    return found


def test_every_platform_is_asked(source):
    assert {one["platform"] for one in explained(source)} == set(PLATFORMS)


def test_an_app_is_named_after_its_source(source):
    assert {one["app"] for one in explained(source)} == {"ramen-shop"}
    assert row(source, "native", name="other")["app"] == "other"


def test_what_one_platform_would_do(source):
    found = row(source, "native")
    assert found["ok"]
    assert found["runs"] == "gunicorn wsgi:application"
    assert "wsgi.py" in found["why"]
    assert found["requirements"] == ["requirements.txt"]
    assert "gunicorn>=23" in found["packages"]


def test_what_needs_no_index(source):
    (source / "app.pybundle").write_bytes(b"")
    text = _explain.text([row(source, "appfog")])
    assert "requirements.txt from app.pybundle, without an index" in text
    (source / "wheels").mkdir()
    (source / "wheels" / "flask-3-py3-none-any.whl").write_bytes(b"")
    assert "requirements.txt from wheels/, without an index" in _explain.text([row(source, "appfog")])


def test_why_one_platform_would_refuse(source):
    (source / "wsgi.py").unlink()
    found = row(source, "appfog")
    assert not found["ok"]
    assert "Standalone Application" in found["refused"][0]


def test_a_wrong_key_of_the_entry_is_a_refusal(source):
    found = row(source, "native", sever="gunicorn")
    assert 'did you mean "server"?' in found["refused"][0]


def test_a_source_that_describes_several_apps(source):
    (source / "manifest.yml").write_text(
        "applications:\n  .: {name: a, services: {db: {type: mysql}}}\n  x: {name: b}\n"
    )
    (source / "x").mkdir()
    (source / "x" / "wsgi.py").write_text(WSGI)
    first, second = explained(source, platform="appfog")
    assert (first["app"], second["app"]) == ("ramen-shop-a", "ramen-shop-b")
    assert first["services"] == ["db"]
    (source / "manifest.yml").write_text("applications: 7\n")
    assert "line 1, column 15" in row(source, "appfog")["refused"][0]


def test_an_app_without_web(source):
    found = row(source, "native", server="none", processes={"worker": "python work.py"})
    assert found["runs"] == "no web; processes: worker"
    assert found["processes"] == {"worker": "python work.py"}


def test_values_of_the_environment_are_nobody_s_business(source):
    rows = explained(source, environment={"SECRET_KEY": "hunter2"})
    assert "SECRET_KEY" in row(source, "native", environment={"SECRET_KEY": "hunter2"})["environment"]
    assert "hunter2" not in json.dumps(rows) + _explain.text(rows)


def test_a_source_that_is_not_there(tmp_path):
    found = row(tmp_path / "nowhere", "native")
    assert "does not exist" in found["refused"][0]


def test_A10_a_link_that_leaves_the_source(source):
    (source / "etc").symlink_to("/etc")
    told = "Can't deploy application containing links 'etc' that reach outside its root '.'"
    assert told in row(source, "appfog")["refused"][0]
    (own,) = row(source, "native")["refused"]
    assert own.startswith("source.path: ")
    assert "is a symlink to '/etc', outside the source" in own


def test_A10_what_the_ignore_file_names_is_not_looked_at(source):
    pytest.importorskip("pathspec")
    (source / "index.php").write_text("")
    (source / "logs").mkdir()
    (source / "logs" / "app.js").symlink_to("/etc/passwd")
    (source / ".afignore").write_text("# ours\n\nlogs/\n*.php\n!keep.php\n")
    assert row(source, "appfog")["ok"]


def test_an_archive(source, tmp_path):
    with tarfile.open(tmp_path / "shop.tar.gz", "w:gz") as archive:
        archive.add(source, "shop-1.0")
    (found,) = _explain.explained({"archive": "shop.tar.gz"}, {"platform": "native"}, tmp_path)
    assert (found["ok"], found["app"]) == (True, "shop")


def test_a_table_and_a_paragraph_for_each(source):
    text = _explain.text([*explained(source, platform="native"), row(source.parent / "nowhere", "native")])
    table, first, second = text.split("\n\n")
    assert table.splitlines()[0].split() == ["platform", "app", "runs", "why"]
    assert table.splitlines()[2].startswith("native    ramen-shop  gunicorn wsgi:application  ")
    assert "  refused  " in table.splitlines()[3]
    assert first.startswith("native: ramen-shop\n  why: ")
    assert "  installs: requirements.txt" in first.splitlines()
    assert "does not exist" in second
