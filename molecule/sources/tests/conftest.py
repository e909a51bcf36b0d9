# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Six apps whose code comes from six kinds of places, and a host that serves some of them on its loopback."""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.deploy import Run, deploy, good
from tests.support.remote import program, put, shell
from tests.support.web import get

HOST = "pyhost-debian12"
NAMES = ("checkout", "folder", "branch", "tag", "commit", "tarball", "zip", "fetched")
SERVED = "/var/lib/served"
GIT = "git://127.0.0.1:9418/shop.git"
WWW = "http://127.0.0.1:9419"

SERVE = """\
import http.server, json, os, pwd

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        walk = os.walk(".")
        files = sorted(os.path.relpath(os.path.join(place, name)) for place, _, names in walk for name in names)
        body = json.dumps({"menu": open("menu.txt").read(), "files": files}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
"""The apps answer with what they are made of."""


def files(menu: str) -> dict[str, bytes]:
    return {"serve.py": SERVE.encode(), "menu.txt": menu.encode()}


def app(name: str, source: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "source": source,
        "command": "python serve.py",
        "domains": [f"{name}.example.com"],
        "health": {"good": 1, "seconds": 0, "timeout": 90},
        **more,
    }


def page(name: str) -> Any:
    return get(HOST, f"{name}.example.com").json


def write(folder: Path, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def packed(content: dict[str, bytes], top: str = "") -> bytes:
    """A gzipped tar, with everything below ``top`` as release tarballs have it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in content.items():
            member = tarfile.TarInfo(f"{top}{name}")
            member.size = len(data)
            member.mode = 0o6755 if name.endswith(".sh") else 0o644
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), mtime=0)


def zipped(content: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def checksum(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Shops:
    """The apps by name, where their code is on this machine, and deploys of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.apps: dict[str, dict[str, Any]] = {}

    def add(self, name: str, source: dict[str, str], **more: Any) -> None:
        self.apps[name] = app(name, source, **more)

    def deploy(self, *words: str, **changes: dict[str, Any]) -> Run:
        """Deploy all apps; ``changes`` replaces sources by app."""
        apps = [{**one, "source": changes.get(name, one["source"])} for name, one in self.apps.items()]
        return deploy(apps, self.folder, HOST, *words)


def commit(menu: str, extra: str = "") -> str:
    """A new commit in the served repository, and its name."""
    put(HOST, f"{SERVED}/shop.git", {"menu.txt": menu.encode()})
    git = "git -c user.name=cook -c user.email=cook@example.com -c core.hooksPath=/dev/null"
    shell(HOST, f"cd {SERVED}/shop.git; git add .; {git} commit --quiet --message {menu}; {extra}")
    return shell(HOST, f"git -C {SERVED}/shop.git rev-parse HEAD").strip()


@pytest.fixture(scope="session")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A deploy from a repository that nobody serves; it is the first one, and brings git to the host."""
    folder = tmp_path_factory.mktemp("unserved")
    yield deploy([app("branch", {"git": GIT, "version": "main"})], folder, HOST)
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in NAMES], folder, HOST))
    shell(HOST, f"rm -rf {SERVED}")


@pytest.fixture(scope="session")
def served(unserved: Run) -> Iterator[None]:
    """A repository and a directory that the host serves to itself."""
    put(HOST, f"{SERVED}/shop.git", {"serve.py": SERVE.encode(), "shared/.gitkeep": b""})
    shell(HOST, f"cd {SERVED}/shop.git; git init --quiet --initial-branch=main")
    commit("first", "git branch --quiet old; git tag v1")
    commit("second")
    put(HOST, f"{SERVED}/www", {"shop.tar.gz": packed(files("fetched"), "shop-1.0/")})
    words = f"--reuseaddr --export-all --base-path={SERVED} --listen=127.0.0.1 --port=9418 {SERVED}"
    with (
        program(HOST, "served-git", f"--setenv=HOME=/root git daemon {words}", 9418),
        program(HOST, "served-www", f"python3 -m http.server --bind 127.0.0.1 --directory {SERVED}/www 9419", 9419),
    ):
        yield


@pytest.fixture(scope="session")
def shops(served: None, tmp_path_factory: pytest.TempPathFactory) -> Shops:
    folder = tmp_path_factory.mktemp("sources")
    shops = Shops(folder)
    checkout = folder / "checkout"
    write(checkout, {**files("committed"), "large.bin": hashlib.shake_256(b"large").digest(3 << 20)})
    write(
        checkout, {".gitignore": b"*.log\n", ".pyhostignore": b"docs/\n", "docs/page.md": b"docs", "gone.txt": b"gone"}
    )
    git = ["git", "-C", str(checkout), "-c", "user.name=cook", "-c", "user.email=cook@example.com"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=first"]):
        subprocess.run([*git, *words], check=True)
    write(checkout, {"menu.txt": b"modified", "untracked.txt": b"not sent", "debug.log": b"not sent"})
    (checkout / "gone.txt").unlink()
    shops.add("checkout", {"path": str(checkout)})

    plain = folder / "plain"
    write(plain, {**files("plain"), ".pyhostignore": b"*.tmp\n!keep.tmp\n/build/\n"})
    write(plain, {"a.tmp": b"", "keep.tmp": b"", "build/x": b"", "src/build/y": b"", "old.pyc": b""})
    write(plain, {"__pycache__/serve.pyc": b"", "env/pyvenv.cfg": b"", "env/bin/python": b"", "run.sh": b"#!/bin/sh\n"})
    (plain / "run.sh").chmod(0o755)
    shops.add("folder", {"path": str(plain)})

    shops.add("branch", {"git": GIT, "version": "main"})
    shops.add("tag", {"git": GIT, "version": "v1"})
    first = shell(HOST, f"git -C {SERVED}/shop.git rev-parse v1").strip()
    shops.add("commit", {"git": GIT, "version": first})

    (folder / "shop.tar.gz").write_bytes(packed({**files("tarball"), "tool.sh": b"#!/bin/sh\n"}, "shop-1.0/"))
    shops.add("tarball", {"archive": str(folder / "shop.tar.gz")})
    (folder / "shop.zip").write_bytes(zipped({**files("zip"), "static/menu.css": b""}))
    shops.add("zip", {"archive": str(folder / "shop.zip"), "checksum": checksum((folder / "shop.zip").read_bytes())})
    fetched = checksum(packed(files("fetched"), "shop-1.0/"))
    shops.add("fetched", {"archive": f"{WWW}/shop.tar.gz", "checksum": fetched})
    return shops


@pytest.fixture(scope="session")
def deployed(shops: Shops) -> Run:
    return good(shops.deploy())
