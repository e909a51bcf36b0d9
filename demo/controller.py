# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible below ``.demo/``: install it once, run the collection's own playbook, end what runs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / ".demo"
VENV = DEMO / "ansible"
LOCK = ROOT / "demo" / "requirements.txt"
PROGRESS = "localhost: "
"""Begins the lines of the callback; no other line of Ansible does."""

REPORT = DEMO / "report.json"
VARIABLES = DEMO / "variables.json"
PASSED_ON = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
"""Settings of this machine's way to the package index that builds need, too; those of pip and uv as well."""


class DemoError(Exception):
    """A text for the person at the terminal."""


def prepare() -> None:
    """Install Ansible into ``.demo/ansible`` unless it is there as locked."""
    DEMO.mkdir(exist_ok=True)
    link = DEMO / "collections" / "ansible_collections" / "pyhost" / "platform"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)
    wanted = hashlib.sha256(LOCK.read_bytes() + f"{sys.version}{sys.base_prefix}".encode()).hexdigest()
    marker = VENV / ".lock"
    if marker.exists() and marker.read_text() == wanted:
        return
    print("Installing Ansible below .demo/ (once) ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    _install()
    marker.write_text(wanted)


def _install() -> None:
    python = str(VENV / "bin" / "python")
    arguments = ["install", "--quiet", "--require-hashes", "--requirement", str(LOCK)]
    if uv := shutil.which("uv"):
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
        _run([uv, "pip", *arguments, "--python", python])
        return
    try:
        _run([sys.executable, "-m", "venv", str(VENV)])
    except DemoError as error:
        raise DemoError(f"{error}\nOn Debian and Ubuntu: apt install python3-venv") from error
    _run([python, "-m", "pip", *arguments, "--disable-pip-version-check"])


def _run(words: list[str]) -> None:
    finished = subprocess.run(words, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise DemoError(f"{words[0]} failed:\n{(finished.stdout + finished.stderr).strip()}")


def deploy(entries: list[dict[str, Any]], verbose: bool) -> bool:
    """Run the playbook against this machine; returns whether anything changed."""
    variables = {
        "pyhost_scope": "account",
        "pyhost_root": str(DEMO),
        "pyhost_boot": "none",
        "pyhost_report_path": str(REPORT),
        "pyhost_build_environment": _passed_on(),
        "pyhost_python_paths": [os.path.realpath(sys.executable)],
        "pyhost_apps": entries,
        "ansible_python_interpreter": os.path.realpath(sys.executable),
    }
    VARIABLES.touch(mode=0o600)
    VARIABLES.write_text(json.dumps(variables, indent=2) + "\n")
    settings = DEMO / "ansible.cfg"
    settings.write_text("[defaults]\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment.update(
        ANSIBLE_COLLECTIONS_PATH=str(DEMO / "collections"),
        ANSIBLE_CONFIG=str(settings),
        ANSIBLE_LOCALHOST_WARNING="false",
        ANSIBLE_CALLBACKS_ENABLED="pyhost.platform.progress",
        ANSIBLE_DISPLAY_SKIPPED_HOSTS="false",
        LC_ALL="C.UTF-8",
    )
    words = [str(VENV / "bin" / "ansible-playbook"), "--inventory", "localhost,", "--connection", "local"]
    words += ["--extra-vars", f"@{VARIABLES}", "pyhost.platform.deploy"]
    first = "" if REPORT.exists() else " (the first time takes about half a minute)"
    print(f"Deploying{first} ...", flush=True)
    if verbose:
        if subprocess.run(words, env=environment, check=False).returncode != 0:
            raise DemoError("the deploy failed")
        return True
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as playbook:
        output = _heard(playbook.stdout or ())
    if playbook.returncode != 0:
        raise DemoError(f"the deploy failed:\n{output}")
    print(_table(output))
    return " changed=0 " not in output


def _heard(lines: Iterable[str]) -> str:
    """All that Ansible writes; what it tells of progress is printed at once, without the name of this machine."""
    heard = []
    for line in lines:
        heard.append(line)
        if line.startswith(PROGRESS):
            print(f"  {line[len(PROGRESS) :].rstrip()}", flush=True)
    return "".join(heard)


def _passed_on() -> dict[str, str]:
    names = {name for name in os.environ if name.upper() in PASSED_ON or name.startswith(("PIP_", "UV_"))}
    return {name: os.environ[name] for name in sorted(names)}


def _table(output: str) -> str:
    """The report out of what Ansible printed."""
    lines = output.splitlines()
    start = next((place for place, line in enumerate(lines) if line.startswith("app ")), None)
    if start is None:
        return ""
    end = next((place for place in range(start, len(lines)) if not lines[place].strip()), len(lines))
    rows = [line for line in lines[start:end] if not line.startswith(("ok:", "changed:"))]
    return "\n".join(rows)


def stop() -> list[str]:
    """End the supervisord of every app, and with it the app; returns the names of those that ran."""
    stopped = []
    for home in sorted((DEMO / "apps").glob("*")):
        conf = home / "conf" / "supervisord.conf"
        words = [str(DEMO / "tools" / "bin" / "supervisorctl"), "-c", str(conf), "shutdown"]
        if not conf.exists():
            continue
        finished = subprocess.run(words, capture_output=True, text=True, check=False)
        if "Shut down" in finished.stdout:
            stopped.append(home.name)
    return stopped
