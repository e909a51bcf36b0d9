# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _enter, _owner
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._unit import confinement

PEOPLE = {
    1001: ("ramen", "pyhost cell"),
    1002: ("admin", "Ada,,,"),
    1003: ("evil", "Eve, pyhost cell"),
    0: ("root", "root"),
}


@pytest.fixture
def host(monkeypatch, tmp_path):
    """A host with these users and the app ramen; what would be executed is recorded."""

    def entry(uid):
        name, gecos = PEOPLE[uid]
        return SimpleNamespace(pw_name=name, pw_gecos=gecos)

    done = []

    def execve(program, words, environment):
        done.append((program, words, environment))
        raise SystemExit(0)

    def there(path):
        return path in ("/etc/systemd/system/pyhost-ramen.service", "/etc/systemd/system/pyhost-curry.service")

    monkeypatch.setattr(_enter.pwd, "getpwuid", entry)
    monkeypatch.setattr(_enter.os, "geteuid", lambda: 0)
    monkeypatch.setattr(_enter.os, "execve", execve)
    monkeypatch.setattr(_enter.os.path, "exists", there)
    return done


def entered(host, monkeypatch, words=(), **environment):
    monkeypatch.setattr(_enter.os, "environ", {"PATH": "/evil", "LD_PRELOAD": "/evil.so", **environment})
    with pytest.raises(SystemExit) as ended:
        _enter.main(list(words))
    return host.pop() if ended.value.code == 0 else ended.value.code


@pytest.mark.parametrize("words", [(), ("curry",), ("curry", "id")])
def test_an_owner_gets_the_own_cell_whatever_is_said(host, monkeypatch, words):
    program, line, environment = entered(
        host, monkeypatch, words, SUDO_UID="1001", SSH_ORIGINAL_COMMAND="echo $HOME %n; id", TERM="xterm"
    )
    assert program == "/usr/bin/systemd-run"
    assert line[-2:] == ["--", "/opt/pyhost/tools/bin/pyhost-owner"]
    assert "--property=User=ramen" in line
    assert not any("echo" in word for word in line)
    assert {word for word in line if word.startswith("--setenv")} == {"--setenv=TERM", "--setenv=SSH_ORIGINAL_COMMAND"}
    assert environment["SSH_ORIGINAL_COMMAND"] == "echo $HOME %n; id"
    assert environment["PATH"] == "/usr/bin:/bin"
    assert "LD_PRELOAD" not in environment


@pytest.mark.parametrize("caller", [{}, {"SUDO_UID": "1002"}, {"SUDO_UID": "1003"}, {"SUDO_UID": "0"}])
def test_root_names_the_app(host, monkeypatch, caller):
    _program, line, environment = entered(
        host, monkeypatch, ["curry", "ls", "a b"], SSH_ORIGINAL_COMMAND="evil", **caller
    )
    assert "--property=User=curry" in line
    assert environment["SSH_ORIGINAL_COMMAND"] == "ls 'a b'"


def test_root_gets_a_shell(host, monkeypatch):
    _program, line, environment = entered(host, monkeypatch, ["curry"], SSH_ORIGINAL_COMMAND="evil")
    assert "SSH_ORIGINAL_COMMAND" not in environment
    assert not any(word.startswith("--setenv") for word in line)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "pyhost-enter: name the app: pyhost-enter APP [COMMAND ...]"),
        (["soba"], "pyhost-enter: no app named 'soba' is on this host"),
        (["../ramen"], "pyhost-enter: no app named '../ramen' is on this host"),
        (["ramen.service"], "pyhost-enter: no app named 'ramen.service' is on this host"),
        (["--help"], "pyhost-enter: no app named '--help' is on this host"),
    ],
)
def test_what_is_said_of_a_wrong_name(host, monkeypatch, words, said):
    assert entered(host, monkeypatch, words) == said


def test_only_root_can(host, monkeypatch):
    monkeypatch.setattr(_enter.os, "geteuid", lambda: 1001)
    assert entered(host, monkeypatch, ["ramen"]) == "pyhost-enter: needs root; put sudo in front of it"


def test_it_is_confined_like_the_app():
    cell = make_cell("ramen", "system")
    line = _enter.command_line(cell, [], False, "ab")
    assert [word.removeprefix("--property=") for word in line if word.startswith("--property=")] == [*confinement(cell)]
    assert ("--pipe" in line, "--pty" in line) == (True, False)
    assert "--pty" in _enter.command_line(cell, [], True, "ab")


@pytest.fixture
def owner(tmp_path, monkeypatch):
    """Becomes an owner's shell in ``tmp_path`` and returns how it ended."""

    class Ended(Exception):
        pass

    def execve(program, words, environment):
        raise Ended(
            subprocess.run(words, executable=program, env=environment, capture_output=True, text=True, check=False)
        )

    def run(**environment):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(_owner.os, "environ", {"PATH": "/usr/bin", "HOME": str(tmp_path), **environment})
        monkeypatch.setattr(_owner.os, "execve", execve)
        with pytest.raises(Ended) as caught:
            _owner.main("/opt/pyhost/tools")
        return caught.value.args[0]

    return run


def test_the_owner_has_the_environment_of_the_app(tmp_path, owner):
    (tmp_path / "current").mkdir()
    app = {"PATH": "/srv/venv/bin:/usr/bin:/bin", "VIRTUAL_ENV": "/srv/venv", "KEY": "ü $HOME %n 'x'\nnext"}
    (tmp_path / "current" / "launch.json").write_text(json.dumps({"process": {"environment": app}}))
    script = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'; echo $((1 + 1)) '%n'"
    done = owner(SSH_ORIGINAL_COMMAND=script, TERM="vt100", PYTHONHASHSEED="1")
    first, second = done.stdout.splitlines()
    told = json.loads(first)
    assert second == "2 %n"
    assert {name: told[name] for name in ("VIRTUAL_ENV", "KEY", "TERM", "HOME", "SHELL")} == {
        "VIRTUAL_ENV": "/srv/venv", "KEY": app["KEY"], "TERM": "vt100", "HOME": str(tmp_path), "SHELL": "/bin/bash",
    }  # fmt: skip
    assert told["PATH"] == f"/opt/pyhost/tools/owner:{app['PATH']}"
    assert not {"SSH_ORIGINAL_COMMAND", "PYTHONHASHSEED", "PYTHONPATH"} & set(told)


def test_the_status_is_that_of_the_command(owner):
    assert owner(SSH_ORIGINAL_COMMAND="exit 7").returncode == 7
