# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resolved app: what ``resolve`` makes and every later stage reads. PRIVATE to the collection.

Models are frozen; between controller and host they travel as plain dictionaries
(`dataclasses.asdict` one way, `App.from_dict` the other).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

SIZES: dict[str, int] = {"small": 2, "medium": 4, "large": 6, "2xlarge": 10}
"""Web workers of a size name (AusNimbus builder, "Application Concurrency")."""

WEBLESS = "none"
"""The ``server`` of an app that has processes and no web."""


def amount(text: str) -> int:
    """Bytes of an amount as systemd writes it ("512M"); 0 for none."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in tuple("KMGT") else (text or "0", "")
    return int(number) << 10 * ("", *"KMGT").index(unit)


@dataclass(frozen=True)
class Source:
    """Where an app's code comes from.

    ``kind`` is ``path`` (directory on the controller), ``git`` (URL, fetched on the host) or
    ``archive`` (tar or zip; a path on the controller or a URL). ``version`` is the git branch, tag or
    commit; ``checksum`` is ``sha256:`` and 64 hexadecimal digits, or empty.
    """

    kind: str
    location: str
    version: str = ""
    checksum: str = ""


@dataclass(frozen=True)
class Location:
    """One nginx rule: requests below ``location`` are answered with files below ``alias``.

    ``alias`` is relative to approot, or starts with one of the cell's own names
    (``/srv/app/``, ``/srv/data/``, ``/srv/static/``). Both end with ``/`` or neither does.
    ``expires`` is an nginx time ("30d") or empty.
    """

    location: str
    alias: str
    expires: str = ""


@dataclass(frozen=True)
class Health:
    """How a new instance proves itself: ``good`` answers to GET ``path`` with an accepted status.

    The answers come from the same processes over at least ``seconds``. ``status`` is a list of codes and
    ranges ("200-399,401"); ``timeout`` is in seconds and covers the whole time from the start of the instance
    to its last good answer. ``command`` runs after that, in the app's environment; its exit status 0 is good.
    """

    path: str = "/"
    status: str = "200-399"
    timeout: int = 30
    good: int = 2
    seconds: int = 4
    command: str = ""


@dataclass(frozen=True)
class Cron:
    """What runs by the clock: ``schedule`` as `_schedule` reads it, ``overlap`` is ``skip``, ``queue`` or ``allow``,
    ``max_age`` the seconds after which a run is ended.
    """

    schedule: str
    command: str
    overlap: str = "skip"
    max_age: int = 86400


@dataclass(frozen=True)
class Logs:
    """The end of each log: ``size`` as people write it ("10M"), ``keep`` older parts, nothing older than ``days``."""

    size: str = "10M"
    keep: int = 5
    days: int = 14

    @property
    def bytes(self) -> int:
        return amount(self.size)


@dataclass(frozen=True)
class Hooks:
    """Commands of an app at points of its life.

    ``release`` runs once per rollout before the new version serves, with its code, virtualenv and environment.
    """

    release: str = ""


@dataclass(frozen=True)
class Process:
    """A further program of the app, ``count`` times; 0 is none.

    ``stop_signal`` asks it to end, and ``stop_wait`` is the seconds that it then has. One that takes more than
    ``memory`` ("256M"; empty means no limit) is ended in the same way and started again. ``command`` may be empty
    as long as the tree has not been read, which may declare it.
    """

    command: str = ""
    count: int = 1
    stop_signal: str = "TERM"
    stop_wait: int = 30
    memory: str = ""


@dataclass(frozen=True)
class Limits:
    """Resource limits of a cell as systemd writes them ("512M", "50%"); empty means none."""

    memory: str = ""
    cpu: str = ""
    tasks: str = ""
    disk: str = ""

    @property
    def kilobytes(self) -> int:
        """The disk space; 0 means no limit."""
        return -(-amount(self.disk) // 1024)


@dataclass(frozen=True)
class Requests:
    """What an app's visitors may ask of it.

    ``body`` is the largest request as nginx writes sizes; ``timeout`` the seconds that the app may be silent:
    before its answer, within a stream, on a websocket. ``rate`` is requests a second and ``connections`` their
    number at the same time, each of one client's address; 0 is no limit.
    """

    body: str = "100m"
    timeout: int = 300
    rate: int = 0
    connections: int = 0


@dataclass(frozen=True)
class Tls:
    """The certificate of an app's domains and what follows from it.

    ``certificate`` and ``key`` are PEM files on the controller; ``acme`` asks an authority for them (RFC 8555), and
    ``self_signed`` makes them. Without any of these the app has no TLS. ``redirect`` leads http to https;
    ``hsts`` is in seconds, 0 is none (RFC 6797).
    """

    certificate: str = ""
    key: str = ""
    self_signed: bool = False
    acme: bool = False
    redirect: bool = True
    hsts: int = 0

    @property
    def wanted(self) -> bool:
        return bool(self.certificate or self.self_signed or self.acme)


@dataclass(frozen=True)
class Front:
    """The host's own Apache before an app of an account: ``web_root`` is a directory that it serves ("" for none),
    ``via`` how it reaches the app (`_webroot.VIAS`).
    """

    web_root: str = ""
    via: str = "fastcgi"


@dataclass(frozen=True)
class App:
    """One entry of ``pyhost_apps`` after resolve: complete, valid, with every default filled in.

    ``workers`` is 0 where the entry says nothing: what the platform says then, or else those of a small app.
    ``given`` are the keys that the entry has, sorted: what it does not say, a platform's own files may say.
    """

    name: str
    source: Source
    platform: str = "native"
    service: str = ""
    approot: str = "."
    python: str = ""
    server: str = ""
    entrypoint: str = ""
    command: str = ""
    port: int = 0
    domains: tuple[str, ...] = ()
    tls: Tls = Tls()
    listen: tuple[str, ...] = ()
    front: Front = Front()
    locations: tuple[Location, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    workers: int = 0
    requirements: tuple[str, ...] | None = None
    constraints: tuple[str, ...] = ()
    installer: str = ""
    pip_index_url: str = ""
    collectstatic: bool = True
    config: dict[str, Any] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    cron: dict[str, Cron] = field(default_factory=dict)
    logs: Logs = Logs()
    services: tuple[str, ...] = ()
    services_of: str = ""
    after: tuple[str, ...] = ()
    health: Health = Health()
    hooks: Hooks = Hooks()
    strategy: str = "beside"
    maintenance: bool = False
    error_pages: dict[str, str] = field(default_factory=dict)
    nginx_alias_check: str = "refuse"
    network: str = "shared"
    limits: Limits = Limits()
    ssh_keys: tuple[str, ...] = ()
    requests: Requests = Requests()
    build_timeout: int = 900
    drain: int = 30
    state: str = "present"
    purge: bool = False
    given: tuple[str, ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> App:
        values = dict(data)
        values["source"] = Source(**values["source"])
        values["locations"] = tuple(Location(**one) for one in values["locations"])
        values["cron"] = {name: Cron(**one) for name, one in values["cron"].items()}
        values["logs"] = Logs(**values["logs"])
        values["health"] = Health(**values["health"])
        values["processes"] = {name: Process(**one) for name, one in values["processes"].items()}
        values["hooks"] = Hooks(**values["hooks"])
        values["limits"] = Limits(**values["limits"])
        values["tls"] = Tls(**values["tls"])
        values["requests"] = Requests(**values["requests"])
        values["front"] = Front(**values["front"])
        for name in ("domains", "after", "listen", "constraints", "ssh_keys", "services", "given"):
            values[name] = tuple(values[name])
        if values["requirements"] is not None:
            values["requirements"] = tuple(values["requirements"])
        return cls(**values)
