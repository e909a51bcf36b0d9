# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils._freeze import difference, lines, own

CWD = "/srv/releases/3-0123456789ab/site"
SHA = "a" * 64


def dist(name, version="1.0", *requires, direct=None, requested=False):
    return {
        "name": name,
        "version": version,
        "direct": direct or {},
        "requested": requested,
        "requires": list(requires),
    }


def frozen(*distributions, packages=(), cwd=CWD):
    return lines({"distributions": list(distributions), "packages": list(packages), "cwd": cwd})


def test_names_and_versions_in_order():
    found = frozen(dist("zope.interface", "6.0"), dist("Flask", "3.1.2"), dist("blinker", "1.9.0+local.1"))
    assert found == ["blinker==1.9.0+local.1", "Flask==3.1.2", "zope.interface==6.0"]


GIT = {"vcs": "git", "commit_id": "4f42225e91a0be634625c09e84dd29ea82b85e27"}
DIRECT = [
    ({"url": "https://example.com/a.tar.gz", "archive_info": {"hash": f"sha256={SHA}"}},
     f"x @ https://example.com/a.tar.gz#sha256={SHA}"),
    ({"url": "https://example.com/a.zip", "archive_info": {"hashes": {"sha256": SHA}}, "subdirectory": "lib/x"},
     f"x @ https://example.com/a.zip#subdirectory=lib/x&sha256={SHA}"),
    ({"url": "https://example.com/a.whl", "archive_info": {}}, "x @ https://example.com/a.whl"),
    ({"url": "https://example.com/x.git", "vcs_info": GIT}, f"x @ git+https://example.com/x.git@{GIT['commit_id']}"),
    ({"url": "ssh://git@example.com/x.git", "vcs_info": GIT, "subdirectory": "py"},
     f"x @ git+ssh://git@example.com/x.git@{GIT['commit_id']}#subdirectory=py"),
    # no password leaves the host
    ({"url": "https://anna:geheim@example.com/a.whl", "archive_info": {}}, "x @ https://example.com/a.whl"),
    ({"url": "https://geheim@example.com/x.git", "vcs_info": GIT},
     f"x @ git+https://example.com/x.git@{GIT['commit_id']}"),
    # the app's own tree, named from approot
    ({"url": "file:///srv/releases/3-0123456789ab/site", "dir_info": {"editable": True}}, "-e ."),
    ({"url": "file:///srv/releases/3-0123456789ab/site/lib/x", "dir_info": {}}, "./lib/x"),
    ({"url": "file:///srv/releases/3-0123456789ab/lib", "dir_info": {}}, "../lib"),
    ({"url": "file:///srv/releases/3-0123456789ab/site/wheels/x-1.0-py3-none-any.whl", "archive_info": {}},
     "./wheels/x-1.0-py3-none-any.whl"),
    # and other places of the host
    ({"url": "file:///srv/releases/4-0123456789ab/lib", "dir_info": {}}, "x @ file:///srv/releases/4-0123456789ab/lib"),
    ({"url": "file:///opt/x", "dir_info": {"editable": True}}, "-e file:///opt/x"),
]  # fmt: skip


@pytest.mark.parametrize(("direct", "line"), DIRECT)
def test_what_came_from_no_index(direct, line):
    assert frozen(dist("x", direct=direct)) == [line]


WRONG = [
    (dist("x\n--index-url http://evil"), "is no name of a package (PEP 508)"),
    (dist("-r"), "is no name of a package (PEP 508)"),
    (dist("ö"), "is no name of a package (PEP 508)"),
    (dist(""), "is no name of a package (PEP 508)"),
    (dist("x", "1.0\nevil"), "is no version (PEP 440)"),
    (dist("x", "1.0; python_version > '3'"), "is no version (PEP 440)"),
    (dist("x", " 1.0"), "is no version (PEP 440)"),
    (dist("x", ""), "is no version (PEP 440)"),
    (dist("x", direct={"url": "https://e.com/a b", "archive_info": {}}), "cannot be written as an address"),
    (dist("x", direct={"url": "https://e.com/\n-r evil", "archive_info": {}}), "cannot be written as an address"),
    (dist("x", direct={"url": "https://e.com/${SECRET}", "archive_info": {}}), "cannot be written as an address"),
    (dist("x", direct={"url": "javascript:alert(1)", "archive_info": {}}), "cannot be written as an address"),
    (dist("x", direct={"url": 7}), "x: its direct_url.json is not as PEP 610 has it"),
    (dist("x", direct={"vcs_info": []}), "x: its direct_url.json is not as PEP 610 has it"),
    (dist("x", direct={"url": "https://e.com/x", "vcs_info": {"vcs": "sh", "commit_id": "1"}}), "is no commit"),
    (dist("x", direct={"url": "https://e.com/x", "vcs_info": {"vcs": "git", "commit_id": "1 -r"}}), "is no commit"),
    (dist("x", direct={"url": "https://e.com/x", "subdirectory": "a&b", "dir_info": {}}), "is no subdirectory"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_a_tenant_may_have_written(wrong, said):
    with pytest.raises(PyhostError) as caught:
        frozen(dist("good"), wrong, dist("-bad"))
    text = str(caught.value)
    assert said in text
    assert len(text.splitlines()) == (3 if wrong["name"] != "-bad" else 2)
    assert '"-bad" is no name' in text


def names(*distributions, packages=()):
    return sorted(one["name"] for one in own(distributions, packages))


def test_the_server_and_what_only_it_needs_are_left_out():
    web = (dist("gunicorn", "23.0", "packaging", requested=True), dist("packaging"), dist("pip", requested=True))
    flask = (dist("Flask", "3.1", "Werkzeug"), dist("werkzeug"))
    assert names(*web, *flask, packages=["gunicorn>=20.1", "pip"]) == ["Flask", "werkzeug"]
    # somebody else needs it, or asked for it
    assert names(*web, dist("black", "1.0", "packaging"), packages=["gunicorn", "pip"]) == ["black", "packaging"]
    asked = (web[0], dist("packaging", requested=True), web[2])
    assert names(*asked, packages=["gunicorn", "pip"]) == ["packaging"]
    # the app's own choice: it is none of ours then
    assert names(*web, *flask, packages=["pip"]) == ["Flask", "gunicorn", "packaging", "werkzeug"]
    # required by what is the app's
    assert names(*web, dist("gunicorn-more", "1.0", "gunicorn"), packages=["gunicorn"]) == [
        "gunicorn", "gunicorn-more", "packaging", "pip",
    ]  # fmt: skip


def test_seeds_are_left_out_unless_asked_for():
    assert names(dist("setuptools"), dist("wheel"), dist("pip"), dist("six")) == ["six"]
    assert names(dist("setuptools", requested=True), dist("pip")) == ["setuptools"]
    assert names(dist("setuptools"), dist("old", "1.0", "setuptools")) == ["old", "setuptools"]


def test_requirements_in_a_circle():
    assert names(dist("a", "1.0", "b"), dist("b", "1.0", "a"), dist("pip")) == ["a", "b"]


def test_difference():
    assert difference("ramen", {"web1": ["a==1"], "web2": ["a==1"]}) == ""
    assert difference("ramen", {"web1": ["a==1"]}) == ""
    said = difference("ramen", {"web1": ["a==1", "b==1"], "web2": ["a==2", "b==1"], "web3": ["a==1", "b==1"]})
    assert said.splitlines() == [
        "ramen is not the same on all hosts; choose one with --limit:",
        "  web1 has a==1; web2 has a==2",
    ]
