# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import (
    Interpreter,
    components,
    fingerprint,
    reasons,
)
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs
from hypothesis import given
from hypothesis import strategies as st

PYTHON = Interpreter("3.11", "/usr/bin/python3", "/usr/bin/python3.11", "3.11.2", "cpython-311", "GCC 12", "glibc 2.36")
INPUTS = Inputs("files", ("r.txt",), texts={"r.txt": "flask"}, names=("flask",))


def made(**values):
    rest = {
        "inputs": INPUTS,
        "index": "",
        "installer": "uv",
        "installer_version": "0.8",
        "extra": ("gunicorn",),
        "release": "aa",
    }
    rest = {name: values.pop(name, value) for name, value in rest.items()}
    rest["index_url"] = rest.pop("index")
    return components(dataclasses.replace(PYTHON, **values), **rest)


def test_interpreter_travels():
    assert Interpreter.from_dict({**PYTHON.to_dict(), "more": 1}) == PYTHON


def test_components():
    found = made(index="https://user:secret@host/simple", extra=("uvicorn", "gunicorn"))
    assert len(found.pop("requirements")) == 64
    assert found == {
        "python": "3.11.2",
        "python_path": "/usr/bin/python3.11",
        "abi": "cpython-311",
        "build": "GCC 12",
        "libc": "glibc 2.36",
        "index": "https://host/simple",
        "installer": "uv",
        "installer_version": "0.8",
        "packages": "gunicorn uvicorn",
        "release": "",
    }
    assert made(inputs=dataclasses.replace(INPUTS, local=True))["release"] == "aa"


def changed(**values):
    return dataclasses.replace(INPUTS, **values)


LOCAL = changed(local=True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({}, {"version": "3.13.5", "abi": "cpython-313", "real": "/b"}, None),
        ({}, {"build": "GCC 14"}, ["interpreter rebuilt (same version)", "requirements unchanged"]),
        ({}, {"abi": "cpython-311d"}, ["interpreter rebuilt (same version)", "requirements unchanged"]),
        ({}, {"real": "/b"}, ["interpreter moved /usr/bin/python3.11 → /b", "requirements unchanged"]),
        ({}, {"libc": "musl"}, ["C library glibc 2.36 → musl", "requirements unchanged"]),
        ({}, {"inputs": changed(texts={"r.txt": "flask<3"})}, ["requirements changed"]),
        ({}, {"inputs": changed(wheel_names=("a.whl",))}, ["requirements changed"]),
        ({}, {"inputs": changed(constraints=("r.txt",))}, ["requirements changed"]),
        ({}, {"index": "https://h/"}, ["index changed"]),
        ({}, {"installer": "pip"}, ["installer uv → pip"]),
        ({}, {"extra": ("uvicorn",)}, ["server packages changed"]),
        ({"inputs": LOCAL}, {"inputs": LOCAL, "release": "bb"}, ["code changed (installed from the tree)"]),
        ({}, {"inputs": LOCAL}, ["code changed (installed from the tree)"]),
        ({}, {"inputs": changed(kind="setup.py", local=True)}, ["requirements changed"]),
        (
            {"inputs": LOCAL},
            {"inputs": LOCAL, "release": "bb", "index": "https://h", "installer": "pip", "extra": (), "real": "/b"},
            [
                "interpreter moved /usr/bin/python3.11 → /b",
                "requirements unchanged",
                "index changed",
                "installer uv → pip",
                "server packages changed",
                "code changed (installed from the tree)",
            ],
        ),
    ],
)
def test_reasons(old, new, words):
    words = words or ["Python 3.11.2 → 3.13.5", "requirements unchanged"]
    assert reasons(made(**old), made(**new)) == words
    assert fingerprint(made(**old)) != fingerprint(made(**new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {}),
        ({}, {"installer_version": "0.9"}),
        ({}, {"path": "/elsewhere/python"}),
        ({"index": "https://h/"}, {"index": "https://a:b@h/"}),
        ({}, {"release": "bb"}),
    ],
)
def test_what_does_not_matter(old, new):
    assert reasons(made(**old), made(**new)) == []
    assert fingerprint(made(**old)) == fingerprint(made(**new))


def test_first_build():
    assert reasons(None, made()) == ["first build"]


def test_parts_of_another_release_of_this_collection():
    assert reasons({**made(), "older": "1"}, made()) == ["older changed"]
    assert reasons({}, {"python": "3"}) == ["Python ? → 3", "requirements unchanged"]


def test_fingerprint_is_16_hexadecimal_digits_and_stable():
    assert fingerprint({"b": "2", "a": "1"}) == "21f76dfbfe6dfe21"


PARTS = st.fixed_dictionaries({name: st.sampled_from(["1", "2"]) for name in made()})


@given(PARTS, PARTS)
def test_there_is_a_reason_exactly_when_the_fingerprints_differ(old, new):
    assert bool(reasons(old, new)) is (fingerprint(old) != fingerprint(new))
