# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One app with data, and a folder of backups on the controller."""

from __future__ import annotations

import hashlib
import json
import shlex
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, good, playbook
from tests.support.kitchen import Kitchen
from tests.support.remote import shell

HOST = place.host("pyhost-debian12")
APP = "larder"

FILL = r"""
set -e; cd /home/{app}/data; umask 027; find . -mindepth 1 -delete
mkdir -p up/deep empty; printf %s {text} > up/file; ln up/file up/hard; ln -s /etc/passwd absolute; ln -s up/file link
touch -d 2001-02-03T04:05:06 up/file; chmod 400 up/file; chmod 550 up/deep; chmod 700 empty
head -c {size} /dev/urandom > big
python3 -c 'import sqlite3; c = sqlite3.connect("app.db"); c.execute("PRAGMA journal_mode=WAL"); c.execute("CREATE TABLE t (a)"); c.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(1000)]); c.commit()'
"""
LIST = (
    r"cd /home/{app}/data && find . -mindepth 1 -printf '%p %y %m %l\n' | sort"
    r" && find . -type f ! -name 'app.db*' | sort | xargs -d '\n' sha256sum"
    r" && find . -type f ! -name 'app.db*' -printf '%p %T@\n' | sort"
    r""" && python3 -c 'import sqlite3; print(sqlite3.connect("app.db").execute("SELECT count(*), sum(a) FROM t").fetchone())'"""
)


class Larder:
    """The app ``larder`` on one host, and the playbooks that move its data."""

    def __init__(self, folder: Path, host: str) -> None:
        self.kitchen = Kitchen(folder / "kitchen", host, (APP,), python="3.11" if host.endswith("12") else "3.13")
        self.host, self.folder, self.archives = host, folder, folder / "archives"
        self._runs = 0

    def run(self, verb: str, *words: str, environment: dict[str, str] | None = None, **variables: Any) -> Run:
        self._runs += 1
        folder = self.folder / "moves" / str(self._runs)
        folder.mkdir(parents=True)
        settings = {"pyhost_backup_path": str(self.archives), "pyhost_apps": list(self.kitchen.entries.values())}
        given = {**settings, **variables}
        return playbook(verb, given, folder, self.host, "-e", f"app={APP}", *words, environment=environment)

    def backup(self, **variables: Any) -> Path:
        """Take one; its archive."""
        good(self.run("backup", **variables))
        return self.all()[-1]

    def all(self) -> list[Path]:
        """Archives that are there, the newest last."""
        return sorted((self.archives / APP).glob("*.tar"))

    def left(self) -> list[str]:
        """What is in the folder and is no archive."""
        return sorted(
            path.name for path in (self.archives / APP).iterdir() if path.suffix != ".tar" or path.name[0] == "."
        )


@pytest.fixture(scope="package")
def larder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Larder]:
    one = Larder(tmp_path_factory.mktemp("larder"), HOST)
    good(one.kitchen.deploy())
    yield one
    good(one.kitchen.remove_all())


def fill(text: str, size: int = 5_000_000) -> str:
    """Give the app new data; what `listing` says of them."""
    _as_app(FILL.format(app=APP, text=text, size=size))
    return listing()


def listing() -> str:
    """Names, kinds, modes, targets, times and checksums of the data, and what its database says."""
    return _as_app(LIST.format(app=APP))


def _as_app(script: str) -> str:
    return shell(HOST, shlex.join(["runuser", "-u", APP, "--", "sh", "-c", script]))


def manifest(archive: Path) -> dict[str, Any]:
    """Of an archive, as any tar reads it; every member is what the manifest says."""
    with tarfile.open(archive) as tar:
        contents = {one.name: tar.extractfile(one) for one in tar}
        value: dict[str, Any] = json.loads(contents.pop("manifest.json").read())  # type: ignore[union-attr]
        sums = {name: hashlib.sha256(stream.read()).hexdigest() for name, stream in contents.items() if stream}
    assert sums == {name: row["sha256"] for name, row in value["members"].items()}
    return value
