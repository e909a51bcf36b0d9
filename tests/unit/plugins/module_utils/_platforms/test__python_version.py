# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

WSGI = {"web/wsgi.py": "def application(environ, start_response): ...\n"}
FOUND = {"web/wsgi.py": (("application", "wsgi"),)}


def branch(texts, unreadable=None, **app):
    texts = {**WSGI, **{f"web/{name}": text for name, text in texts.items()}}
    facts = TreeFacts(tuple(sorted(texts)), texts, unreadable or {}, FOUND)
    return PLATFORMS["native"].understand(App("ramen", Source("path", "x"), approot="web", **app), facts).python


SAID = [
    ({"runtime.txt": "python-3.11.9\n"}, "3.11"),
    ({"runtime.txt": "python-3.12.x"}, "3.12"),
    ({"runtime.txt": "python-2.7.18\r\n"}, "2.7"),
    ({".python-version": "3.13\n"}, "3.13"),
    ({".python-version": "# chosen for us\n\n3.9.2  # until spring\n3.8\n"}, "3.9"),
    ({".python-version": "cpython-3.14.0rc1\n"}, "3.14"),
    ({"runtime.txt": "python-3.11.9", ".python-version": "3.13"}, "3.11"),
    ({"runtime.txt": " \n", ".python-version": "3.13"}, "3.13"),
    ({}, ""),
]


@pytest.mark.parametrize(("texts", "expected"), SAID)
def test_what_a_file_says(texts, expected):
    assert branch(texts) == expected


def test_the_entry_overrules_it():
    assert branch({"runtime.txt": "pypy3.9-7.3.11"}, python="3.12", given=("python",)) == ""


WRONG = [
    ({"runtime.txt": "pypy3.9-7.3.11"}, "web/runtime.txt: asks for pypy3.9-7.3.11, and only CPython can be had"),
    ({".python-version": "system"}, "web/.python-version: asks for system, and only CPython can be had"),
    ({".python-version": "my-env"}, "web/.python-version: says 'my-env', which is no version"),
    ({".python-version": "3"}, "web/.python-version: '3' names no branch"),
    ({"runtime.txt": "python-4.1.0"}, 'web/runtime.txt: "4.1" is no branch of Python'),
]


@pytest.mark.parametrize(("texts", "message"), WRONG)
def test_what_names_no_branch(texts, message):
    with pytest.raises(PyhostError) as caught:
        branch(texts)
    assert str(caught.value).startswith(message)


def test_a_file_that_leaves_the_source():
    with pytest.raises(PyhostError, match=r"web/runtime\.txt is a symlink"):
        branch({}, {"web/runtime.txt": "is a symlink that leaves the source"})
