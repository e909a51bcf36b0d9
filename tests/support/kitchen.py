# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Some small apps on one host for tests that disturb their deploys: what they are, and what they have to be afterwards."""

from __future__ import annotations

import copy
import http.client
import itertools
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.support.deploy import Run, deploy, good, playbook
from tests.support.faults import orphans
from tests.support.load import RATE, Load, load
from tests.support.web import get

WSGI = '''\
"""A dish; the first word of its page is its version."""
import os
import sys
import time

time.sleep({pause})


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("{version} python %d.%d.%d %s" % (*sys.version_info[:3], os.environ.get("MENU", "none"))).encode()]
'''


class Kitchen:
    """Apps with sources in a temporary directory. Each deploy has a folder of its own, so that several can run at once."""

    def __init__(self, folder: Path, host: str, names: Iterable[str], python: str = "3.13") -> None:
        self.folder, self.host = folder, host
        self.names = tuple(names)
        self.versions = dict.fromkeys(self.names, "v0")
        self._numbers, self._runs = itertools.count(1), itertools.count(1)
        self.entries: dict[str, dict[str, Any]] = {}
        for name in self.names:
            self.entries[name] = {
                "name": name,
                "source": {"path": str(folder / name)},
                "python": python,
                "domains": [self.domain(name)],
                "health": {"timeout": 90, "seconds": 1},
            }
            self.write(name, "requirements.txt", "itsdangerous==2.1.2\n")
            self.cook(name)

    def domain(self, name: str) -> str:
        return f"{name}.example.com"

    def write(self, name: str, file: str, text: str) -> None:
        path = self.folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def cook(self, *names: str, pause: float = 0) -> None:
        """Give apps, all when none is named, code of a new version, which takes ``pause`` seconds to start."""
        number = next(self._numbers)
        for name in names or self.names:
            self.versions[name] = f"v{number}"
            self.write(name, "wsgi.py", WSGI.format(version=f"v{number}", pause=pause))

    def page(self, name: str) -> str:
        """The version that answers now."""
        answer = get(self.host, self.domain(name))
        return answer.text.partition(" ")[0] if answer.status == 200 else str(answer.status)

    def serves_within(self, seconds: float) -> dict[str, str]:
        """The versions that answer, once all do; what answers then, when they do not in time."""
        end = time.monotonic() + seconds
        while True:
            pages = {name: self._tried(name) for name in self.names}
            if all(page.startswith("v") for page in pages.values()) or time.monotonic() > end:
                return pages

    def _tried(self, name: str) -> str:
        try:
            return self.page(name)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__

    def deploy(self, *names: str, environment: dict[str, str] | None = None, **variables: Any) -> Run:
        """Deploy apps, all when none is named."""
        apps = [copy.deepcopy(self.entries[name]) for name in names or self.names]
        return deploy(apps, self._folder(), self.host, environment=environment, **variables)

    def check(self, *names: str) -> Run:
        """What a deploy of apps would do."""
        apps = [copy.deepcopy(self.entries[name]) for name in names or self.names]
        return deploy(apps, self._folder(), self.host, "--check", "--diff")

    def remove(self, name: str, environment: dict[str, str] | None = None) -> Run:
        words = ("-e", f"app={name}", "-e", "purge=true")
        return playbook("remove", {}, self._folder(), self.host, *words, environment=environment)

    def rollback(self, name: str, *words: str) -> Run:
        """Bring back what served before, or what ``words`` say."""
        variables = {"pyhost_apps": [self.entries[name]]}
        return playbook("rollback", variables, self._folder(), self.host, "-e", f"app={name}", *words)

    def remove_all(self) -> Run:
        """Remove every app in one run."""
        apps = [{"name": name, "state": "absent", "purge": True} for name in self.names]
        return deploy(apps, self._folder(), self.host)

    def _folder(self) -> Path:
        folder = self.folder / "runs" / str(next(self._runs))
        folder.mkdir(parents=True)
        return folder

    @contextmanager
    def load(self, *names: str, rate: float = RATE, what: str = "") -> Iterator[dict[str, Load]]:
        """Load on apps, all when none is named, while the block runs."""
        with ExitStack() as stack:
            yield {
                name: stack.enter_context(load(self.host, self.domain(name), rate=rate, what=what))
                for name in names or self.names
            }

    def recovers(self, *names: str) -> None:
        """The same deploy again succeeds, once more changes nothing, and nothing is left behind."""
        good(self.deploy(*names))
        self.rests(*names)

    def rests(self, *names: str) -> None:
        """A deploy changes nothing, the newest versions serve, and nothing is left behind."""
        names = names or self.names
        run = good(self.deploy(*names))
        assert run.changed == {self.host: 0}, run.output
        pages = {name: self._tried(name) for name in names}
        assert pages == {name: self.versions[name] for name in names}, (pages, self.versions)
        left = orphans(self.host, *names)
        assert not left, left


def unharmed(seen: dict[str, Load]) -> None:
    """No request failed on any app."""
    failed = {name: one.failed for name, one in seen.items() if one.failed or not one.requests}
    assert not failed, failed
