# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
import re

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _virtualenv
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import Interpreter
from ansible_collections.pyhost.platform.plugins.module_utils._virtualenv import Found, Request

PYTHON = Interpreter("3.11", "/usr/bin/python3", "/usr/bin/python3.11", "3.11.2", "cpython-311", "GCC 12", "glibc 2.36")
VENV = Request("/srv/tools/venv")
FILES = {
    "/srv/r.txt": "flask>=3\n-r more/b.txt\n-c limits.txt\n",
    "/srv/more/b.txt": "--pre\nhttpx @ https://example.com/httpx-1-py3-none-any.whl\n-r ../r.txt\n",
    "/srv/limits.txt": "werkzeug==3.0\n",
}


def read(path):
    if path not in FILES:
        raise PyhostError(f"{path} cannot be read: No such file or directory")
    return FILES[path]


def entry(**values):
    return {"path": "/srv/tools/venv", "requirements": [], "packages": ["flask>=3"], "constraints": [], **values}


def test_read_requests():
    first, second = _virtualenv.read_requests([entry(python="3.11"), entry(path="/srv/b", installer="pip")])
    assert first == Request("/srv/tools/venv", "3.11", packages=("flask>=3",))
    assert second.installer == "pip"
    assert second.store == "/srv/b.d"


PROBLEMS = [
    ({"path": "venv"}, 'path: "venv" is no place for a virtualenv; write an absolute path such as "/srv/tools/venv"'),
    ({"path": "/"}, 'path: "/" is no place for a virtualenv; write an absolute path such as "/srv/tools/venv"'),
    ({"path": "/srv"}, 'path: "/srv" is no place for a virtualenv; write an absolute path such as "/srv/tools/venv"'),
    (
        {"path": "/a/../b"},
        'path: "/a/../b" is no place for a virtualenv; write an absolute path such as "/srv/tools/venv"',
    ),
    ({"python": "3.11.2"}, 'python: "3.11.2" is a version where a branch belongs; write "3.11"'),
    ({"requirements": ["r.txt"]}, 'requirements[0]: "r.txt" is no absolute path of a file on the host'),
    ({"constraints": ["/c", "c"]}, 'constraints[1]: "c" is no absolute path of a file on the host'),
    ({"packages": ["-r /etc/shadow"]}, 'packages[0]: "-r /etc/shadow" is no requirement; write for example "flask>=3"'),
    ({"packages": ["./here"]}, 'packages[0]: "./here" is no requirement; write for example "flask>=3"'),
    ({"packages": ["a\nb"]}, 'packages[0]: "a\\nb" is no requirement; write for example "flask>=3"'),
    (
        {"index_url": "pypi"},
        'index_url: "pypi" is no package index; write its URL, for example "https://pypi.org/simple"',
    ),
    (
        {"index_url": "https://u:p@host/simple"},
        "index_url: a user or password does not belong here; write them into ~/.netrc of the user that builds",
    ),
]


@pytest.mark.parametrize(("values", "text"), PROBLEMS)
def test_wrong_entries(values, text):
    with pytest.raises(Problems) as caught:
        _virtualenv.read_requests([entry(**values)])
    assert str(caught.value) == f"1 problem found, nothing was changed:\n  virtualenvs[0].{text}"


@pytest.mark.parametrize("path", ["/srv/tools/venv", "/srv/tools/venv.d"])
def test_entries_that_clash(path):
    text = f'virtualenvs[1].path: "{path}" clashes with virtualenvs[0]; choose another path'
    with pytest.raises(Problems, match=re.escape(text)):
        _virtualenv.read_requests([entry(), entry(path=path)])


def test_a_path_of_an_interpreter_and_an_index_are_right():
    values = {"python": "/opt/py/bin/python", "index_url": "https://host/simple", "packages": ["a @ https://h/a.whl"]}
    assert _virtualenv.read_requests([entry(**values)])[0].python == "/opt/py/bin/python"


ROWS = [
    {"branch": "3.9", "path": "a"},
    {"branch": "3.13", "path": "b"},
    {"branch": "3.13", "path": "c"},
    {"branch": "2.7"},
]


