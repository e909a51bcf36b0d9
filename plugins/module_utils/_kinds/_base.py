# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a type of service is on its host. Everything here runs there, as root. PRIVATE to the collection.

A binding is a row of the record: ``app``, ``service``, ``name`` (of its data), ``apps`` (that use it, each with the
inventory names of the hosts that have it), ``logins`` (login to what the server keeps of its password), ``port``,
``remote`` (whether an app of another host uses it), ``user`` (of the cell of ``app``, "" where it has none here) and
``memory`` in megabytes.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

SECONDS = 120
"""How long one client, or one start of a server, may take."""

Row = Mapping[str, Any]


class Kind:
    """One type of service; what raises, raises `PyhostError` with a text for the operator."""

    program = ""
    "What is there when the distribution's packages are installed."
    port = 0
    tls_port = 0
    "Where it listens with TLS, if that is another port than its own."

    def installed(self) -> bool:
        return Path(self.program).exists()

    def look(self, rows: Sequence[Row]) -> dict[str, Any]:
        """What is really there: ``running``, ``data`` (names) and ``logins`` (login to verifier), of ``rows`` alone."""
        raise NotImplementedError

    def serve(self, address: str) -> bool:
        """Have the server run, on loopback and its socket, and with TLS on ``address`` if given; if it changed."""
        raise NotImplementedError

    def bind(self, rows: Sequence[Row]) -> None:
        """Make data and logins of ``rows`` exist; what is there already is left or put right."""
        raise NotImplementedError

    def forbid(self, row: Row, logins: Sequence[str]) -> None:
        """Remove ``logins``, and end what they still do."""
        raise NotImplementedError

    def purge(self, row: Row) -> None:
        """Remove the data of a binding that nobody can use any more."""
        raise NotImplementedError

    def places(self, row: Row) -> dict[str, Any]:
        """Where apps of this host reach the binding: ``port`` on loopback and ``socket`` ("" for none)."""
        raise NotImplementedError


def ask(words: Sequence[str], text: str = "", user: str = "") -> str:
    """What a client answers to ``text`` on its standard input; secrets may be in ``text`` and never in ``words``."""
    command = ["runuser", "-u", user, "--", *words] if user else list(words)
    try:
        # Ansible's run_command is of modules, and this runs without Ansible, too.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command,
            input=text.encode(),
            capture_output=True,
            cwd="/",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PyhostError(f"{words[0]} did not end within {SECONDS} s") from error
    except OSError as error:
        raise PyhostError(f"{words[0]} cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        raise PyhostError(f"{words[0]}: {' '.join(said[-3:]) or f'exit status {done.returncode}'}")
    return done.stdout.decode("utf-8", "replace")


def systemctl(*words: str) -> None:
    """Raises `PyhostError` with what the unit, the last of ``words``, said last."""
    try:
        ask(["systemctl", "--quiet", *words])
    except PyhostError as error:
        said = ask(["journalctl", f"--unit={words[-1]}", "--lines=3", "--output=cat", "--quiet", "--no-pager"]).strip()
        raise PyhostError(f"systemctl {' '.join(words)} failed: {said or error}") from error


def active(*units: str) -> bool:
    """Whether all of these units run."""
    return all(running(units).values())


def running(units: Sequence[str]) -> dict[str, bool]:
    """Which of these units run."""
    if not units:
        return {}
    said = ask(["sh", "-c", 'systemctl is-active "$@" || true', "sh", *units]).split()
    return {unit: word == "active" for unit, word in zip(units, said)}


def end(unit: Path) -> None:
    """Stop a unit for good and remove its file; one that is gone already is left."""
    if unit.exists():
        systemctl("disable", "--now", unit.name)
        unit.unlink()
        systemctl("daemon-reload")


def put(path: Path, text: str, mode: int = 0o644) -> bool:
    """Have ``text`` in a file of root's; whether that changed it."""
    try:
        if path.read_text("utf-8", "replace") == text:
            return False
    except OSError:
        pass
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _files.write(path, text, mode=mode)
    return True


def wait_for(port: int, seconds: float = SECONDS) -> None:
    """Wait until something listens on this port of loopback; raises `PyhostError` when nothing does."""
    end = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return
        except OSError as error:
            if time.monotonic() > end:
                raise PyhostError(f"nothing listens on 127.0.0.1:{port}: {error.strerror}") from error
        time.sleep(0.1)


def listens(port: int) -> bool:
    try:
        wait_for(port, 0)
    except PyhostError:
        return False
    return True
