# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps of an account come back when their host boots, in each way that a hoster may allow, and leave nothing behind.

One host of each Debian: on one there is cron and no polkit, on the other polkit and no cron. Neither has sudo for the user.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.fleet import container
from tests.support import faults, place
from tests.support.deploy import EXAMPLES, Run, deploy, good, playbook
from tests.support.loopback import get
from tests.support.remote import put, shell
from tests.tools.process import wait_for

pytestmark = pytest.mark.soak

CRON, LINGER = place.host("pyhost-account12"), place.other("pyhost-account13")
testinfra_hosts = [f"ansible://{CRON}"]

APPS = [
    {"name": "hello", "source": {"path": "hello"}, "listen": ["127.0.0.1:8501"], "health": {"timeout": 120}},
    {"name": "free", "source": {"path": "command"}, "command": "python server.py", "health": {"timeout": 120}},
]
SETTINGS = {"pyhost_scope": "account", "pyhost_root": "~/boot"}
MINE = b'# mine\nMAILTO=""\n0 5 * * * echo "100\\% \xff" # caf\xe9\n'
LINE = b"@reboot /home/person/boot/tools/bin/pyhost-boot\n"


def root(host: str, script: str, data: bytes = b"") -> bytes:
    """What ``script`` prints, run as whoever runs the host."""
    words = ["docker", "exec", "--interactive", container(host), "sh", "-ceu", script]
    return subprocess.run(words, input=data, capture_output=True, timeout=300, check=True).stdout


def install(host: str, *packages: str) -> None:
    root(host, f"apt-get update -qq && apt-get install -y -qq --no-install-recommends {' '.join(packages)} >/dev/null")


def outside(host: str) -> list[str]:
    """Every file of the account's that is not below the directory of its apps."""
    find = "find /home/person /tmp /var /etc /opt /srv /dev/shm -xdev -user person -not -path '/home/person/boot*'"
    return sorted(shell(host, f"{find} -not -path '*/.ansible*' -not -name .bash_history 2>/dev/null || true").split())


def run(host: str, folder: Path, *words: str, **more: Any) -> Run:
    return deploy(APPS, folder, host, *words, scope="account", root="~/boot", **more)


def serves(host: str) -> bool:
    try:
        return get(host, 8501).status == get(host, port_of_free(host)).status == 200
    except (AssertionError, ValueError):
        return False


def answer(host: str, *ports: int) -> bool:
    """As `serves`, without a login of the user's, which by itself starts the units of its systemd."""
    asked = "; ".join(f"urllib.request.urlopen('http://127.0.0.1:{port}/', timeout=5)" for port in ports)
    try:
        root(host, f'python3 -c "import urllib.request; {asked}"')
    except subprocess.CalledProcessError:
        return False
    return True


def port_of_free(host: str) -> int:
    found = shell(host, "grep -o '127.0.0.1:8[0-9]*' ~/boot/apps/free/conf/nginx.d/app.conf | head -n 1")
    return int(found.strip().rpartition(":")[2])


@pytest.fixture(scope="module", autouse=True)
def hoster() -> None:
    install(CRON, "cron")
    install(LINGER, "polkitd")
    root(CRON, "crontab -u person -", MINE)
    for host in (CRON, LINGER):
        shell(host, "test ! -e ~/boot")
        assert shell(host, "sudo -n true 2>&1 || echo refused").endswith("refused\n")


@pytest.fixture(scope="module")
def before() -> dict[str, list[str]]:
    return {host: outside(host) for host in (CRON, LINGER)}


@pytest.mark.parametrize("host", [CRON, LINGER])
def test_check_mode_tells_and_does_nothing(host: str, before: dict[str, list[str]], tmp_path: Path) -> None:
    said = good(run(host, tmp_path, "--check", "--diff")).output
    told = {CRON: f"+{LINE.decode()}", LINGER: "+ExecStart=/home/person/boot/tools/bin/supervisord --nodaemon"}
    assert told[host] in said
    assert told[LINGER if host == CRON else CRON] not in said
    assert outside(host) == before[host]
    assert root(CRON, "crontab -u person -l") == MINE


@pytest.mark.parametrize("host", [CRON, LINGER])
def test_a_deploy_says_how_they_come_back(host: str, before: dict[str, list[str]], tmp_path: Path) -> None:
    first = good(run(host, tmp_path))
    told = {CRON: "by @reboot in the crontab of person", LINGER: "by its own unit, pyhost-APP.service"}
    assert told[host] in first.output
    assert serves(host)
    new = set(outside(host)) - set(before[host])
    units = "/home/person/.config/systemd/user"
    names = {
        f"{units}/{place}pyhost-{app}.service" for app in ("hello", "free") for place in ("", "default.target.wants/")
    }
    assert {path for path in new if not root_made(path)} == (names if host == LINGER else set())
    if host == LINGER:
        assert root(host, "ls /var/lib/systemd/linger") == b"person\n"
    assert good(run(host, tmp_path)).changed == {host: 0}