@pytest.mark.parametrize(("wanted", "row"), [("3.9", ROWS[0]), ("3.13", ROWS[1]), ("", ROWS[1]), ("2.7", ROWS[3])])
def test_choose(wanted, row):
    assert _virtualenv.choose(wanted, ROWS) == row


@pytest.mark.parametrize(
    ("wanted", "rows", "text"),
    [
        ("3.14", ROWS, 'python: "3.14" cannot be had on this host; it has: 2.7, 3.9, 3.13. '),
        ("", ROWS[3:], "python: an interpreter cannot be had on this host; it has: none. "),
    ],
)
def test_choose_in_vain(wanted, rows, text):
    text += "The role pyhost.platform.python installs branches"
    with pytest.raises(PyhostError, match=f"^{re.escape(text)}$"):
        _virtualenv.choose(wanted, rows)


def test_collect_follows_what_files_include():
    request = dataclasses.replace(VENV, requirements=("/srv/r.txt",), packages=("Gunicorn",))
    inputs = _virtualenv.collect(request, read)
    assert (inputs.kind, inputs.files, inputs.constraints) == ("files", ("srv/r.txt",), ())
    assert sorted(inputs.texts) == ["srv/limits.txt", "srv/more/b.txt", "srv/r.txt"]
    assert inputs.names == ("flask", "gunicorn", "httpx")
    assert not inputs.hashes


def test_collect_constraints_and_nothing():
    request = dataclasses.replace(VENV, constraints=("/srv/limits.txt",))
    inputs = _virtualenv.collect(request, read)
    assert (inputs.kind, inputs.constraints, inputs.names) == ("none", ("srv/limits.txt",), ())


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("-r /etc/shadow", "/srv/x.txt, line 2: /etc/shadow cannot be followed; name a file relative to this one"),
        (
            "-r http://h/r.txt",
            "/srv/x.txt, line 2: http://h/r.txt cannot be followed; name a file relative to this one",
        ),
        ("-r gone.txt", "/srv/gone.txt cannot be read: No such file or directory"),
        ("-e ./pkg", "/srv/x.txt, line 2: ./pkg is a file or directory; only packages and URLs can be installed"),
        (
            "--extra-index-url http://h",
            "/srv/x.txt, line 2: --extra-index-url is not taken from requirement files; index_url names the index",
        ),
    ],
)
def test_lines_that_are_refused(monkeypatch, line, text):
    monkeypatch.setitem(FILES, "/srv/x.txt", f"flask\n{line}\n")
    with pytest.raises(PyhostError, match=f"^{re.escape(text)}$"):
        _virtualenv.collect(dataclasses.replace(VENV, requirements=("/srv/x.txt",)), read)


def order(interpreter=PYTHON, texts=None, **values):
    request = dataclasses.replace(VENV, requirements=("/srv/r.txt",), **values)
    inputs = _virtualenv.collect(request, lambda path: (texts or FILES)[path])
    return _virtualenv.make_order(request, interpreter, inputs, {"HTTPS_PROXY": "http://proxy"})


def test_make_order():
    made = order(packages=("six",), index_url="https://host/simple")
    assert {name: made[name] for name in ("python", "version", "kind", "packages", "files", "installer")} == {
        "python": "/usr/bin/python3.11",
        "version": "3.11.2",
        "kind": "files",
        "packages": ["six"],
        "files": ["srv/r.txt"],
        "installer": "uv",
    }
    assert made["index_url"] == "https://host/simple"
    assert made["environment"] == {"HTTPS_PROXY": "http://proxy"}


