# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared wheels on the host: what several apps pin is fetched and built once. PRIVATE to the collection.

Root reads bytes from units that run as nobody, counts them and gives them a name. It runs nothing of a package, and
what it writes is in a directory of its own. Nothing here fails a build: what is not shared, each app gets for itself.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, BinaryIO, cast

from ansible_collections.pyhost.platform.plugins.module_utils import _space, _wheelpage, _wheels
from ansible_collections.pyhost.platform.plugins.module_utils._cell import TOOLS
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._unit import NOBODYS
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin
from ansible_collections.pyhost.platform.plugins.module_utils._wheelstore import Store, copy

FETCH_SECONDS = 60
SECONDS = 300
"""How long all of one run may take to fetch, and to fetch and build; who waits for a package waits no longer."""

LARGEST = 512 << 20
ALL = 1 << 30
"""Bytes of one file, and of all that one run fetches."""

FREE = 1 << 30
"""Bytes that stay free on the disk of the store."""

LINE = 1 << 20
SAID = 200

Take = Callable[[dict[str, Any], BinaryIO], None]


class Sharing:
    """What the virtualenvs of one run share; `offers` waits for what its plan asks for, and for nothing else."""

    def __init__(self, plans: Iterable[dict[str, Any]], jobs: int, store: Store) -> None:
        plans = list(plans)
        self.store = store
        self.notes: list[str] = []
        self.got = 0
        self.size = 0
        self.deadline = Deadline(SECONDS)
        self.fetches: dict[str, Future[dict[Pin, Future[None]]]] = {}
        self.pool = ThreadPoolExecutor(max(2, jobs))
        for place, pins in _wheels.wanted(plans).items():
            missing = [pin for pin in pins if not store.knows(place, pin)]
            if missing and self._room():
                order = next(plan["virtualenv"] for plan in plans if _wheels.place(plan["virtualenv"]) == place)
                self.fetches[place] = self.pool.submit(self._fetch, place, missing, order)

    def offers(self, plan: dict[str, Any]) -> list[dict[str, str]]:
        """The wheels of the store that the virtualenv of ``plan`` may take."""
        order = plan["virtualenv"]
        place = _wheels.place(order)
        if not place:
            return []
        pins = _wheels.pins(order, plan["approot"])
        if place in self.fetches:
            wait([self.fetches[place]], timeout=max(0.0, self.deadline.left()))
            builds = self.fetches[place].result() if self.fetches[place].done() else {}
            wait([builds[pin] for pin in pins if pin in builds], timeout=max(0.0, self.deadline.left()))
        return self.store.offers(place, pins, order["hashes"])

    def end(self) -> dict[str, Any]:
        """Nothing is under way any more: how many wheels were ``fetched``, and ``notes`` on those that were not."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        if self.fetches:
            self.store.prune()
        return {"fetched": self.got, "notes": sorted(self.notes)}

    def _room(self) -> bool:
        if _space.free(self.store.root).size > FREE:
            return True
        self.notes.append(f"nothing is fetched for all, because {self.store.root} has less than {FREE >> 30} GB free")
        return False

    def _fetch(self, place: str, pins: list[Pin], order: dict[str, Any]) -> dict[Pin, Future[None]]:
        sources: dict[Pin, tuple[str, Path]] = {}
        job = {
            "index": order["index_url"] or _wheels.USUAL,
            "python": order["python"],
            "environment": order["environment"],
        }

        def take(row: dict[str, Any], stream: BinaryIO) -> None:
            pin = Pin(*row.get("pin", ("", "")))
            name = str(row.get("file", ""))
            wheel = _wheelpage.is_wheel_of(name, pin, _wheelpage.tags_of(name))
            if pin not in pins or not (wheel or _wheelpage.is_sdist_of(name, pin)):
                raise PyhostError(f"{name!r} was sent, which nobody asked for")
            path = self._received(row, stream)
            if wheel:
                self._adopt(place, pin, path, row)
            else:
                sources[pin] = (name, path)

        try:
            asked = {**job, "pins": pins, "largest": LARGEST, "seconds": FETCH_SECONDS}
            answer = talk("fetch", asked, None, FETCH_SECONDS, take)
            if not answer["ok"]:
                raise PyhostError(str(answer.get("error")))
        except (PyhostError, OSError, ValueError, TypeError) as error:
            self.notes.append(f"not all was fetched: {str(error)[:SAID]}")
            answer = {"tags": []}
        for pin in pins:
            if str(pin) in answer.get("refused", {}):
                self._refuse(place, pin, str(answer["refused"][str(pin)]))
        failed = answer.get("failed", {})
        if failed:
            self.notes.append(f"{len(failed)} not fetched, such as {next(iter(failed))}: {next(iter(failed.values()))}")
        tags = [str(tag) for tag in answer["tags"]]
        return {pin: self.pool.submit(self._build, place, pin, job, tags, *of) for pin, of in sources.items()}

    def _build(self, place: str, pin: Pin, job: dict[str, Any], tags: list[str], name: str, source: Path) -> None:
        made: list[tuple[dict[str, Any], Path]] = []
        seconds = int(self.deadline.left())

        def take(row: dict[str, Any], stream: BinaryIO) -> None:
            if made or not _wheelpage.is_wheel_of(str(row.get("file", "")), pin, tags):
                raise PyhostError(f"its build made {str(row.get('file', ''))[:80]!r}")
            made.append((row, self._received(row, stream)))

        try:
            if seconds < 1:
                return
            _good(talk("wheel", {**job, "file": name, "seconds": seconds}, source, seconds, take))
            if not made:
                raise PyhostError("its build made no wheel")
            row, path = made[0]
            _good(talk("check", {"pin": pin}, path, FETCH_SECONDS, _nothing))
            self._adopt(place, pin, path, row)
        except (PyhostError, OSError, ValueError, TypeError, RecursionError) as error:
            self._refuse(place, pin, str(error))
        finally:
            for left in (source, *(path for _row, path in made)):
                left.unlink(missing_ok=True)

    def _received(self, row: Mapping[str, Any], stream: BinaryIO) -> Path:
        size = row.get("size")
        if not isinstance(size, int) or not 0 < size <= LARGEST or self.size + size > ALL:
            raise PyhostError(f"{row.get('file')} has {size} bytes, which is too much")
        self.size += size
        path = self.store.stage()
        try:
            if copy(stream, path, size) != row.get("sha256"):
                raise PyhostError(f"{row['file']} is not what was sent")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _adopt(self, place: str, pin: Pin, path: Path, row: Mapping[str, Any]) -> None:
        self.store.adopt(place, pin, path, row)
        self.got += 1

    def _refuse(self, place: str, pin: Pin, why: str) -> None:
        self.store.refuse(place, pin, why[:SAID])
        self.notes.append(f"{pin} is not shared: {why[:SAID]}")


def _good(answer: dict[str, Any]) -> None:
    if not answer["ok"]:
        raise PyhostError(str(answer.get("error")))


def _nothing(row: dict[str, Any], stream: BinaryIO) -> None:
    raise PyhostError("it sent something")


def talk(verb: str, job: dict[str, Any], attachment: Path | None, seconds: float, take: Take) -> dict[str, Any]:
    """The answer of the agent to ``verb``, run as nobody; ``take`` gets each file that it sends before."""
    properties = [*NOBODYS, f"RuntimeMaxSec={seconds:.0f}"]
    words = ["systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--service-type=exec"]
    words += [f"--unit=pyhostwheels-{verb}-{uuid.uuid4().hex[:8]}", *(f"--property={line}" for line in properties)]
    # Ansible's run_command cannot read what comes while it comes.
    with subprocess.Popen(  # pylint: disable=ansible-bad-function
        [*words, "--", f"{TOOLS}/bin/pyhost-agent", verb],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    ) as process:
        timer = threading.Timer(seconds + 5, process.kill)
        timer.start()
        try:
            _tell(process, job, attachment)
            return _listen(cast(BinaryIO, process.stdout), take)
        finally:
            timer.cancel()
            process.kill()


def _tell(process: subprocess.Popen[bytes], job: dict[str, Any], attachment: Path | None) -> None:
    with cast(BinaryIO, process.stdin) as out:
        out.write(json.dumps(job).encode() + b"\n")
        if attachment:
            with attachment.open("rb") as stream:
                shutil.copyfileobj(stream, out)


def _listen(stream: BinaryIO, take: Take) -> dict[str, Any]:
    while True:
        line = stream.readline(LINE)
        if not line.endswith(b"\n"):
            raise PyhostError("it did not end in time, or was ended")
        row = json.loads(line)
        if not isinstance(row, dict):
            raise PyhostError("it sent something else")
        if "ok" in row:
            return row
        take(row, stream)
