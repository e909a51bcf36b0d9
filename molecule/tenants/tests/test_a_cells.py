# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What alice's app can see, reach and change of others: nothing."""

from __future__ import annotations

import pytest

from molecule.tenants.tests.conftest import CANARY, HOST, Tenants, alice
from tests.support.faults import cell
from tests.support.remote import shell

testinfra_hosts = [f"ansible://{HOST}"]

PYTHON = "python3 - <<'END'\n{}\nEND"
CONNECT = "import socket; socket.socket(socket.AF_UNIX).connect({!r})"

DENIED = {
    # files
    "home of another": "ls /home/bob",
    "file of another by its way through proc": "cat /proc/1/root/home/bob/data/secret.txt",
    "file of root": "cat /etc/pyhost-canary",
    "write into the system": "touch /etc/evil || touch /usr/bin/evil || touch /opt/pyhost/evil || touch /var/spool/cron/evil",
    "write the front's files": "touch /etc/nginx/pyhost/evil || rm -r /etc/nginx/pyhost/live",
    "the runtime of all": "touch /usr/lib/python3/evil",
    # hard links need the right to write what they lead to (fs.protected_hardlinks)
    "hard link to a file of root": "ln /etc/passwd /srv/data/passwd",
    # sockets and processes
    "socket of another": PYTHON.format(CONNECT.format("/run/pyhost/bob/web.sock")),
    "socket of supervisord of another": PYTHON.format(CONNECT.format("/home/bob/run/supervisor.sock")),
    "socket of the system's bus": PYTHON.format(CONNECT.format("/run/dbus/system_bus_socket")),
    "socket of systemd": PYTHON.format(CONNECT.format("/run/systemd/private")),
    "a service of another": "systemctl restart pyhost-bob",
    "a service manager of one's own": "loginctl enable-linger alice",
    "a unit of one's own": "systemd-run --wait true",
    "environment of another": "cat /proc/{bob}/environ",
    "command line of another": "cat /proc/{bob}/cmdline",
    "signal to another": "kill -9 {bob}",
    # rights
    "become root": "su -c id root </dev/null || sudo -n id",
    "a file that is root's when run": "cp /bin/sh /srv/data/sh && chmod 4755 /srv/data/sh && test -u /srv/data/sh",
    "a name space of one's own": "unshare --user --map-root-user true || unshare --mount true",
    "mount": "mount -t tmpfs none /srv/data",
    "a module of the kernel": PYTHON.format(
        "import ctypes, platform; libc = ctypes.CDLL(None, use_errno=True);"
        " number = dict(x86_64=175, aarch64=105)[platform.machine()];"
        " libc.syscall(number, 0, 0, 0); raise SystemExit(ctypes.get_errno() == 1)"
    ),
    "the clock": "date -s 2001-01-01",
    "the name of the host": "hostname evil || echo evil > /proc/sys/kernel/hostname",
    "messages of the kernel": "dmesg",
    "a device": "mknod /srv/data/null c 1 3 && cat /dev/kmsg",
    "the memory of another": "cat /proc/{bob}/mem",
    "a trace of another": PYTHON.format(
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True); raise SystemExit(libc.ptrace(16, {bob}, 0, 0) != 0)"
    ),
    "a raw socket": PYTHON.format("import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    "the front's logs": "cat /var/log/nginx/pyhost-bob.log",
    "the front's keys": "ls /etc/nginx/pyhost/tls",
    "keys of owners": "echo ssh-ed25519 AAAA > /etc/ssh/pyhost/alice",
    "limits of one's own": "find /sys/fs/cgroup -name 'memory.*' -writable | grep .",
    "another group of processes": "find /sys/fs/cgroup -name cgroup.procs -writable | grep .",
    "cron": "echo '* * * * * touch /tmp/evil' | crontab -",
}


@pytest.mark.parametrize("what", DENIED)
def test_it_is_denied(harmless: Tenants, what: str) -> None:
    script = DENIED[what].replace("{bob}", str(cell(HOST, "bob").app))
    done = alice(script)
    assert done.status not in (0, -1), done.output
    assert ": not found" not in done.output, "a program is missing, so nothing was tried"
    assert CANARY not in done.output


def test_no_other_tenant_can_be_seen(harmless: Tenants) -> None:
    found = alice("ls /home /srv; ps axww -o user,args 2>/dev/null || cat /proc/[0-9]*/cmdline | tr '\\0' ' '; id")
    assert "bob" not in found.output
    assert "uid=" in found.output
    assert "groups=" in found.output


def test_inside_the_cell_every_path_is_its_own(harmless: Tenants) -> None:
    found = alice(
        "cd /srv; ls -d app venv conf logs static data; stat -c %U . app/wsgi.py venv/bin/python data; pwd -P"
    )
    assert found.output.split() == [
        "app",
        "conf",
        "data",
        "logs",
        "static",
        "venv",
        "alice",
        "alice",
        "alice",
        "alice",
        "/srv",
    ]


def test_nobody_else_can_enter(harmless: Tenants) -> None:
    assert shell(HOST, "stat -c '%a %U' /home/alice /run/pyhost/alice").split() == ["750", "alice", "2750", "alice"]


def test_a_crash_leaves_no_memory_behind(harmless: Tenants) -> None:
    """An environment with secrets would be in it."""
    done = alice(
        "ulimit -c unlimited && echo raised; ulimit -Hc; cd /srv/data; sh -c 'kill -ABRT $$' && echo alive; ls -A"
    )
    assert "raised" not in done.output
    assert "alive" not in done.output
    assert "0" in done.output.splitlines()
    assert not [name for name in done.output.split() if name.startswith("core.") or name == "core"]
