# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The databases of an app, out and in again, by the app's own logins. Runs in the cell. PRIVATE to the collection.

Dumps are SQL of the servers' own programs. What an app is bound to, its environment tells: ``NAME_TYPE``, ``NAME_HOST``
and so on, for the service NAME. Passwords go to the programs in their environment, which only the app's user can read.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from ansible_collections.pyhost.platform.plugins.module_utils import _redisdata
from ansible_collections.pyhost.platform.plugins.module_utils._dumpers import TYPES
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

CHUNK = 1 << 20
SECONDS = 60
"""How long a question to a server may take; a dump takes as long as it takes."""

REDIS = "redis"
LEVEL = 3
LINES = 20


@dataclass(frozen=True)
class Binding:
    """One database of the app, as its environment tells."""

    service: str
    type: str
    fields: Mapping[str, str]

    @property
    def member(self) -> str:
        """The name of its dump in an archive."""
        return f"database-{self.service}.{'jsonl' if self.type == REDIS else 'sql'}.gz"


def bindings(launch: Mapping[str, Any]) -> list[Binding]:
    """The databases that the app of ``launch`` is bound to, in order of name."""
    environment = launch.get("process", {}).get("environment", {})
    found = []
    for service, kind in sorted(dict(launch.get("services", {})).items()):
        if kind in (*TYPES, REDIS):
            prefix = service.upper().replace("-", "_") + "_"
            fields = {key[len(prefix) :].lower(): text for key, text in environment.items() if key.startswith(prefix)}
            found.append(Binding(service, kind, fields))
    return found


def missing(found: list[Binding]) -> list[str]:
    """Packages that this host needs for the dumps and has not."""
    kinds = {one.type for one in found} - {REDIS}
    return sorted({TYPES[kind].package for kind in kinds if not shutil.which(TYPES[kind].dumper, path=_path())})


def version(one: Binding) -> str:
    """The server's version as it tells it; raises `PyhostError` when it does not answer."""
    if one.type == REDIS:
        return _redisdata.version(one.fields)
    return _ask(one, TYPES[one.type].version).split("-", 1)[0].split(" ", 1)[0]


def dump(one: Binding, out: IO[bytes]) -> int:
    """Write what the database holds, compressed, to ``out``; returns the bytes of that. Raises `PyhostError`."""
    if one.type == REDIS:
        return _redisdata.dump(one.fields, out)
    kind, size = TYPES[one.type], 0
    with tempfile.TemporaryFile() as errors, gzip.GzipFile("", "wb", LEVEL, out, mtime=0) as zipped:
        with _start(one, kind.dump_words(one.fields), errors, stdout=subprocess.PIPE) as process:
            for block in kind.blocks(process.stdout):
                size += len(block)
                zipped.write(block)
        _succeeded(one, kind.dumper, process.returncode, errors)
    return size


def load(one: Binding, source: IO[bytes]) -> None:
    """Replace what is in the database with what is in ``source``, which `dump` wrote. Raises `PyhostError`."""
    if one.type == REDIS:
        return _redisdata.load(one.fields, source)
    kind = TYPES[one.type]
    clearing = kind.clearing(lambda text: _ask(one, text))
    with tempfile.TemporaryFile() as errors:
        with _start(
            one, kind.client_words(one.fields), errors, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as process:
            whole = _hand_over(process, clearing, source, kind.after)
        _succeeded(one, kind.client, process.returncode, errors)
    if not whole:
        raise PyhostError(f"{one.service}: {kind.client} did not take all of the dump")
    return None


def _hand_over(process: subprocess.Popen[bytes], clearing: str, source: IO[bytes], after: str) -> bool:
    """Whether the client took everything. Only the last line commits, and a stream that breaks off has none."""
    stream = process.stdin
    if stream is None:
        return False
    try:
        stream.write(clearing.encode())
        with gzip.GzipFile(fileobj=source, mode="rb") as zipped:
            shutil.copyfileobj(zipped, stream, CHUNK)
        stream.write(after.encode())
        stream.flush()
    except BrokenPipeError:
        return False
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PyhostError(f"the dump is damaged: {error}") from error
    finally:
        with suppress(BrokenPipeError):
            stream.close()
    return True


def _ask(one: Binding, text: str) -> str:
    kind = TYPES[one.type]
    with tempfile.TemporaryFile() as errors:
        with _start(
            one, kind.client_words(one.fields), errors, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            try:
                output, _none = process.communicate(text.encode(), timeout=SECONDS)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise PyhostError(f"{one.service}: the server did not answer within {SECONDS} s") from error
        _succeeded(one, kind.client, process.returncode, errors)
    return output.decode("utf-8", "replace").strip()


def _start(one: Binding, words: list[str], errors: IO[bytes], **streams: Any) -> subprocess.Popen[bytes]:
    program = shutil.which(words[0], path=_path())
    if not program:
        package = TYPES[one.type].package
        raise PyhostError(f"{one.service}: {words[0]} is not on this host; install {package} there")
    environment = {"PATH": _path(), "HOME": os.getcwd(), "LC_ALL": "C.UTF-8", **TYPES[one.type].environment(one.fields)}
    # Ansible's run_command keeps all output in memory, and the agent has no Ansible.
    return subprocess.Popen(  # pylint: disable=ansible-bad-function
        [program, *words[1:]], env=environment, stderr=errors, **{"stdin": subprocess.DEVNULL, **streams}
    )


def _path() -> str:
    return "/usr/local/bin:/usr/bin:/bin"


def _succeeded(one: Binding, program: str, status: int, errors: IO[bytes]) -> None:
    if status:
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - (1 << 14)))
        lines = errors.read().decode("utf-8", "replace").strip().splitlines()[-LINES:]
        raise PyhostError("\n".join([f"{one.service}: {program} failed (exit status {status})", *lines]))
