# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs, collect
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

PROJECT = "[project]\nname = 'shop'\ndependencies = ['Flask>=2']\n"
BUILD = PROJECT + "[build-system]\nrequires = []\n"


def facts(texts, unreadable=None, wheels=()):
    return TreeFacts((), dict(texts), unreadable or {}, {}, wheels)


def test_files_with_everything():
    texts = {
        "web/requirements.txt": "-r ../reqs/base.txt\n-c limits.txt\nDjango==5 --hash=sha256:0\n--pre\n./lib\n",
        "reqs/base.txt": "gunicorn\n-r ../web/requirements.txt\n",
        "web/limits.txt": "sqlparse<1\n-r more.txt",
        "web/more.txt": "asgiref",
        "other.txt": "x",
    }
    inputs = collect(facts(texts, wheels=("web/wheels/a-1.whl",)), "web")
    assert inputs == Inputs(
        kind="files",
        files=("web/requirements.txt",),
        texts={name: text for name, text in texts.items() if name != "other.txt"},
        wheels=True,
        local=True,
        hashes=True,
        names=("django", "gunicorn"),
        wheel_names=("a-1.whl",),
    )


def test_given_files_and_constraints():
    texts = {"reqs/prod.txt": "flask\na @ https://h/a.tgz", "limits.txt": "flask<3", "requirements.txt": "no"}
    inputs = collect(facts(texts), ".", ("reqs/prod.txt",), ("limits.txt",))
    assert (inputs.kind, inputs.files, inputs.constraints) == ("files", ("reqs/prod.txt",), ("limits.txt",))
    assert sorted(inputs.texts) == ["limits.txt", "reqs/prod.txt"]
    assert (inputs.names, inputs.local, inputs.hashes, inputs.wheels) == (("a", "flask"), False, False, False)


LOCK = "[[package]]\nname = 'shop'\nsource = { virtual = \".\" }\n"


@pytest.mark.parametrize(
    ("texts", "kind", "files", "local", "names"),
    [
        ({}, "none", (), False, ()),
        ({"pyproject.toml": "[tool.ruff]\n"}, "none", (), False, ()),
        (
            {"requirements.txt": "a", "pyproject.toml": BUILD, "uv.lock": LOCK},
            "files",
            ("requirements.txt",),
            False,
            ("a",),
        ),
        ({"pyproject.toml": PROJECT, "uv.lock": LOCK}, "uv.lock", ("uv.lock",), False, ("flask",)),
        ({"pyproject.toml": BUILD, "uv.lock": LOCK}, "uv.lock", ("uv.lock",), True, ("flask",)),
        (
            {"pyproject.toml": PROJECT, "uv.lock": LOCK + 'source = { editable = "libs/x" }\n'},
            "uv.lock",
            ("uv.lock",),
            True,
            ("flask",),
        ),
        ({"pyproject.toml": PROJECT}, "pyproject", ("pyproject.toml",), False, ("flask",)),
        ({"pyproject.toml": BUILD, "setup.py": ""}, "pyproject", ("pyproject.toml",), True, ("flask",)),
        ({"pyproject.toml": "[build-system]", "setup.py": "", "setup.cfg": ""}, "setup.py", ("setup.py",), True, ()),
    ],
)
def test_discovered(texts, kind, files, local, names):
    inputs = collect(facts(texts), ".")
    assert (inputs.kind, inputs.files, inputs.local, inputs.names) == (kind, files, local, names)
    wanted = {} if kind == "none" else {"requirements.txt": "a"} if kind == "files" else texts
    assert inputs.texts == wanted
    assert inputs.hashes is (kind == "uv.lock")


def test_an_empty_list_means_nothing():
    assert collect(facts({"requirements.txt": "a"}), ".", ()) == Inputs("none")


def test_a_file_that_is_constraint_and_requirement():
    texts = {"requirements.txt": "-c pins.txt\n-r pins.txt\n", "pins.txt": "flask==3\n"}
    assert collect(facts(texts), ".").names == ("flask",)


