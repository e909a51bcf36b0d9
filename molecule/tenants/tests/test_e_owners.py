# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners come by ssh into the cell of their app, with what it has, and nowhere else."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from molecule.tenants.tests.conftest import CANARY, HOST, Tenants, alice
from tests.support.deploy import good
from tests.support.login import Login
from tests.support.remote import shell
from tests.support.web import address, get

testinfra_hosts = [f"ansible://{HOST}"]

AWKWARD = "100% %(x)s \"d\" 'q' ;s #h $HOME `t` \\b ü"


@pytest.fixture(scope="module")
def login(tenants: Tenants, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Login]:
    one = Login(tmp_path_factory.mktemp("keys"), "owner", HOST, "alice")
    tenants.entries["alice"].update(ssh_keys=[one.public], environment={"AWKWARD": AWKWARD})
    good(tenants.deploy())
    assert good(tenants.deploy()).changed == {HOST: 0}
    yield one
    tenants.entries["alice"].pop("ssh_keys")
    good(tenants.deploy())
    assert one.run("id").returncode == 255


def test_a_command_runs_in_the_cell(login: Login, harmless: Tenants) -> None:
    done = login.run("id -un; pwd; ls /home; python -c 'import sys; print(sys.prefix)'; printf '%s\\n' \"$AWKWARD\"")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["alice", "/srv", shell(HOST, "readlink -f /home/alice/venv").strip().replace(
        "/home/alice", "/srv"), AWKWARD]  # fmt: skip
    confined = login.run("cat /proc/self/cgroup; grep NoNewPrivs /proc/self/status; nproc; ps axww").stdout
    assert "/pyhost.slice/pyhost-alice.slice/" in confined
    assert "NoNewPrivs:\t1" in confined
    assert "bob" not in confined


def test_what_is_said_arrives_as_it_is(login: Login) -> None:
    said = '100% $HOME ${x} `t` "d" ;s #h \\b ü %n'
    assert login.run(f"printf %s {shlex.quote(said)}").stdout == said
    assert login.run("exit 7").returncode == 7
    assert login.run("echo one; echo two >&2").stderr == "two\n"


def test_a_terminal(login: Login) -> None:
    done = login.run("test -t 0 && echo terminal $TERM", "-tt")
    assert done.stdout.split() == ["terminal", "xterm"] or done.stdout.startswith("terminal")


def test_supervisorctl_works_without_root(login: Login) -> None:
    assert "RUNNING" in login.run("supervisorctl status app").stdout
    before = login.run("supervisorctl pid app").stdout
    assert login.run("supervisorctl restart app").stdout.split("\n")[-2] == "app: started"
    assert login.run("supervisorctl pid app").stdout != before


def test_files_come_and_go(login: Login, tmp_path: Path) -> None:
    (tmp_path / "menu.txt").write_text("ramen")
    target = f"alice@{address(HOST)}"
    subprocess.run(login.words("scp", str(tmp_path / "menu.txt"), f"{target}:data/menu.txt"), check=True, timeout=60)
    assert shell(HOST, "stat -c %U /home/alice/data/menu.txt; cat /home/alice/data/menu.txt").split() == [
        "alice",
        "ramen",
    ]
    subprocess.run(
        login.words("scp", f"{target}:/srv/data/menu.txt", str(tmp_path / "back.txt")), check=True, timeout=60
    )
    assert (tmp_path / "back.txt").read_text() == "ramen"


def test_another_owners_key_is_no_key(login: Login, tenants: Tenants, tmp_path: Path) -> None:
    other = Login(tmp_path, "other", HOST, "alice")
    assert other.run("id").returncode == 255
    assert login.run("id", user="bob").returncode == 255
    assert login.run("id", user="root").returncode == 255


def test_a_key_that_a_tenant_writes_is_no_key(login: Login, harmless: Tenants, tmp_path: Path) -> None:
    own = Login(tmp_path, "own", HOST, "alice")
    done = alice(
        f"cd /srv; mkdir -p .ssh; chmod 700 .ssh; echo {shlex.quote(own.public)} > .ssh/authorized_keys; chmod 600 .ssh/*"
    )
    assert done.status == 0, done.output
    assert own.run("id").returncode == 255


