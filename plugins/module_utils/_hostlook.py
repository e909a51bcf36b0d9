# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at a host without changing anything. PRIVATE to the collection."""

from __future__ import annotations

import importlib.util
import os
import platform
import pwd
import re
import shutil
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _access, _cell, _files, _front, _quota, _upkeep
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pythons import ask, discover
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._unit import root_paths, views_in

LIST_SECONDS = 20
SBIN = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def look_at_host(job: dict[str, Any]) -> dict[str, Any]:
    """Facts that planning and preparing need; ``job`` names scope, root, tools and python_paths."""
    system = job["scope"] == "system"
    runtimes = _cell.RUNTIMES if system else f"{job['root']}/python"
    interpreters = discover(runtimes, job["python_paths"], system)
    missing = set(job["branches"]) - {row["branch"] for row in interpreters}
    return {
        "os": os_release(),
        "machine": platform.machine(),
        "user": pwd.getpwuid(os.geteuid()).pw_name,
        "root": os.geteuid() == 0,
        "systemd": os.path.isdir("/run/systemd/system"),
        "root_directory": job["root"],
        "tools_directory": job["tools"],
        "runtimes_directory": runtimes,
        "interpreters": interpreters,
        "packaged": packaged() if missing and system else [],
        "absent": absent(job.get("system_packages", ())),
        "lists": bool(list(Path("/var/lib/apt/lists").glob("*_Packages*"))),
        "nginx": shutil.which("nginx", path=SBIN) or "",
        "nginx_version": nginx_version(),
        "git": shutil.which("git", path=SBIN) or "",
        "network": all(shutil.which(name, path=SBIN) for name in ("ip", "nft")),
        "logrotate": shutil.which("logrotate", path=SBIN) or "",
        "sudo": shutil.which("sudo", path=SBIN) or "",
        "guarded": all(_text(path) == text for path, text in guards().items()),
        "acme": importlib.util.find_spec("cryptography") is not None,
        "ensurepip": _has_ensurepip(),
        "listening": listening(),
        "tools": tools(job["tools"]),
        "front": front() if system else {},
        "quota": _quota.look() if system else {},
    }


def nginx_version() -> list[int]:
    """Of the host's nginx, such as ``[1, 22, 1]``; empty when there is none."""
    nginx = shutil.which("nginx", path=SBIN)
    said = run([nginx, "-v"], Deadline(LIST_SECONDS)).output if nginx else ""
    found = re.search(r"nginx/([0-9]+(?:\.[0-9]+)*)", said)
    return [int(part) for part in found[1].split(".")] if found else []


def os_release() -> dict[str, str]:
    """``ID``, ``VERSION_ID`` and so on (os-release(5)); empty on a machine without the file."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip("\"'") for name, _equal, value in pairs}


def packaged() -> list[str]:
    """Python branches that the distribution's package lists offer."""
    words = ["apt-cache", "--names-only", "search", r"^python3\.[0-9]+$"]
    try:
        listed = run(words, Deadline(LIST_SECONDS), errors=False).output
    except PyhostError:
        return []
    names = (line.split(" ", 1)[0] for line in listed.splitlines())
    return sorted(name[len("python") :] for name in names if name)


def absent(packages: Sequence[str]) -> list[str]:
    """Those of the distribution's ``packages`` that are not installed (dpkg-query(1))."""
    if not packages:
        return []
    words = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n", *packages]
    listed = run(words, Deadline(LIST_SECONDS)).output.splitlines()
    there = {line.partition(" ")[2] for line in listed if line.startswith("installed ")}
    return [name for name in packages if name not in there]


def listening() -> list[int]:
    """Every TCP port that something listens on (proc(5): state 0A of /proc/net/tcp)."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _text(table).splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found.add(int(fields[1].rpartition(":")[2], 16))
    return sorted(found)


def holder(address: str) -> str:
    """The user whose program listens on the port of ``address``, "" where that cannot be told (proc(5))."""
    port = int(address.rpartition(":")[2])
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _text(table).splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                try:
                    return pwd.getpwuid(int(fields[7])).pw_name
                except KeyError:
                    return f"number {fields[7]}"
    return ""


def tools(directory: str) -> dict[str, Any]:
    """The marker of our tools; empty when they are missing or what they were built with is gone."""
    marker = _files.read_json(Path(directory) / ".pyhost.json")
    if not marker:
        return {}
    python = ask(marker["python"])
    fits = python.get("version") == marker["version"] and os.access(marker["nginx"], os.X_OK)
    return marker if fits else {}


def front() -> dict[str, Any]:
    """The front's files in force, name to text, and whether nginx reads them, did read them and comes back."""
    live = Path(_front.DIRECTORY) / "live"
    texts = {path.name: path.read_text("utf-8", "replace") for path in sorted(live.glob("*.conf"))}
    ready = (
        os.path.exists("/etc/nginx/conf.d/pyhost.conf")
        and _files.link_target(live) == _text(f"{_front.DIRECTORY}/loaded")
        and all(_text(path) == text for path, text in _upkeep.FILES.items())
        and _upkeep.roomy(_text(_upkeep.CONF)) == _text(_upkeep.CONF)
    )
    pairs = [path.name for path in Path(_front.TLS_DIRECTORY).glob("*")]
    return {"texts": texts, "ready": ready, "pairs": sorted(pairs)}


def guards() -> dict[str, str]:
    """Root's files about logins of cells' users, path to text, as far as this host has what reads them."""
    texts = {
        _access.SSHD_PATH: _access.SSHD,
        _access.SUDOERS_PATH: _access.SUDOERS,
        _access.SESSIONS_PATH: _access.SESSIONS,
    }
    readers = {_access.SSHD_PATH: "/etc/ssh/sshd_config.d", _access.SUDOERS_PATH: "/etc/sudoers.d"}
    return {path: text for path, text in texts.items() if os.path.isdir(readers.get(path, "/"))}


def as_on_host(cell: _cell.Cell) -> _cell.Cell:
    """``cell`` with the network and the views that it has on this host, whatever a deploy would give it."""
    paths = root_paths(cell)
    network = "private" if os.path.exists(paths["network"]) else "shared"
    return replace(cell, network=network, views=views_in(cell, _text(paths["unit"])))


def unit(cell: _cell.Cell) -> dict[str, Any]:
    """Root's part of a cell: its user and the files of `root_paths`; ``foreign`` when the user is somebody else's."""
    try:
        entry = pwd.getpwnam(cell.user)
    except KeyError:
        return {"user": False, "uid": None, "foreign": False, **dict.fromkeys(root_paths(cell), "")}
    return {
        "user": True,
        "uid": entry.pw_uid,
        "foreign": _cell.GECOS not in entry.pw_gecos or entry.pw_dir != cell.home,
        **{kind: _text(path) for kind, path in root_paths(cell).items()},
    }


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""


def taken(address: str) -> bool:
    """Whether something listens on ``address`` (``127.0.0.1:8000``, ``[::]:80``) already."""
    host, _colon, port = address.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            return error.errno == 98  # EADDRINUSE; an address that is not ours shows at nginx -t
    return False


def _has_ensurepip() -> bool:
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return False
    return True