def root_made(path: str) -> bool:
    """Directories on the way, and what the system keeps for a user with a crontab or a session."""
    return path in ("/home/person/.config", "/home/person/.config/systemd", "/home/person/.config/systemd/user",
                    "/home/person/.config/systemd/user/default.target.wants") or path.startswith("/var/spool/cron")  # fmt: skip


@pytest.mark.parametrize("host", [CRON, LINGER])
def test_after_a_reboot_they_serve(host: str, tmp_path: Path) -> None:
    port = port_of_free(host)
    faults.cut_power(host)
    wait_for(f"{host}: its apps", lambda: answer(host, 8501, port), seconds=60)
    again = good(run(host, tmp_path))
    assert (again.changed, port_of_free(host)) == ({host: 0}, port)


@pytest.mark.parametrize("host", [CRON, LINGER])
def test_the_other_verbs_need_no_root_either(host: str, tmp_path: Path) -> None:
    changed = [{**APPS[0], "environment": {"GREETING": "changed"}}, APPS[1]]
    good(deploy(changed, tmp_path, host, scope="account", root="~/boot"))
    back = good(playbook("rollback", SETTINGS, tmp_path, host, "-e", "app=hello"))
    assert "(environment)" in back.output
    put(host, "boot/apps/hello/data", {"mine.txt": b"kept"})
    folder = tmp_path / "backups"
    settings = {**SETTINGS, "pyhost_backup_path": str(folder)}
    good(playbook("backup", settings, tmp_path, host, "-e", "app=hello"))
    assert [path for path in folder.rglob("*") if path.is_file()]
    shell(host, "rm ~/boot/apps/hello/data/mine.txt")
    good(playbook("restore", settings, tmp_path, host, "-e", "app=hello"))
    assert shell(host, "cat ~/boot/apps/hello/data/mine.txt") == "kept"
    assert "hello" in good(playbook("logs", SETTINGS, tmp_path, host, "-e", "app=hello", "-e", "follow=false")).output
    assert "3.1" in good(playbook("runtimes", SETTINGS, tmp_path, host)).output
    rehearsed = playbook("rehearse", {**SETTINGS, "pyhost_apps": APPS}, tmp_path, host, "-e", "python=3.99")
    assert '"3.99" cannot be had on this host' in rehearsed.output
    good(playbook("freeze", SETTINGS, tmp_path, host, "-e", "app=hello", "-e", f"dest={tmp_path}/frozen.txt"))
    assert "\nFlask==3." in (tmp_path / "frozen.txt").read_text()
    assert good(playbook("prune", SETTINGS, tmp_path, host)).status == 0
    source = f"source={EXAMPLES / 'hello'}"
    assert "gunicorn" in good(playbook("explain", SETTINGS, tmp_path, f"{host},localhost", "-e", source)).output


@pytest.mark.parametrize("host", [CRON, LINGER])
def test_status_tells_address_and_boot(host: str, tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    settings = {**SETTINGS, "pyhost_apps": APPS}
    said = good(playbook("status", settings, tmp_path, host, "-e", f"status_path={file}")).output
    found = json.loads(file.read_text())["hosts"][host]
    assert found["boot"] == {CRON: "cron", LINGER: "systemd"}[host]
    rows = {row["app"]: row for row in found["apps"]}
    assert rows["free"]["urls"] == [f"http://127.0.0.1:{port_of_free(host)}/"]
    assert rows["free"]["urls"][0] in said


@pytest.mark.parametrize("host", [CRON, LINGER])
def test_a_port_of_somebody_else_is_refused_by_name(host: str, tmp_path: Path) -> None:
    root(host, "systemd-run --quiet --unit=theirs python3 -m http.server --bind 127.0.0.1 8599")
    wait_for("theirs", lambda: answer(host, 8599), seconds=30)
    wrong = {**APPS[0], "name": "late", "listen": ["127.0.0.1:8501", "127.0.0.1:8599"]}
    refused = deploy([wrong], tmp_path, host, scope="account", root="~/boot")
    assert refused.message().splitlines()[1:] == [
        '  late: listen[0]: "127.0.0.1:8501" is that of the app hello; choose a free port',
        '  late: listen[1]: "127.0.0.1:8599" is already used by another program on this host (of the user root); '
        "choose a free port",
    ]
    shell(host, "test ! -e ~/boot/apps/late")


@pytest.mark.parametrize("host", [CRON, LINGER])
def test_the_last_app_takes_the_start_at_boot_with_it(host: str, before: dict[str, list[str]], tmp_path: Path) -> None:
    good(playbook("remove", {**SETTINGS, "app": "hello", "purge": True}, tmp_path, host))
    if host == CRON:
        assert root(host, "crontab -u person -l") == MINE + LINE
    good(playbook("remove", {**SETTINGS, "app": "free", "purge": True}, tmp_path, host))
    assert outside(host) == before[host]
    if host == CRON:
        assert root(host, "crontab -u person -l") == MINE
    else:
        assert root(host, "ls /var/lib/systemd/linger") == b""
    again = good(playbook("remove", {**SETTINGS, "app": "free", "purge": True}, tmp_path, host))
    assert again.changed == {host: 0}
