# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to a cell's supervisord over its socket. PRIVATE to the collection."""

from __future__ import annotations

import http.client
import socket
import time
import xmlrpc.client
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._process import start_time

UNKNOWN = 10  # BAD_NAME
ALREADY_STARTED = 60
NOT_RUNNING = 70
ALREADY_ADDED = 90
"""Fault codes of Supervisor's XML-RPC API (supervisor.xmlrpc.Faults)."""


SHUTDOWN_SECONDS = 90
POLL = 0.05


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _Transport(xmlrpc.client.Transport):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__()
        self._path = path
        self._timeout = timeout

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        self._open = _Connection(self._path, self._timeout)
        return self._open

    def single_request(self, *args: Any, **kwargs: Any) -> Any:
        """One connection per call: supervisord starts what it was told to before it reads the next one."""
        try:
            return super().single_request(*args, **kwargs)
        finally:
            self._open.close()


class Supervisor:
    """The few calls of Supervisor's API that a rollout needs; names are program names.

    Raises `PyhostError` when the daemon does not answer within ``timeout`` seconds.
    """

    def __init__(self, path: str, timeout: float = 120.0) -> None:
        self._proxy = xmlrpc.client.ServerProxy("http://localhost", transport=_Transport(path, timeout))

    def _call(self, name: str, *args: Any, accept: tuple[int, ...] = ()) -> Any:
        try:
            return getattr(self._proxy.supervisor, name)(*args)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode in accept:
                return None
            raise PyhostError(f"supervisord refused {name}{args}: {fault.faultString}") from fault
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise PyhostError(f"supervisord does not answer: {error}") from error

    def programs(self) -> dict[str, dict[str, Any]]:
        """State of every program: ``state`` (RUNNING, FATAL …), ``pid`` (0 when there is none)."""
        return {
            one["name"]: {"state": one["statename"], "pid": int(one["pid"]), "why": one["spawnerr"]}
            for one in self._call("getAllProcessInfo")
        }

    def ages(self) -> dict[str, int]:
        """Seconds since each program was started for the last time."""
        return {one["name"]: max(0, int(one["now"]) - int(one["start"])) for one in self._call("getAllProcessInfo")}

    def pid(self) -> int:
        """The number of the daemon's own process."""
        return int(self._call("getPID"))

    def reread(self) -> dict[str, list[str]]:
        """Read the files again; the names of programs that are added, changed and removed there."""
        added, changed, removed = self._call("reloadConfig")[0]
        return {"added": added, "changed": changed, "removed": removed}

    def add(self, name: str) -> None:
        self._call("addProcessGroup", name, accept=(ALREADY_ADDED,))

    def remove(self, name: str) -> None:
        self._call("removeProcessGroup", name, accept=(UNKNOWN,))

    def start(self, name: str) -> None:
        """Ask for a start without waiting for it."""
        self._call("startProcess", name, False, accept=(ALREADY_STARTED,))

    def end(self, name: str) -> None:
        """Ask a program to end without waiting for it; Supervisor kills it after its stopwaitsecs."""
        self._call("stopProcessGroup", name, False, accept=(UNKNOWN,))

    def stop(self, name: str) -> None:
        """`end`, and wait until the program has ended.

        A stop that another process asked for before, and did not live to see, is waited for, too.
        """
        self.end(name)
        while any(one["group"] == name and one["statename"] == "STOPPING" for one in self._call("getAllProcessInfo")):
            time.sleep(POLL)

    def signal(self, name: str, number: str) -> None:
        """Send a signal to a program that runs; nothing happens when it does not."""
        self._call("signalProcess", name, number, accept=(NOT_RUNNING, UNKNOWN))

    def wait(self, seconds: float) -> None:
        """Return once the daemon answers; raises `PyhostError` when it does not within ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            try:
                self._call("getState")
                return
            except PyhostError:
                if time.monotonic() > end:
                    raise
            time.sleep(POLL)

    def shutdown(self) -> None:
        """End the daemon and everything it runs; returns once its process is gone.

        It closes its socket last, and from the first moment refuses every call, so no call tells when it has ended.
        """
        pid = self.pid()
        begun = start_time(pid)
        self._call("shutdown")
        end = time.monotonic() + SHUTDOWN_SECONDS
        while start_time(pid) == begun:
            if time.monotonic() > end:
                raise PyhostError(f"supervisord did not end within {SHUTDOWN_SECONDS} s")
            time.sleep(POLL)
