# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps that are deployed well, then each with one fault of its own, then without it again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from molecule.faults.tests.faults import DISK, FAULTS, LOADED, MENDED, SMALL, STANDING
from molecule.installers.tests import wheels
from tests.support.deploy import EXAMPLES, Run, deploy, good
from tests.support.load import Load, load
from tests.support.remote import program, put, shell
from tests.support.web import get

HOST = "pyhost-debian12"
SERVED = "/var/lib/faulty"
PORT = 9431

SERVER = """\
import os, signal, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"salt " + version("salt").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128


signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
with Server(("127.0.0.1", int(os.environ["PORT"])), Handler) as server:
    server.serve_forever()
"""
MODEL = """

class Order(models.Model):
    dish = models.ForeignKey("notes.Dish", on_delete=models.CASCADE)
"""


PATIENCE = {"UV_HTTP_TIMEOUT": "10", "PIP_DEFAULT_TIMEOUT": "10"}
"""Seconds of one try, of which there are three; fewer than by default, to keep the test short."""


class Shop:
    """The apps, their sources on this machine, and deploys of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.run.mkdir()

    def write(self, name: str, requirement: str, faulty: bool) -> None:
        source = self.folder / name
        if name == "django":
            shutil.copytree(EXAMPLES / "django", source, dirs_exist_ok=True)
            if faulty:
                with (source / "notes" / "models.py").open("a") as stream:
                    stream.write(MODEL)
            return
        source.mkdir(exist_ok=True)
        (source / "server.py").write_text(SERVER)
        (source / "requirements.txt").write_text(requirement)

    def app(self, name: str, faulty: bool) -> dict[str, Any]:
        fault = FAULTS[name]
        kind = fault.index if faulty else "good"
        index = kind if "/" in kind else f"http://127.0.0.1:{PORT}/{kind}/simple"
        keys = {key: value for key, value in fault.keys.items() if faulty or key != "build_timeout"}
        own = {} if name == "django" else {"pip_index_url": index, "command": "python server.py"}
        return {
            "name": name,
            "source": {"path": str(self.folder / name)},
            "domains": [f"{name}.example.com"],
            "workers": 1,
            "health": {"good": 1, "seconds": 0, "timeout": 120},
            **own,
            **keys,
        }

    def deploy(self, what: str, names: Iterable[str], requirement: str, faulty: bool = False) -> tuple[Run, float]:
        for name in names:
            self.write(name, requirement, faulty)
        begun = time.monotonic()
        apps = [self.app(name, faulty) for name in names]
        settings: dict[str, Any] = {"build_environment": PATIENCE} if faulty else {}
        run = deploy(apps, self.run, HOST, jobs=len(FAULTS), **settings)
        seconds = time.monotonic() - begun
        print(f"{what}: {seconds:.1f} s")
        return run, seconds


def page(name: str) -> str:
    answer = get(HOST, f"{name}.example.com")
    return answer.text if name != "django" else str(answer.status)


def pages(names: Iterable[str]) -> dict[str, str]:
    return {name: page(name) for name in names}


def listing() -> dict[str, str]:
    """What lies in the directories that a deploy fills, by app."""
    find = "find releases virtualenvs .cache/tmp -mindepth 1 -maxdepth 1"
    script = f"for app in {' '.join(FAULTS)}; do echo $app $(cd /home/$app && {find}); done"
    lines = shell(HOST, f"{{ {script}; }} 2>/dev/null").splitlines()
    return {name: rest.strip() for name, _space, rest in (line.partition(" ") for line in lines)}


def _resize(name: str, megabytes: int, inodes: int, used: bool) -> None:
    """Give the app's disk so much room in all, or with ``used`` beside what it holds."""
    sizes = f"{megabytes << 10} {inodes}"
    if used:
        count = f"df --output=used,iused --block-size=1K /home/{name} | tail -n 1"
        sizes = f"$({count} | awk '{{print $1 + {megabytes << 10}, $2 + {inodes}}}')"
    shell(HOST, f"set -- {sizes}; mount -o remount,size=$1K,nr_inodes=$2 /home/{name}")


@dataclass
class Faulty:
    """The run with all the faults, what was served during it, and what lay there before and after."""

    run: Run
    seconds: float
    loads: dict[str, Load]
    before: dict[str, str]
    after: dict[str, str]
    served: dict[str, str]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("faults")
    downloads = folder / "downloads"
    downloads.mkdir()
    put(HOST, SERVED, wheels.index({**wheels.SALT, **wheels.real(downloads)}))
    put(HOST, SERVED, {"faulty.py": (Path(__file__).parent / "faulty.py").read_bytes()})
    for name in SMALL:
        shell(HOST, f"mkdir -p /home/{name}; mount -t tmpfs -o size={DISK[0]}M,nr_inodes={DISK[1]} {name} /home/{name}")
    shop = Shop(folder)
    try:
        with program(HOST, "faulty-index", f"python3 {SERVED}/faulty.py {PORT}", PORT):
            yield shop
    finally:
        for name in SMALL:
            shell(HOST, f"systemctl stop pyhost-{name}.service; umount --lazy /home/{name}")
        good(deploy([{"name": name, "state": "absent", "purge": True} for name in FAULTS], shop.run, HOST))
        shell(HOST, f"rm -rf {SERVED}")


@pytest.fixture(scope="session")
def deployed(shop: Shop) -> Run:
    run, _seconds = shop.deploy("first deploy", STANDING, "salt==1.0\n")
    return good(run)


@pytest.fixture(scope="session")
def faulty(deployed: Run, shop: Shop) -> Faulty:
    before = listing()
    for name in SMALL:
        _resize(name, *FAULTS[name].room, used=True)
    with ExitStack() as stack:
        loads = {name: stack.enter_context(load(HOST, f"{name}.example.com")) for name in LOADED}
        run, seconds = shop.deploy("deploy with every fault", FAULTS, "salt==2.0\n", faulty=True)
    return Faulty(run, seconds, loads, before, listing(), pages(STANDING))


@pytest.fixture(scope="session")
def mended(faulty: Faulty, shop: Shop) -> Run:
    for name in SMALL:
        _resize(name, *DISK, used=False)
    run, _seconds = shop.deploy("deploy without faults", MENDED, "salt==2.0\n")
    return good(run)