NEWER = dataclasses.replace(PYTHON, branch="3.13", version="3.13.5", real="/usr/bin/python3.13", abi="cpython-313")


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (order(), []),
        (order(NEWER), ["Python 3.11.2 → 3.13.5", "requirements unchanged"]),
        (order(packages=("six",)), ["requirements changed"]),
        (order(texts={**FILES, "/srv/limits.txt": "werkzeug==3.1\n"}), ["requirements changed"]),
        (order(installer="pip"), ["installer uv → pip"]),
    ],
)
def test_reasons(other, wanted):
    old = order()
    target = f"venv.d/{old['fingerprint']}"
    found = _virtualenv.virtualenv_reasons(other, Found("link", target, {"components": old["components"]}))
    assert sorted(found) == sorted(wanted)
    assert (other["fingerprint"] == old["fingerprint"]) is (wanted == [])


OLD = dataclasses.replace(PYTHON, branch="2.7", version="2.7.18", real="/opt/p27/bin/python2.7")


def test_an_old_branch():
    made = order(OLD)
    assert (made["installer"], made["seeds"]["pip"]) == ("pip", "20.3.4")
    assert _virtualenv.virtualenv_reasons(made, Found("absent")) == [
        "first build", "installed by pip 20.3.4, for uv does not serve Python 2.7",
    ]  # fmt: skip
    with pytest.raises(PyhostError, match=r"^installer: uv does not serve Python 2\.7; write pip"):
        order(OLD, installer="uv")


def test_reasons_without_a_virtualenv_in_force():
    assert _virtualenv.virtualenv_reasons(order(), Found("absent")) == ["first build"]
    assert _virtualenv.virtualenv_reasons(order(), Found("link", "venv.d/x", {})) == [
        "virtualenv missing or incomplete"
    ]


@pytest.mark.parametrize("found", [Found("absent"), Found("link", "venv.d/0123")])
def test_a_place_that_is_free_or_ours(found):
    _virtualenv.check_place(VENV, found)


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (Found("directory"), "a directory"),
        (Found("file"), "a file"),
        (Found("link", "/opt/venv"), "a link to /opt/venv"),
        (Found("link", "other.d/0123"), "a link to other.d/0123"),
    ],
)
def test_a_place_that_is_not_ours(found, what):
    text = (
        f"/srv/tools/venv is {what} that was not made by this module; "
        "move it away (mv /srv/tools/venv /srv/tools/venv.old) or choose another path"
    )
    with pytest.raises(PyhostError, match=f"^{re.escape(text)}$"):
        _virtualenv.check_place(VENV, found)


@pytest.mark.parametrize(
    ("current", "store", "wanted", "removed"),
    [
        ("", None, "new", []),
        ("a", {"a": 1.0}, "a", []),
        ("a", {"a": 1.0}, "new", []),
        ("b", {"a": 1.0, "b": 2.0}, "new", ["a"]),
        ("b", {"a": 1.0, "b": 2.0}, "b", []),
        ("b", {"a": 1.0, "b": 2.0, "half": 0.0}, "b", ["half"]),
        ("c", {"a": 1.0, "b": 2.0, "c": 3.0}, "c", ["a"]),
        ("a", {"a": 1.0, "b": 2.0, "c": 3.0}, "c", ["b"]),
        ("half", {"a": 1.0, "half": 0.0}, "new", ["half"]),
    ],
)
def test_to_remove(current, store, wanted, removed):
    kind = "link" if current else "absent"
    assert _virtualenv.to_remove(Found(kind, f"venv.d/{current}", {}, store), wanted) == removed


def test_listing():
    assert _virtualenv.listing({"b": "2", "a": "1"}) == "a==1\nb==2\n"


@pytest.mark.parametrize(
    ("installer", "seeds", "names", "wanted"),
    [
        ("pip", {}, ["flask"], ["flask", "wheel"]),
        ("pip", {}, ["flask", "pip"], ["flask", "pip", "wheel"]),
        ("pip", {"pip": "20.3.4", "wheel": "0.37.1"}, ["flask"], ["flask"]),
        ("uv", {}, [], ["flask", "pip", "wheel"]),
    ],
)
def test_without_seeds(installer, seeds, names, wanted):
    packages = {"flask": "3", "pip": "24", "wheel": "1"}
    assert sorted(_virtualenv.without_seeds(packages, {"installer": installer, "seeds": seeds}, names)) == wanted
