# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin, pin, pins, place, wanted
from hypothesis import given
from hypothesis import strategies as st

PARTS = {"abi": "cpython-313-x86_64-linux-gnu", "libc": "glibc 2.41", "python_path": "/usr/bin/python3.13"}
A, B = "a" * 64, "b" * 64


def order(text="", **changes):
    return {
        "branch": "3.13",
        "components": PARTS,
        "kind": "files",
        "files": ["requirements.txt"],
        "texts": {"requirements.txt": text},
        "wheels": False,
        "hashes": False,
        "installer": "uv",
        "index_url": "",
        "environment": {},
        **changes,
    }


def plan(*lines, **changes):
    return {"approot": ".", "virtualenv": order("\n".join(lines), **changes)}


def found(text, **changes):
    return [str(one) for one in pins(order(text, **changes), ".")]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("flask==3.1.0", ["flask==3.1"]),
        ("Zope.Interface_x [a, b] == 2.0rc1  # why", ["zope-interface-x==2rc1"]),
        ("django==5.1.7.post1", ["django==5.1.7.post1"]),
        ("flask>=3", []),
        ("flask===3.1.0", []),
        ("flask==3.*", []),
        ("flask==3.1.0,<4", []),
        ("flask==3.1.0; python_version < '3.14'", []),
        ("torch==2.0+cu118", []),
        ("flask==1!3.0", []),
        ("flask @ https://example.com/flask-3.1.0-py3-none-any.whl", []),
        ("https://example.com/flask-3.1.0-py3-none-any.whl", []),
        ("git+https://example.com/flask", []),
        ("./flask==3.1.0", []),
        ("../../opt==1", []),
        ("flask==3.1.0 --index-url=https://evil.example.com", []),
        ("flask==3.1.0 --global-option=x", []),
        ("flask==3.1.0 --config-settings=x=y", []),
        ("flask==3.1.0 -i https://evil.example.com", []),
        ("flask==3.1.0\x00", []),
        ("flask==../../../etc/passwd", []),
        ("--flask==3.1.0", []),
        ("flask==" + "1" * 40, []),
        ("ｆlask==3.1.0", []),
        ("flask==٣", []),
    ],
)
def test_only_a_plain_pin_is_shared(line, names):
    assert found(line) == names


@given(st.text(), st.text())
def test_whatever_a_file_says_only_names_and_versions_get_on(before, after):
    for one in pins(order(f"{before}flask==3.1.0{after}\n{after}"), "."):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*==[0-9]+[0-9a-z.]*", str(one))


@pytest.mark.parametrize("option", ["--no-binary :all:", "--only-binary=flask", "--pre", "--prefer-binary"])
def test_options_that_say_what_to_take_share_nothing(option):
    assert found(f"flask==3.1.0\n{option}\n") == []
    assert found("flask==3.1.0\n--require-hashes\n") == ["flask==3.1"]


def test_two_versions_of_one_package_are_none():
    assert found("flask==3.1.0\nflask==3.0.0\nclick==8.1.8\nclick==8.1.8\n") == ["click==8.1.8"]


def test_included_files_count_and_constraints_do_not():
    texts = {
        "web/req/a.txt": "-r b.txt\n-c c.txt\nflask==3.1.0\n",
        "web/req/b.txt": "-r a.txt\nclick==8.1.8\n",
        "web/req/c.txt": "jinja2==3.1.6\n",
    }
    one = order(files=["req/a.txt"], texts=texts)
    assert {str(pin) for pin in pins(one, "web")} == {"flask==3.1", "click==8.1.8"}


def test_dependencies_of_a_project():
    text = '[project]\nname = "x"\ndependencies = ["flask==3.1.0", "click>=8"]\n'
    assert found("", kind="pyproject", files=["pyproject.toml"], texts={"pyproject.toml": text}) == ["flask==3.1"]
    assert found("", kind="uv.lock", files=["uv.lock"], texts={"uv.lock": "flask==3.1.0"}) == []


def test_hashes():
    text = f"flask==3.1.0 \\\n  --hash=sha256:{A} \\\n  --hash=sha256:{B}\n"
    assert pins(order(text), ".") == {Pin("flask", "3.1"): {A, B}}
    assert found(f"flask==3.1.0 --hash=md5:{'a' * 32}") == []


@pytest.mark.parametrize(("one", "other"), [("3.0", "3.0.0"), ("1.0rc1", "1rc1"), ("2024.01", "2024.1"), ("0", "0.0")])
def test_the_same_version(one, other):
    assert pin("a", one) == pin("A", other)


def test_another_version():
    assert pin("a", "1.10") != pin("a", "1.1")
    assert pin("a", "1.0.post1") != pin("a", "1.0")


@pytest.mark.parametrize(
    "changes",
    [
        {"wheels": True},
        {"index_url": "https://me:secret@pypi.example.com/simple"},
        {"index_url": "https://me@pypi.example.com/simple"},
        {"components": {**PARTS, "abi": ""}},
        {"environment": {"UV_EXTRA_INDEX_URL": "https://pypi.example.com/simple"}},
        {"environment": {"PIP_INDEX_URL": "https://pypi.example.com/simple"}},
        {"environment": {"uv_find_links": "/x"}},
        {"installer": "pip", "hashes": True},
        {"branch": "2.7"},
        {"branch": "3.8"},
    ],
)
def test_who_takes_no_part(changes):
    assert place(order(**changes)) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"index_url": "https://pypi.example.com/simple"},
        {"branch": "3.12"},
        {"components": {**PARTS, "abi": "cpython-313t-x86_64-linux-gnu"}},
        {"components": {**PARTS, "python_path": "/opt/python/store/3.13-1/bin/python3.13"}},
        {"environment": {"CFLAGS": "-O3"}},
    ],
)
def test_each_interpreter_and_index_has_its_own_place(changes):
    assert place(order(**changes)) not in ("", place(order()))


def test_the_place_has_no_secret_and_no_say_of_a_proxy():
    carried = {"https_proxy": "http://me:secret@proxy", "SSL_CERT_FILE": "/x", "PIP_CERT": "/x", "UV_HTTP_TIMEOUT": "9"}
    assert place(order(environment=carried)) == place(order())
    assert re.fullmatch(r"3\.13-[0-9a-f]{12}/[0-9a-f]{12}", place(order()))
    assert place(order(index_url="https://pypi.org/simple")) == place(order())


def test_what_two_apps_ask_for_is_wanted_and_most_of_them_first():
    plans = [plan("a==1", "b==1", "c==1"), plan("a==1.0", "b==1", "d==1"), plan("b==1", "a==2")]
    assert wanted(plans) == {place(order()): [Pin("b", "1"), Pin("a", "1")]}


def test_nothing_is_wanted_by_one_app_or_by_apps_of_several_indexes():
    inner = {"index_url": "https://pypi.example.com/simple"}
    assert wanted([plan("a==1")]) == {}
    assert wanted([plan("internal==1"), plan("internal==1", **inner)]) == {}
    shared = wanted([plan("internal==1", **inner), plan("internal==1", **inner), plan("internal==1")])
    assert shared == {place(order(**inner)): [Pin("internal", "1")]}
