# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are refused: each is timed, and the host is compared before and after."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.fleet import container
from tests.support.deploy import deploy, good, playbook
from tests.support.pace import allowed

HOST = "pyhost-debian12"
CALM: dict[str, Any] = {
    "name": "calm",
    "source": {"path": "command"},
    "command": "python server.py",
    "domains": ["calm.example.com"],
    "listen": ["127.0.0.1:8700"],
}
FIRST_SECONDS = 15

PICTURE = """
cd /
find etc home opt root srv usr/local var/lib/dpkg -xdev \\
    '(' -path '*/logs' -o -path '*/run' -o -path root/.ansible -o -path 'home/*/.ansible' ')' -prune \\
    -o -printf '%p %y %m %u %g %s %T@ %l\\n' | sort
systemctl list-units --all --plain --no-legend 'pyhost*' 'nginx*' | grep --invert-match pyhost-logs \\
    | sed 's/  */ /g' | sort
ps -e -o user:32,pid,args --no-headers | grep --extended-regexp '/srv/|/opt/pyhost' | grep --invert-match grep | sort
"""
"""Everything that a deploy could touch: names, kinds, rights, owners, sizes and times of files; units but what turns logs
over every five minutes; processes.
"""


@dataclass(frozen=True)
class Case:
    """One mistake: the apps that hold it, and all that is said about it."""

    name: str
    apps: list[Any]
    says: str

    def __str__(self) -> str:
        return self.name


def whole(cases: list[Case]) -> str:
    """The message about all cases at once; every line of two spaces begins one problem."""
    text = "\n".join(case.says for case in cases)
    count = sum(line.startswith("  ") and line[2] != " " for line in text.splitlines())
    return f"{count} problem{'s' if count > 1 else ''} found, nothing was changed:\n{text}"


def apps_of(cases: list[Case]) -> list[Any]:
    return [app for case in cases for app in case.apps]


def picture(host: str) -> str:
    command = ["docker", "exec", container(host), "sh", "-ceu", PICTURE]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def refused(apps: Any, folder: Path, host: str = HOST, words: tuple[str, ...] = (), **variables: Any) -> str:
    """The message with which a deploy is refused, once it is certain that it changed nothing."""
    before = picture(host)
    begun = time.monotonic()
    run = deploy(apps, folder, host, *words, **variables)
    seconds = time.monotonic() - begun
    print(f"refused after {seconds:.1f} s: {run.message()}")
    assert run.status != 0, run.output
    assert run.changed == {host: 0}
    assert "Traceback" not in run.output
    assert seconds < allowed(FIRST_SECONDS)
    assert picture(host) == before
    return run.message()


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture(scope="session", autouse=True)
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """An app that serves, whatever is refused beside it; it is gone in the end."""
    folder = tmp_path_factory.mktemp("calm")
    good(deploy([CALM], folder, HOST))
    yield json.loads(json.dumps(CALM))
    good(playbook("remove", {"app": "calm", "purge": True}, folder, HOST))
