# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# explain, which asks no host, and sources that describe several apps.
import pytest
from ansible.utils.display import Display


@pytest.fixture
def source(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "wsgi.py").write_text("def application(environ, start_response): ...\n")
    return tmp_path / "shop"


@pytest.fixture
def printed(monkeypatch):
    lines = []
    monkeypatch.setattr(Display, "display", lambda _self, text, *_more, **_options: lines.append(text))
    return lines


def test_a_source_is_explained_and_nobody_is_asked(run, source, printed):
    found = run.stage("explain", source="shop", base=str(source.parent))
    assert not found["changed"]
    assert {"native", "appfog"} <= set(found["platforms"])
    assert {one["app"] for one in found["apps"]} == {"shop"}
    assert printed[0].startswith("platform ")
    assert run.jobs == []


def test_one_platform_with_keys_of_an_entry(run, source, printed):
    (source / "web").mkdir()
    (source / "wsgi.py").rename(source / "web" / "wsgi.py")
    found = run.stage("explain", source=str(source), entry={"platform": "native", "approot": "web"})
    ((first,), names) = (found["apps"], found["platforms"])
    assert names == ["native"]
    assert (first["approot"], first["runs"]) == ("web", "gunicorn wsgi:application")


WRONG = [
    ({"source": ""}, "source:"),
    ({"source": "https://example.com/x.tar.gz"}, "is not on the controller"),
    ({"source": "x", "entry": []}, ""),
    ({"source": "x", "entry": "native"}, "entry:"),
    ({"source": "x", "entry": {"source": "y"}}, "has an option of its own"),
    ({"source": "x", "entry": {"platform": "nativ"}}, 'did you mean "native"?'),
]


@pytest.mark.parametrize(("args", "part"), WRONG)
def test_what_cannot_be_explained(run, args, part, printed):
    found = run.stage("explain", **args)
    assert part in str(found.get("msg"))
    assert bool(found.get("failed")) == bool(part)


MANIFEST = "applications:\n  .: {name: web, depends-on: [api]}\n  api: {name: api}\n"


def several(source):
    (source / "api").mkdir()
    (source / "api" / "wsgi.py").write_text((source / "wsgi.py").read_text())
    return [{"name": "shop", "platform": "appfog", "source": {"path": "shop"}}]


def test_A13_resolve_makes_several_apps_of_a_source_that_describes_them(run, source):
    (source / "manifest.yml").write_text(MANIFEST)
    found = run.stage("resolve", apps=several(source), base=str(source.parent), scope="account", root="/home/me/p")
    assert found == {"changed": False, "apps": ["shop-api", "shop-web"]}


def test_A13_a_circle_is_told_with_everything_else(run, source):
    (source / "manifest.yml").write_text(MANIFEST.replace("name: api", "name: api, depends-on: [web]"))
    apps = [*several(source), {"name": "other", "source": {"path": "nowhere"}, "sever": "x"}]
    found = run.stage("resolve", apps=apps, base=str(source.parent), scope="account", root="/home/me/p")
    assert found["failed"]
    assert "shop: manifest.yml: Circular dependency detected" in found["msg"]
    assert "other: sever: unknown key" in found["msg"]
