# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Docker engine: use the one that answers, else install and start one where that is allowed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.tools.process import CACHE, ToolError, run, wait_for

STATE = CACHE / "hosts"
STARTED = STATE / "dockerd.pid"
LOG = STATE / "dockerd.log"
ENGINE_PID_FILES = (Path("/var/run/docker.pid"), Path("/var/run/docker/containerd/containerd.pid"))
PACKAGES = ("docker.io", "docker-cli", "debootstrap", "openssh-client", "ca-certificates", "iptables")


class EngineUnavailable(ToolError):
    """No container engine answers and none may be started."""


def answers() -> bool:
    if not shutil.which("docker"):
        return False
    return run(["docker", "version", "--format", "{{.Server.Version}}"], check=False).returncode == 0


def ensure() -> None:
    """Make an engine answer, or say why none can."""
    install_tools()
    if answers():
        return
    if os.environ.get("DOCKER_HOST"):
        raise EngineUnavailable(f"no engine answers at DOCKER_HOST={os.environ['DOCKER_HOST']}")
    if os.geteuid() != 0:
        raise EngineUnavailable("no engine answers, and only root may start one")
    if not shutil.which("dockerd"):
        raise EngineUnavailable("no engine answers, and dockerd is not installed")
    _start()


def install_tools() -> None:
    """Install the command line tools, and the engine with them, on Debian as root."""
    missing = [tool for tool in ("docker", "ssh-keygen") if not shutil.which(tool)]
    may_install = os.geteuid() == 0 and shutil.which("apt-get")
    if may_install and not answers():
        missing += [tool for tool in ("dockerd", "debootstrap") if not shutil.which(tool)]
    if not missing:
        return
    if not may_install:
        raise EngineUnavailable(f"{', '.join(missing)}: not installed; only root on Debian may install")
    print(f"installing the container engine (missing: {', '.join(missing)})", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], env=env)
    known = [name for name in PACKAGES if run(["apt-cache", "show", name], check=False).returncode == 0]
    run(["apt-get", "install", "--yes", "--no-install-recommends", *known], env=env)


def _start() -> None:
    for path in ENGINE_PID_FILES:
        _forget_dead(path)
    STATE.mkdir(parents=True, exist_ok=True)
    print("starting dockerd", flush=True)
    with LOG.open("wb") as log:
        process = subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    STARTED.write_text(f"{process.pid}\n")

    def ready() -> bool:
        if process.poll() is not None:
            lines = LOG.read_text(errors="replace").splitlines() or ["no output"]
            reason = next((line for line in lines if "failed to start" in line), lines[-1])
            raise EngineUnavailable(f"dockerd does not start here: {reason}")
        return answers()

    wait_for("dockerd", ready, seconds=60)


def _forget_dead(path: Path) -> None:
    """Remove a pid file that an engine which was killed left behind."""
    try:
        pid = int(path.read_text())
    except (OSError, ValueError):
        path.unlink(missing_ok=True)
        return
    if _command_of(pid) not in ("dockerd", "containerd"):
        path.unlink(missing_ok=True)


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def stop_if_started_here() -> None:
    """Stop the engine that ``ensure`` started, unless somebody else's containers run in it."""
    if not STARTED.exists():
        return
    pid = int(STARTED.read_text())
    if _command_of(pid) == "dockerd":
        if answers() and run(["docker", "ps", "--quiet"]).stdout.strip():
            print("the engine stays: other containers run in it")
            return
        os.kill(pid, signal.SIGTERM)
        wait_for("end of dockerd", lambda: _command_of(pid) != "dockerd" or _is_zombie(pid), seconds=60)
    STARTED.unlink()


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
