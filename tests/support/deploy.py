# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the collection's playbooks as a user does, and read what they say."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import yaml

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = ROOT / ".cache" / "hosts" / "inventory.json"
EXAMPLES = ROOT / "examples"
RUN_SECONDS = 900


class Unsafe(str):
    """A value that Ansible takes as it is, whatever looks like a template in it."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(Unsafe, lambda dumper, value: dumper.represent_scalar("!unsafe", value, style='"'))


@dataclass(frozen=True)
class Run:
    """One run of a playbook: exit status, output, recap per host, and of the report the rows per host and app, the
    seconds per host and stage, and the profile per host.
    """

    status: int
    output: str
    changed: dict[str, int]
    rows: dict[str, dict[str, dict[str, Any]]]
    seconds: dict[str, dict[str, float]]
    profile: dict[str, dict[str, Any]]

    def message(self) -> str:
        """The text of the last failed task, as Ansible shows it to a person."""
        found = re.search(r"\[ERROR\]: Task failed: (?:Action|Module) failed: (.*?)\nOrigin:", self.output, re.DOTALL)
        return found[1] if found else ""


def playbook(
    name: str,
    variables: dict[str, Any],
    folder: Path,
    limit: str,
    *words: str,
    environment: dict[str, str] | None = None,
    terminal: bool = False,
) -> Run:
    """Run the playbook ``name`` of the collection with ``variables`` on the hosts of ``limit``.

    With ``terminal`` the output is one. A ``name`` that ends with ``.yml`` is a file. ``folder`` takes the variables, the output and the report. The run has a
    process group of its own. Whatever of it outlives it is not waited for.
    """
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    file = folder / "variables.yml"
    settings = {"pyhost_report_path": str(report), "pyhost_source_base": str(EXAMPLES), **variables}
    file.write_text(yaml.dump(settings, Dumper=_Dumper, sort_keys=False))
    command = ["ansible-playbook", "--inventory", str(INVENTORY), "--limit", limit, "--extra-vars", f"@{file}"]
    book = name if name.endswith(".yml") else f"pyhost.platform.{name}"
    log = folder / "output.txt"
    with _output(log, terminal) as out:
        finished = subprocess.run(
            [*command, book, *words],
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=RUN_SECONDS,
            check=False,
            start_new_session=True,
        )
    output = log.read_text("utf-8", "replace")
    recap = re.findall(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)", output, re.MULTILINE)
    hosts = json.loads(report.read_text())["hosts"] if report.exists() else {}
    rows = {host: {row["app"]: row for row in part["apps"]} for host, part in hosts.items()}
    seconds = {host: part["seconds"] for host, part in hosts.items()}
    profile = {host: part.get("profile", {}) for host, part in hosts.items()}
    return Run(finished.returncode, output, {host: int(count) for host, count in recap}, rows, seconds, profile)


@contextmanager
def _output(path: Path, terminal: bool) -> Iterator[int]:
    """A descriptor to write to, that of a terminal if it is to be one; what comes is in the file ``path``."""
    with path.open("wb") as out:
        if not terminal:
            yield out.fileno()
            return
        reading, writing = pty.openpty()
        copying = threading.Thread(target=_copy, args=(reading, out))
        copying.start()
        try:
            yield writing
        finally:
            os.close(writing)
            copying.join()


def _copy(reading: int, out: BinaryIO) -> None:
    """Until nobody has the terminal any more: then reading from it is an error (pty(7))."""
    with suppress(OSError):
        while data := os.read(reading, 1 << 16):
            out.write(data)
    os.close(reading)


def deploy(
    apps: list[dict[str, Any]],
    folder: Path,
    limit: str,
    *words: str,
    environment: dict[str, str] | None = None,
    terminal: bool = False,
    **variables: Any,
) -> Run:
    """Deploy ``apps`` with the settings ``variables`` (without their ``pyhost_``)."""
    settings = {f"pyhost_{name}": value for name, value in variables.items()}
    settings["pyhost_apps"] = apps
    return playbook("deploy", settings, folder, limit, *words, environment=environment, terminal=terminal)


def good(run: Run) -> Run:
    """The same run, once it is certain that it succeeded."""
    assert run.status == 0, run.output
    return run
