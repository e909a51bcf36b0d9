# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes takes all that was made for it along, and nothing of others: the apps ``a``, ``ab`` and ``a-b``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molecule.tenants.tests.conftest import HOST
from tests.support.deploy import EXAMPLES, Run, deploy, good, playbook
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import get

NAMES = ("a", "ab", "a-b")
OTHERS = ("ab", "a-b")
pytestmark = pytest.mark.soak

LISTED = """
find / -xdev \\( -path /proc -o -path /sys -o -path /var/log/journal -o -path /var/lib/systemd -o -path /var/cache \
    -o -path /tmp -o -path /root -o -path '/etc/nginx/pyhost/set-*' -o -path '/run/systemd/*' -o -path '/run/user/*' \
    -o -name '*-' -o -path '/var/log/*' ! -name 'pyhost-*' \\) -prune -o -print | sort
"""
"""Every path of the host, but for what changes by itself."""

STATE = r"""
for name in ab a-b; do
    find /home/$name /etc/systemd/system/pyhost-$name.service /etc/tmpfiles.d/pyhost-$name.conf \
        /etc/nginx/pyhost/live/app-$name.conf \( -path '*/logs/*' -o -path '*/run/*' \) -prune -o -printf '%p %U %G %m %l ' \
        -type f -exec sha256sum {} \; -o -printf '\n'
    getent passwd $name
    systemctl show --property=MainPID,ActiveEnterTimestamp,ControlGroup pyhost-$name
done
"""
"""Every file of the others with owner, mode and content, and since when they run."""


class Three:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entry(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "source": {"path": str(EXAMPLES / "hello")},
            "domains": [f"{name}.example.com"],
            "limits": {"memory": "300M"},
            "network": "private" if name == "a" else "shared",
            "tls": {"self_signed": True, "redirect": False},
            "health": {"timeout": 90, "seconds": 1},
        }

    def deploy(self, *names: str) -> Run:
        return deploy([self.entry(name) for name in names], self.folder, HOST)

    def absent(self, name: str, purge: bool) -> Run:
        return deploy([{"name": name, "state": "absent", "purge": purge}], self.folder, HOST)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    one = Three(tmp_path_factory.mktemp("three"))
    good(one.deploy(*NAMES))
    good(one.absent("a", purge=True))
    yield one
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in NAMES], one.folder, HOST))


def test_a_purged_app_leaves_nothing_and_its_neighbours_alone(three: Three) -> None:
    paths = shell(HOST, LISTED).splitlines()
    state = shell(HOST, STATE)
    assert len(paths) > 1000
    assert "sha256" not in state
    assert "/home/a-b/current" in state
    good(three.deploy("a"))
    assert shell(HOST, STATE) == state
    with load(HOST, "ab.example.com") as one, load(HOST, "a-b.example.com") as two:
        good(three.absent("a", purge=True))
    assert (one.failed, two.failed) == ({}, {})
    assert shell(HOST, STATE) == state
    after = shell(HOST, LISTED).splitlines()
    assert sorted(set(after) ^ set(paths)) == []
    for question in ("getent passwd a", "getent group a", "ip netns list | grep -w pyhost-a", "systemctl cat pyhost-a"):
        assert shell(HOST, f"{question} 2>/dev/null || echo none") == "none\n"
    with pytest.raises(Exception, match="."):
        get(HOST, "a.example.com")
    assert good(three.absent("a", purge=True)).changed == {HOST: 0}


def test_data_stays_until_it_is_purged(three: Three) -> None:
    good(three.deploy("a"))
    shell(HOST, "echo precious > /home/a/data/file; chown a: /home/a/data/file")
    state = shell(HOST, STATE)
    good(playbook("remove", {}, three.folder, HOST, "-e", "app=a"))
    assert shell(HOST, "ls -A /home/a; cat /home/a/data/file; stat -c %U /home/a/data/file").split() == [
        "data",
        "precious",
        "a",
    ]
    assert good(three.absent("a", purge=False)).changed == {HOST: 0}
    good(three.deploy("a"))
    assert get(HOST, "a.example.com").status == 200
    assert shell(HOST, "cat /home/a/data/file") == "precious\n"
    good(playbook("remove", {}, three.folder, HOST, "-e", "app=a", "-e", "purge=true"))
    assert shell(HOST, "ls -d /home/a 2>/dev/null || echo none") == "none\n"
    assert shell(HOST, STATE) == state


def test_a_domain_is_free_again_when_its_app_is_gone(three: Three) -> None:
    good(three.deploy("a"))
    stolen = {**three.entry("ab"), "domains": ["ab.example.com", "a.example.com"]}
    refused = deploy([stolen], three.folder, HOST)
    assert refused.status != 0
    assert "a.example.com" in refused.message()
    assert get(HOST, "ab.example.com").status == 200
    good(three.absent("a", purge=True))
    good(deploy([stolen], three.folder, HOST))
    assert get(HOST, "a.example.com").status == 200
    good(three.deploy("ab"))
