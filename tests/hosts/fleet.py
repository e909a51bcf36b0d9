# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers that play hosts: create, wait until they have booted, list, remove."""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.hosts import images
from tests.hosts.engine import STATE
from tests.tools.process import ToolError, certificate_environment, run, wait_for

KEY = STATE / "key"
DEFAULT = {"pyhost-debian12": "debian12", "pyhost-debian13": "debian13", "pyhost-account12": "account12"}
SPARE = {"pyhost-spare13": "debian13", "pyhost-account13": "account13"}
"""Hosts in no group of the standing ones, for scenarios that would have to wait for one of these."""

LABEL = "pyhost.test"
INIT = """
for one in cpu cpu,cpuacct memory pids; do mount -o remount,bind,rw "/sys/fs/cgroup/$one" 2>/dev/null; done
exec /sbin/init
"""
"""With cgroup v1 the engine mounts controllers that systemd can only read, and no limit of a unit would hold."""

CAPABILITIES = ("SYS_ADMIN", "NET_ADMIN", "DAC_READ_SEARCH")
ALLOWED = (*(f"--cap-add={one}" for one in CAPABILITIES), "--security-opt=seccomp=unconfined")


@dataclass(frozen=True)
class Host:
    """A running container of this checkout."""

    name: str
    kind: str
    address: str


def up(wanted: dict[str, str], *, fresh: bool = False, image: str = "") -> None:
    """Make the hosts run; ``fresh`` recreates those that already do, from ``image`` if that is given."""
    for kind in wanted.values():
        images.check(kind)
    owner = _owner()
    images.ensure(set(wanted.values()))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda item: _up_one(item[0], item[1], owner, fresh, image), wanted.items()))


def reset(names: list[str]) -> None:
    """Recreate hosts from their images."""
    kinds = {**DEFAULT, **{host.name: host.kind for host in running()}}
    unknown = [name for name in names if name not in kinds]
    if unknown:
        raise ToolError(f"no such host: {', '.join(unknown)}; known: {', '.join(kinds)}")
    up({name: kinds[name] for name in names}, fresh=True)


def restart(names: list[str]) -> None:
    """Reboot hosts as after a power cut: nothing on them gets a chance to end."""
    chosen = {container: name for container, name in _containers().items() if name in names}
    run(["docker", "restart", "--time=0", *chosen])
    for container, name in chosen.items():
        wait_booted(container, name)


def down(names: list[str]) -> None:
    """Remove the named hosts of this checkout."""
    chosen = [container for container, name in _containers("--all").items() if name in names]
    if chosen:
        run(["docker", "rm", "--force", "--volumes", *chosen])


def running() -> list[Host]:
    """Return this checkout's running hosts, in order of name."""
    containers = _containers()
    if not containers:
        return []
    hosts = []
    for data in json.loads(run(["docker", "inspect", *containers]).stdout):
        name, kind = containers[data["Name"].lstrip("/")], data["Config"]["Labels"][f"{LABEL}.kind"]
        address = data["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
        hosts.append(Host(name, kind, address))
    return sorted(hosts, key=lambda host: host.name)


def keep(host: str, name: str) -> str:
    """Keep what is on a running host as an image that `up` takes, and return the image; what is in /run is no part of it."""
    image = f"{images.REPOSITORY}/kept-{_owner()}:{name}"
    run(["docker", "commit", container(host), image])
    return image


def forget(image: str) -> None:
    """Remove an image of `keep`."""
    run(["docker", "rmi", "--force", image], check=False)


def container(host: str) -> str:
    """Return the name of a running host's container, for ``docker exec``."""
    return next(name for name, known in _containers().items() if known == host)


def _containers(*options: str) -> dict[str, str]:
    """Return the names of this checkout's containers, and of the hosts they are."""
    form = f'{{{{.Names}}}} {{{{.Label "{LABEL}.name"}}}}'
    listed = run(["docker", "ps", *options, "--format", form, f"--filter=label={LABEL}.owner={_owner()}"]).stdout
    pairs = (line.partition(" ")[::2] for line in listed.splitlines())
    return {container: name or container for container, name in pairs}


def _owner() -> str:
    """Make the key when there is none; its digest marks the hosts that belong to this checkout."""
    if not KEY.exists():
        KEY.parent.mkdir(parents=True, exist_ok=True)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "pyhost test hosts", "-f", str(KEY)])
    return hashlib.sha256(_public_key()).hexdigest()[:12]


