# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rounds of three steps on a fresh host: first deploy, nothing changed, one app's code changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmark import apps, tools
from tests.hosts import fleet, inventory
from tests.tools.process import ToolError, certificate_environment

HOST = "benchmark"
STEPS = ("first", "nothing", "changed")
STEP_SECONDS = 1800

Key = tuple[str, int, str]
"""Side, number of apps, step."""


@dataclass(frozen=True)
class Side:
    """One way to do the job: its name, with how many apps and how often it is measured; ``peers`` if not ours."""

    name: str
    apps: tuple[int, ...]
    runs: int
    peers: Path | None = None


def measure(sides: list[Side], kind: str) -> dict[Key, list[float]]:
    """Take turns, so that whatever else the machine does meets both sides; return the seconds of each step."""
    measured: dict[Key, list[float]] = {}
    try:
        for number in range(max(side.runs for side in sides)):
            for count in sorted({count for side in sides for count in side.apps}):
                for side in sides:
                    if number < side.runs and count in side.apps:
                        for step, seconds in _round(side, count, kind).items():
                            measured.setdefault((side.name, count, step), []).append(seconds)
    finally:
        fleet.down([HOST])
        inventory.write()
    return measured


def _round(side: Side, count: int, kind: str) -> dict[str, float]:
    fleet.up({HOST: kind}, fresh=True)
    host = next(one for one in fleet.running() if one.name == HOST)
    with tempfile.TemporaryDirectory(prefix="pyhost-benchmark-") as name:
        folder = Path(name)
        (folder / "inventory.json").write_text(json.dumps(inventory.document([host])))
        apps.write(folder / "apps", count, "one")
        _on_host(host, "apt-get -qq update")  # The image has no package lists, and looks as if it had fresh ones.
        command = _stock(side.peers, folder, count, host) if side.peers else _ours(folder, count)
        seconds = {}
        for step in STEPS:
            if step == "changed":
                apps.change(folder / "apps", "app1", "two")
            seconds[step] = _timed(command, folder, f"{side.name}, {count} apps, {step}")
            apps.ask(host.address, count, {"app1": "two"} if step == "changed" else {})
        return seconds


def _ours(folder: Path, count: int) -> list[str]:
    variables = {"pyhost_apps": apps.entries(folder / "apps", count), "pyhost_report_path": ""}
    (folder / "variables.json").write_text(json.dumps(variables))
    return ["--extra-vars", f"@{folder / 'variables.json'}", "pyhost.platform.deploy"]


def _stock(peers: Path, folder: Path, count: int, host: fleet.Host) -> list[str]:
    if bundle := certificate_environment().get("PIP_CERT"):
        text = f"[global]\ncert = {bundle}\n"
        _on_host(host, f"printf '{text}' > /etc/pip.conf")  # Ours has pyhost_build_environment for that.
    source = f"{folder / 'apps'}/{{{{ app_name }}}}"
    variables = json.dumps({"n": count, "app_src": source})
    return ["--extra-vars", variables, str(peers / "stock" / "site.yml")]


def _on_host(host: fleet.Host, command: str) -> None:
    options = [*inventory.SSH.split(), "-i", str(fleet.KEY)]
    subprocess.run(
        ["ssh", *options, f"root@{host.address}", command], check=True, stdin=subprocess.DEVNULL, timeout=120
    )


def _timed(command: list[str], folder: Path, what: str) -> float:
    words = [str(tools.VENV / "bin" / "ansible-playbook"), "--inventory", str(folder / "inventory.json"), *command]
    begun = time.monotonic()
    done = subprocess.run(
        words,
        env=_environment(folder),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
    )
    seconds = time.monotonic() - begun
    if done.returncode:
        raise ToolError(f"{what}: exit status {done.returncode}\n{done.stdout[-4000:]}")
    print(f"{what}: {seconds:.1f} s", file=sys.stderr, flush=True)
    return seconds


def _environment(folder: Path) -> Mapping[str, Any]:
    """The same for both sides; a connection of its own for each round, because each has a new host."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON"))}
    return {
        **kept,
        "ANSIBLE_CONFIG": str(tools.HOME / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(tools.COLLECTIONS),
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(folder / "cp"),
        "LC_ALL": "C.UTF-8",
    }
