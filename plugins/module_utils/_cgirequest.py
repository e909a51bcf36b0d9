# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request by SCGI, and what runs for it: RFC 3875. PRIVATE to the collection."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Union

from ansible_collections.pyhost.platform.plugins.module_utils import _cgiscripts
from ansible_collections.pyhost.platform.plugins.module_utils._ownpython import CGI

PROXY = "HTTP_PROXY"
"""The header Proxy by its name in CGI, which programs take for their own setting (httpoxy): never set."""

PIECE = 1 << 16
MOST_DIGITS = 9
"""Digits of the length of a header."""


@dataclass(frozen=True)
class Request:
    """``variables`` as nginx says them, ``path`` for the log, ``body`` at its beginning; None without one."""

    variables: dict[str, str]
    path: str
    body: IO[bytes] | None


@dataclass(frozen=True)
class Program:
    """What runs: ``words``, in the directory ``cwd``, with ``environment``."""

    words: tuple[str, ...]
    cwd: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Refusal:
    """The status instead, and the reason for the log, "" for none."""

    status: int
    reason: str = ""


Found = Union[Program, Refusal]


class Nothing(Exception):
    """A connection without a request, from somebody who only wanted to know whether anybody listens."""


@contextmanager
def read(connection: socket.socket) -> Iterator[Request]:
    """The request; its body is in a file without a name, so that the program reads it to its end and no further.

    Raises `Nothing` where there is none, `ValueError` for what is no SCGI, `OSError` when the other side goes away.
    """
    with connection.makefile("rb") as stream:
        digits = b""
        while not digits.endswith(b":"):
            sign = stream.read(1)
            if not sign and not digits:
                raise Nothing
            if not (sign.isdigit() or (sign == b":" and digits)) or len(digits) > MOST_DIGITS:
                raise ValueError("it is no SCGI")
            digits += sign
        header = stream.read(int(digits[:-1]))
        if stream.read(1) != b"," or not header.endswith(b"\0"):
            raise ValueError("its header ends too early")
        parts = [os.fsdecode(part) for part in header[:-1].split(b"\0")]
        variables = dict(zip(parts[::2], parts[1::2]))
        path = variables.get("REQUEST_URI", "").partition("?")[0]
        length = int(variables.get("CONTENT_LENGTH") or 0)
        if not length:
            yield Request(variables, path, None)
            return
        with tempfile.TemporaryFile() as body:
            while length:
                data = stream.read(min(length, PIECE))
                if not data:
                    raise ValueError("its body ends too early")
                body.write(data)
                length -= len(data)
            body.seek(0)
            yield Request(variables, path, body)


@dataclass(frozen=True)
class Site:
    """What there is to run: scripts below ``root``, or with ``wsgi`` a Python and its callable.

    ``endings`` are those of scripts outside of ``cgi-bin``, ``environment`` is that of the app.
    """

    root: str
    endings: tuple[str, ...]
    wsgi: tuple[str, ...]
    environment: Mapping[str, str]

    def find(self, variables: Mapping[str, str]) -> Found:
        """What runs for a request."""
        path = variables.get("PATH_INFO", "")
        if self.wsgi:
            python, target = self.wsgi
            return Program((python, "-c", CGI, target), self.root, self._told(variables, "", path))
        name, info = _cgiscripts.script(path, self.endings, self._is_file, self._is_directory)
        if not name:
            return Refusal(404)
        file = f"{self.root}/{name}"
        if not os.path.realpath(file).startswith(f"{os.path.realpath(self.root)}/"):
            return Refusal(404, f"{name} leads out of the code of the app")
        if not os.access(file, os.X_OK):
            return Refusal(500, f"{name} is not executable; chmod 755 it where the code comes from, and deploy")
        told = {**self._told(variables, f"/{name}", info), "SCRIPT_FILENAME": file}
        return Program((file,), os.path.dirname(file), told)

    def _is_file(self, name: str) -> bool:
        return os.path.isfile(f"{self.root}/{name}")

    def _is_directory(self, name: str) -> bool:
        return os.path.isdir(f"{self.root}/{name}")

    def _told(self, variables: Mapping[str, str], script: str, info: str) -> dict[str, str]:
        """The environment: the app's own, without what would be taken for a header, and the meta-variables."""
        told = {name: value for name, value in self.environment.items() if not name.startswith("HTTP_")}
        told.update((name, value) for name, value in variables.items() if name not in ("SCGI", PROXY))
        told.update(SCRIPT_NAME=script, PATH_INFO=info, DOCUMENT_ROOT=self.root)
        told.setdefault("GATEWAY_INTERFACE", "CGI/1.1")
        if info and script:
            told["PATH_TRANSLATED"] = self.root + info
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if variables.get(name, "") in ("", "0"):
                told.pop(name, None)
        return told