def _public_key() -> bytes:
    return KEY.with_suffix(".pub").read_bytes()


def _up_one(name: str, kind: str, owner: str, fresh: bool, image: str) -> None:
    image = image or images.name(kind)
    container = f"{name}-{owner}"
    if not _owner_of(container) and _owner_of(name) in ("", owner):
        container = name  # No other checkout had a host of this name in the same engine.
    if _owner_of(container):
        if not fresh and _state(container) == f"true {image}":
            return
        run(["docker", "rm", "--force", "--volumes", container])
    options = [f"--name={container}", f"--hostname={name}", "--cgroupns=private", "--stop-signal=SIGRTMIN+3"]
    options += [f"--label={LABEL}.{key}={value}" for key, value in (("owner", owner), ("name", name), ("kind", kind))]
    options += ["--tmpfs=/run", "--tmpfs=/run/lock", *_rights()]
    run(["docker", "create", *options, image, "sh", "-c", INIT])
    run(["docker", "cp", "-", f"{container}:/"], data=_belongings())
    run(["docker", "start", container])
    wait_booted(container, name)


def _owner_of(container: str) -> str:
    """Return who made the container: nothing when there is none, `?` when it is no test host."""
    form = f'{{{{index .Config.Labels "{LABEL}.owner"}}}}'
    found = run(["docker", "container", "inspect", "--format", form, container], check=False)
    return "" if found.returncode else found.stdout.strip() or "?"


def _state(container: str) -> str:
    form = "{{.State.Running}} {{.Config.Image}}"
    return run(["docker", "container", "inspect", "--format", form, container]).stdout.strip()


def _rights() -> tuple[str, ...]:
    """Let systemd run. Only cgroup v1 lets it do so without full privileges."""
    info = json.loads(run(["docker", "info", "--format", "{{json .}}"]).stdout)
    if info.get("CgroupVersion") == "2":
        return ("--privileged",)
    apparmor = any("apparmor" in option for option in info.get("SecurityOptions") or [])
    return (*ALLOWED, "--security-opt=apparmor=unconfined") if apparmor else ALLOWED


def _belongings() -> bytes:
    """Return an archive of what makes a host ours: the key, and this machine's certificates where it uses any."""
    files = [("root/.ssh", 0, None), ("root/.ssh/authorized_keys", 0, _public_key())]
    files += [("home/person/.ssh", 1000, None), ("home/person/.ssh/authorized_keys", 1000, _public_key())]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, owner, content in files:
            _add(archive, path, content, mode=0o700 if content is None else 0o600, owner=owner)
        for path in sorted(set(certificate_environment().values())):
            if os.path.isfile(path):
                _add(archive, path.lstrip("/"), Path(path).read_bytes(), mode=0o644, owner=0)
    return buffer.getvalue()


def _add(archive: tarfile.TarFile, path: str, content: bytes | None, *, mode: int, owner: int) -> None:
    member = tarfile.TarInfo(path)
    member.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
    member.mode, member.uid, member.gid = mode, owner, owner
    member.size = len(content or b"")
    archive.addfile(member, io.BytesIO(content or b""))


def wait_booted(container: str, name: str) -> None:
    """Wait until systemd has started everything and SSH answers."""
    state = ""

    def booted() -> bool:
        nonlocal state
        state = run(["docker", "exec", container, "systemctl", "is-system-running"], check=False).stdout.strip()
        return state in ("running", "degraded")

    wait_for(f"{name}: systemd", booted, seconds=90)
    if state == "degraded":
        listing = ["systemctl", "--failed", "--plain", "--no-legend"]
        print(f"{name}: some units failed:\n{run(['docker', 'exec', container, *listing]).stdout}", flush=True)
    address = next(host.address for host in running() if host.name == name)
    wait_for(f"{name}: SSH at {address}", lambda: _greets(address), seconds=20)


def _greets(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=2) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
