# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._wheelpage import (
    File,
    best,
    is_sdist_of,
    is_wheel_of,
    read_page,
)
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin

ONE = Pin("my-app", "1.2")
TAGS = ["cp313-cp313-manylinux_2_28_x86_64", "cp313-abi3-manylinux_2_17_x86_64", "py3-none-any"]
URL = "https://pypi.example.com/simple/my-app/"
SHA = "0" * 63 + "a"


def page(*files):
    return json.dumps({"files": list(files)})


def row(name, **more):
    return {"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": SHA}, **more}


def names(*all_names):
    return [File(name, f"https://x/{name}") for name in all_names]


def test_json_and_html_say_the_same():
    text = page(row("my_app-1.2-py3-none-any.whl"), row("my-app-1.2.tar.gz", yanked="bad"), row("my_app-1.3.zip"))
    links = f"""<!DOCTYPE html><body><a href="../../files/my_app-1.2-py3-none-any.whl#sha256={SHA}">x</a>
        <a data-yanked="bad" href="../../files/my-app-1.2.tar.gz#sha256={SHA}">x</a><a href="?C=M">sort</a><a>x</a>"""
    expected = [
        File("my_app-1.2-py3-none-any.whl", "https://pypi.example.com/files/my_app-1.2-py3-none-any.whl", SHA),
        File("my-app-1.2.tar.gz", "https://pypi.example.com/files/my-app-1.2.tar.gz", SHA, True),
    ]
    assert read_page(text, "application/vnd.pypi.simple.v1+json", URL, ONE) == expected
    assert read_page(links, "text/html", URL, ONE) == expected


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"files": 1}', '{"files": [1]}', '{"files": [{"filename": 1, "url": 2}]}', "[" * 100000]
)
def test_no_page(text):
    assert read_page(text, "json", URL, ONE) == []


@pytest.mark.parametrize(
    "link", ["file:///etc/passwd", "ftp://x/y", "http://plain.example.com/x", "https://[x", "data:x"]
)
def test_a_link_leads_nowhere_else_than_to_a_server_as_safe_as_the_index(link):
    text = page({"filename": "my_app-1.2-py3-none-any.whl", "url": link})
    assert read_page(text, "json", URL, ONE) == []


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("my_app-1.2-py3-none-any.whl", True),
        ("My.App-1.2.0-1a-cp313-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        ("my_app-1.2-cp312-cp312-manylinux_2_28_x86_64.whl", False),
        ("my_app-1.2.1-py3-none-any.whl", False),
        ("my_app-1.2+local-py3-none-any.whl", False),
        ("other-1.2-py3-none-any.whl", False),
        ("my_app-1.2-py3-none-any.zip", False),
        ("../my_app-1.2-py3-none-any.whl", False),
        ("my_app/../x-1.2-py3-none-any.whl", False),
        ("my_app-1.2-py3-none-any.whl\n", False),
        ("my_app-1.2-py3-none-" + "x" * 200 + ".any.whl", False),
        ("", False),
    ],
)
def test_the_name_of_a_wheel(name, good):
    assert is_wheel_of(name, ONE, TAGS) is good


@pytest.mark.parametrize(
    ("name", "good"),
    [("my-app-1.2.tar.gz", True), ("my_app-1.2.0.zip", True), ("my-app-1.3.tar.gz", False), ("x/my-app-1.2.zip", False),
     ("my-app-1.2.exe", False), ("app-1.2.zip", False), ("-my-app-1.2.zip", False)],
)  # fmt: skip
def test_the_name_of_a_source_distribution(name, good):
    assert is_sdist_of(name, ONE) is good


ANY, ABI3, OWN = (f"my_app-1.2-{tag}.whl" for tag in reversed(TAGS))
FOREIGN = "my_app-1.2-cp313-cp313-win_amd64.whl"


@pytest.mark.parametrize(
    ("listed", "taken"),
    [
        ([ANY, ABI3, OWN, "my-app-1.2.tar.gz"], OWN),
        ([ANY, FOREIGN, ABI3], ABI3),
        ([ANY, "my_app-1.2-2-py3-none-any.whl", "my_app-1.2-10-py3-none-any.whl"], "my_app-1.2-10-py3-none-any.whl"),
        ([FOREIGN, "my-app-1.2.zip", "my-app-1.2.tar.gz"], "my-app-1.2.tar.gz"),
        ([FOREIGN], None),
        ([OWN, "my_app-1.2+cu118-py3-none-any.whl"], None),
        ([], None),
    ],
)
def test_what_an_installer_would_take(listed, taken):
    found = best(names(*listed), ONE, TAGS)
    assert (found and found.name) == taken


def test_what_was_yanked_is_not_shared():
    assert best([File(OWN, "https://x", yanked=True), File("my-app-1.2.zip", "https://x")], ONE, TAGS) is None
