# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pushes of dotCloud's trees to a host, and what their owners see of them."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import place
from tests.support.deploy import Run, deploy
from tests.support.remote import shell
from tests.support.web import Answer, get

HOST = place.host("pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "dotcloud"
ENTER = "/opt/pyhost/tools/bin/pyhost-enter"

PICTURE = """cd /home/{app}; find . '(' -path ./logs -o -path ./run -o -path ./data -o -path ./.ansible ')' -prune \\
    -o -printf '%p %y %m %u %s %T@ %l\\n' | sort"""
"""Everything of a cell but what the app itself writes: names, kinds, rights, owners, sizes, times and what links lead to."""


class Project:
    """A copy of the tree ``tree`` that is pushed as the app ``name``; ``more`` are further keys of its entry.

    Each of ``services`` has an entry of its own, with a domain.
    """

    def __init__(self, folder: Path, name: str, tree: str, services: Sequence[str] = (), **more: Any) -> None:
        self.name, self.domain = name, f"{name}.example.com"
        self.tree = folder / name
        shutil.copytree(TREES / tree, self.tree, symlinks=True)
        self._folder, self._more, self._services = folder, more, services
        self.settings: dict[str, Any] = {"python_aliases": {"2.7": "3.13"}}

    def entry(self, **more: Any) -> dict[str, Any]:
        return {
            "name": self.name,
            "platform": "dotcloud",
            "source": {"path": str(self.tree)},
            "domains": [self.domain],
            "health": {"seconds": 1, "timeout": 60},
            **self._more,
            **more,
        }

    def further(self, service: str) -> dict[str, Any]:
        """The entry of one of ``services``."""
        more = {"name": f"{self.name}-{service}", "service": service, "domains": [f"{service}.{self.domain}"]}
        return {**self.entry(), **more}

    def push(self, **more: Any) -> Run:
        """A deploy of the tree as it is now; ``more`` are keys of the entry for this one push."""
        entries = [self.entry(**more), *map(self.further, self._services)]
        return deploy(entries, self._folder, HOST, **self.settings)

    def write(self, name: str, text: str) -> None:
        (self.tree / name).write_text(text, encoding="utf-8")

    @contextmanager
    def changed(self, name: str, *pairs: tuple[str, str], to: str | None = None) -> Iterator[None]:
        """While the block runs, the file has other words, or another text; one that was not there goes again."""
        path = self.tree / name
        before = path.read_text(encoding="utf-8") if path.exists() else None
        text = before or ""
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        self.write(name, text if to is None else to)
        try:
            yield
        finally:
            if before is None:
                path.unlink()
            else:
                self.write(name, before)

    def get(self, path: str = "/", service: str = "", **words: Any) -> Answer:
        """What a visitor of the main service, or of one of ``services``, gets."""
        return get(HOST, f"{service}.{self.domain}" if service else self.domain, path, **words)

    def told(self, path: str = "/") -> dict[str, str]:
        """What the app says of a request, of its environment and of itself."""
        answer = self.get(path)
        assert answer.status == 200, answer
        first, *lines = answer.body.decode().splitlines()
        assert first == "Hello world!"
        return dict(line.partition("=")[::2] for line in lines)

    def inside(self, command: str, service: str = "") -> str:
        """What ``command`` of the owner's prints, in the cell of ``service`` ("": the main one)."""
        app = f"{self.name}-{service}" if service else self.name
        return shell(HOST, f"{ENTER} {app} sh -c {shlex.quote(command)}")

    def picture(self) -> str:
        return shell(HOST, PICTURE.format(app=self.name))

    def eventually(self, condition: str, service: str = "", seconds: int = 20) -> str:
        """Wait until ``condition``, a command of the owner's, succeeds; its last output."""
        waiting = f"until {condition}; do sleep 0.2; done"
        return self.inside(f"timeout {seconds} sh -c {shlex.quote(waiting)}", service)