def test_a_long_chain_of_includes():
    texts = {f"r{number}": f"-r r{number + 1}\np{number}" for number in range(2000)}
    assert len(collect(facts({**texts, "r2000": ""}), ".", ("r0",)).names) == 2000


INDEX = "is not taken from requirement files; set pip_index_url for the app instead"
FOLDER = "is not taken from requirement files; put the wheels into wheels/ below approot instead"
OUTSIDE = "is outside the source; only what is in the source can be installed"
FILES = "only files of the source can be used"


@pytest.mark.parametrize(
    ("texts", "given", "limits", "text"),
    [
        ({}, ("reqs/prod.txt",), (), "requirements: reqs/prod.txt is not in the source"),
        ({}, ("../x.txt",), (), f"requirements: ../x.txt is outside the source; {FILES}"),
        ({}, ("/x.txt",), (), f"requirements: /x.txt is outside the source; {FILES}"),
        ({}, None, ("limits.txt",), "constraints: limits.txt is not in the source"),
        ({}, ("bad.txt",), (), "requirements: bad.txt is not UTF-8 text"),
        ({}, None, ("bad.txt",), "constraints: bad.txt is not UTF-8 text"),
        ({"r": "a\n\n-r no.txt"}, ("r",), (), "r, line 3: -r no.txt is not in the source"),
        ({"r": "-c bad.txt"}, ("r",), (), "r, line 1: -c bad.txt is not UTF-8 text"),
        ({"r": "a \\\n==1\n-r ../x"}, ("r",), (), f"r, line 3: -r ../x is outside the source; {FILES}"),
        ({"r": "-r /etc/passwd"}, ("r",), (), f"r, line 1: -r /etc/passwd is outside the source; {FILES}"),
        ({"r": "-c https://h/c.txt"}, ("r",), (), f"r, line 1: -c https://h/c.txt is outside the source; {FILES}"),
        ({"r": "-r"}, ("r",), (), f"r, line 1: -r  is outside the source; {FILES}"),
        ({"r": "-r s/t", "s/t": "\n-i https://u:p@h"}, ("r",), (), f"s/t, line 2: --index-url {INDEX}"),
        ({"r": "--extra-index-url=https://h"}, ("r",), (), f"r, line 1: --extra-index-url {INDEX}"),
        ({"r": "--trusted-host h"}, ("r",), (), f"r, line 1: --trusted-host {INDEX}"),
        ({"r": "-f wheels/"}, ("r",), (), f"r, line 1: --find-links {FOLDER}"),
        ({"r": "--no-index"}, ("r",), (), f"r, line 1: --no-index {FOLDER}"),
        ({"r": "--frob x"}, ("r",), (), "r, line 1: unknown option --frob; remove it"),
        ({"r": "-e ../lib"}, ("r",), (), f"r, line 1: ../lib {OUTSIDE}"),
        (
            {"r": "x @ file:///opt/x"},
            ("r",),
            (),
            f"r, line 1: /opt/x {OUTSIDE}",
        ),
        (
            {"uv.lock": LOCK},
            None,
            (),
            "uv.lock has no pyproject.toml beside it; add it, or name requirement files in requirements",
        ),
    ],
)
def test_refused(texts, given, limits, text):
    with pytest.raises(PyhostError) as error:
        collect(facts(texts, {"bad.txt": "is not UTF-8 text"}), ".", given, limits)
    assert str(error.value) == text


@pytest.mark.parametrize("name", ["requirements.txt", "uv.lock", "pyproject.toml", "setup.py"])
def test_unreadable_discovered_file(name):
    with pytest.raises(PyhostError) as error:
        collect(facts({}, {f"web/{name}": "cannot be read: Permission denied"}), "web")
    assert str(error.value) == f"web/{name} cannot be read: Permission denied"