PLANTED = {
    ".bashrc": "{mark}",
    ".profile": "{mark}",
    ".bash_profile": "{mark}",
    ".ssh/rc": "{mark}",
    ".ssh/environment": "BASH_ENV=/srv/.bashrc",
    ".pam_environment": "BASH_ENV DEFAULT=/home/alice/.bashrc",
    ".config/systemd/user/default.target.wants/evil.service": "[Service]\nExecStart=/bin/sh -c '{mark}'",
}


@pytest.mark.parametrize("name", PLANTED)
def test_nothing_of_the_home_runs_outside_the_cell(login: Login, harmless: Tenants, name: str) -> None:
    """What marks where it ran finds itself in the cell, or does not run at all."""
    mark = "cat /proc/self/cgroup >> /home/alice/data/where 2>/dev/null || cat /proc/self/cgroup >> /srv/data/where"
    text = PLANTED[name].replace("{mark}", mark)
    done = alice(f"cd /srv; mkdir -p $(dirname {name}); printf '%s\\n' {shlex.quote(text)} > {name}; chmod 755 {name}")
    assert done.status == 0, done.output
    try:
        assert login.run("id").returncode == 0
        assert login.run("true", "-tt").returncode == 0
        where = shell(HOST, "sleep 1; cat /home/alice/data/where 2>/dev/null || true").splitlines()
        assert [line for line in where if "/pyhost-alice.slice/" not in line] == []
        assert "not be found" in shell(HOST, "systemctl status user@$(id -u alice).service 2>&1 || true") or (
            shell(HOST, "systemctl is-active user@$(id -u alice).service || true").strip() != "active"
        )
    finally:
        shell(HOST, f"cd /home/alice; rm -rf {name} data/where")


FORWARDS = {
    "a local port": ("-o", "ExitOnForwardFailure=yes", "-L", "15432:127.0.0.1:22"),
    "a remote port": ("-o", "ExitOnForwardFailure=yes", "-R", "15433:127.0.0.1:22"),
    "standard input": ("-W", "127.0.0.1:22"),
    "a socket": ("-o", "ExitOnForwardFailure=yes", "-R", "/tmp/evil.sock:127.0.0.1:22"),
}


@pytest.mark.parametrize("what", FORWARDS)
def test_no_way_around_the_cell(login: Login, harmless: Tenants, what: str) -> None:
    """Nothing is forwarded: it would come from the host's own network."""
    words = FORWARDS[what]
    if "-L" in words:
        script = ["sh", "-c", 'ssh "$@" sleep 5 & sleep 2; ssh-keyscan -T 2 -p 15432 127.0.0.1; wait', "sh"]
        line = [*script, *login.words("ssh", *words, f"alice@{address(HOST)}")[1:]]
        done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        assert "ssh-" not in done.stdout
        return
    done = login.run("" if "-W" in words else "true", *words)
    assert done.returncode == 255
    assert "SSH-2.0" not in done.stdout


def test_an_operator_enters_any_cell(login: Login) -> None:
    enter = "/opt/pyhost/tools/bin/pyhost-enter"
    assert shell(HOST, f"{enter} bob sh -c 'id -un; cat /srv/data/secret.txt' </dev/null").split() == ["bob", CANARY]
    assert shell(HOST, "su - alice -c 'id -un; pwd' </dev/null").split() == ["alice", "/srv"]
    assert "no app named 'soba'" in shell(HOST, f"{enter} soba 2>&1 || true")


def test_sudo_gives_nothing_else(login: Login) -> None:
    """As alice outside of her cell, where she never is: sudo obeys for her cell alone."""
    base = "runuser -u alice -- sudo -n"
    for command in ("id", "/opt/pyhost/tools/bin/pyhost-enter bob", "/opt/pyhost/tools/bin/pyhost-agent settle"):
        assert "password is required" in shell(HOST, f"{base} {command} 2>&1 </dev/null || true")
    lied = "SUDO_UID=0 SSH_ORIGINAL_COMMAND='id -un' /opt/pyhost/tools/bin/pyhost-enter"
    assert "not allowed" in shell(HOST, f"{base} {lied} 2>&1 </dev/null || true") or (
        shell(HOST, f"{base} {lied} </dev/null").strip() == "alice"
    )


def test_bob_serves_all_the_while(login: Login) -> None:
    assert get(HOST, "bob.example.com").text == "bob"
