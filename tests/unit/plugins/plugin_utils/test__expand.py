# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import tarfile

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._expand import expanded

TWO = "applications:\n  web: {name: web, depends-on: [api]}\n  api: {name: api}\n"


@pytest.fixture
def source(tmp_path):
    root = tmp_path / "shop"
    (root / "web").mkdir(parents=True)
    (root / "manifest.yml").write_text(TWO)
    return root


def entry(**more):
    return {"name": "shop", "platform": "appfog", "source": {"path": "shop"}, **more}


def names(entries, base):
    found, problems = expanded(entries, base)
    assert problems == []
    return [one["name"] for one in found]


def test_a_directory_that_describes_two_apps(source):
    other = {"name": "other", "source": {"path": "x"}}
    assert names([other, entry()], source.parent) == ["other", "shop-api", "shop-web"]


def test_an_archive_that_describes_two_apps(source, tmp_path):
    with tarfile.open(tmp_path / "shop.tar.gz", "w:gz") as archive:
        archive.add(source, "shop-1.0")
    assert names([entry(source={"archive": "shop.tar.gz"})], tmp_path) == ["shop-api", "shop-web"]


def test_a_service_with_an_entry_of_its_own(source):
    entries = [entry(), entry(name="front", service="web")]
    assert names(entries, source.parent) == ["shop", "front"]


WWW_AND_DB = """
www: {type: python}
jobs: {type: python-worker}
db: {type: postgresql}
"""


def shares(entries, base):
    found, _problems = expanded(entries, base)
    return {one["name"]: one.get("services_of", "") for one in found}


def test_whose_services_those_with_entries_of_their_own_share(source):
    (source / "dotcloud.yml").write_text(WWW_AND_DB)
    shop, test = entry(platform="dotcloud"), entry(platform="dotcloud", name="test")
    jobs = entry(platform="dotcloud", name="night", service="jobs")
    assert shares([shop, jobs], source.parent) == {"shop": "", "night": "shop"}
    assert shares([shop, test, jobs], source.parent) == {"shop": "", "test": "", "night": ""}
    assert shares([shop, test, {**jobs, "name": "test-jobs"}], source.parent)["test-jobs"] == "test"


LEFT = [
    7,
    {"name": "a"},
    {"name": "a", "platform": "native", "source": {"path": "shop"}},
    {"name": "a", "platform": ["appfog"], "source": {"path": "shop"}},
    {"name": "a", "platform": "appfog", "source": "shop"},
    {"name": "a", "platform": "appfog", "source": {"path": "nowhere"}},
    {"name": "a", "platform": "appfog", "source": {"path": "shop", "archive": "shop"}},
    {"name": "a", "platform": "appfog", "source": {"git": "https://example.com/shop.git"}},
    {"name": "a", "platform": "appfog", "source": {"archive": "https://example.com/shop.tar.gz"}},
    {"name": 1, "platform": "appfog", "source": {"path": "shop"}},
]


@pytest.mark.parametrize("one", LEFT)
def test_what_later_stages_judge_is_left_as_it_is(one, source):
    assert expanded([one], source.parent) == ([one], [])


@pytest.mark.parametrize("entries", [None, "x", {"a": 1}])
def test_what_is_no_list(entries, tmp_path):
    assert expanded(entries, tmp_path) == (entries, [])


def test_all_problems_are_told(source):
    (source / "manifest.yml").write_text("applications: 7\n")
    found, problems = expanded([entry(), entry(name="b")], source.parent)
    assert found == []
    assert [one.app for one in problems] == ["shop", "b"]


def test_a_file_that_leaves_the_source_is_not_read(source, tmp_path):
    (source / "manifest.yml").unlink()
    (tmp_path / "secret.yml").write_text(TWO)
    (source / "manifest.yml").symlink_to(tmp_path / "secret.yml")
    assert names([entry()], source.parent) == ["shop"]


@pytest.mark.parametrize(("data", "part"), [(b"\xff\xfe", "is not UTF-8 text"), (b"#" * 300000, "is larger than 256")])
def test_a_file_that_is_no_text(data, part, source):
    (source / "manifest.yml").write_bytes(data)
    _found, problems = expanded([entry()], source.parent)
    assert part in problems[0].message
