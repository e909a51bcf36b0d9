# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on a host as its administrator does, over SSH: commands, files, a program that serves something."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.deploy import INVENTORY

SECONDS = 120
ON_HOST = Path(__file__).with_name("on_host.py")


def shell(host: str, script: str, data: bytes = b"", seconds: int = SECONDS) -> str:
    """What ``script`` prints on ``host``; it stops at the first command that fails, and that is an error."""
    finished = subprocess.run(
        [*_login(host), shlex.join(["sh", "-ceu", script])],
        input=data,
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode("utf-8", "replace")
    return finished.stdout.decode("utf-8", "replace")


def fetch(host: str, path: str) -> bytes:
    """The content of a file of ``host``."""
    words = [*_login(host), shlex.join(["cat", path])]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True).stdout


def ask(host: str, function: str, *words: Any) -> Any:
    """The answer of a function of `tests.support.on_host`, which looks at ``host`` from within."""
    return json.loads(shell(host, shlex.join(["python3", "-c", ON_HOST.read_text(), function, json.dumps(words)])))


def put(host: str, folder: str, files: Mapping[str, bytes]) -> None:
    """Write ``files`` below ``folder`` on ``host``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))
    where = shlex.quote(folder)
    shell(host, f"mkdir -p {where} && tar -C {where} --no-same-owner -xf -", buffer.getvalue())


@contextmanager
def program(host: str, name: str, command: str, port: int) -> Iterator[None]:
    """Run ``command`` as a unit of the host while the block runs; it is ready when it listens on ``port``."""
    start = f"systemd-run --quiet --collect --unit={name} --property=Type=exec {command}"
    ready = f"ss --listening --tcp --numeric --no-header 'sport = :{port}' | grep --quiet LISTEN"
    shell(host, f"{start}; timeout 20 sh -c {shlex.quote(f'until {ready}; do sleep 0.1; done')}")
    try:
        yield
    finally:
        shell(host, f"systemctl stop {name}")


def received(host: str) -> int:
    """Bytes that the host's network card has received."""
    return int(shell(host, "cat /sys/class/net/eth0/statistics/rx_bytes"))


def _login(host: str) -> list[str]:
    inventory = json.loads(INVENTORY.read_text())["all"]
    common = inventory["vars"]
    found = {name: values for group in inventory["children"].values() for name, values in group["hosts"].items()}[host]
    login = ["-i", common["ansible_ssh_private_key_file"], f"{found['ansible_user']}@{found['ansible_host']}"]
    return ["ssh", *shlex.split(common["ansible_ssh_common_args"]), *login]
