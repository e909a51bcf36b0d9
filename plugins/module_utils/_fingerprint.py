# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a virtualenv: everything it depends on, and why two of them differ. PRIVATE to the collection. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs

_USERINFO = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/@]*@")
_NOT_HASHED = ("installer_version",)


@dataclass(frozen=True)
class Interpreter:
    """A Python that virtualenvs are made with: ``branch`` 3.13, ``path`` as asked for, ``real`` with symlinks
    followed, ``version`` 3.13.5, ``abi`` (SOABI), ``build`` (compiler and date), ``libc`` ("glibc 2.41").
    """

    branch: str
    path: str
    real: str
    version: str
    abi: str
    build: str
    libc: str

    def to_dict(self) -> dict[str, str]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Interpreter:
        """The opposite of ``to_dict``; keys that are not fields are left out."""
        return cls(**{field.name: str(data[field.name]) for field in fields(cls)})


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _requirements(inputs: Inputs) -> str:
    return _digest([inputs.kind, inputs.files, inputs.constraints, inputs.texts, inputs.wheel_names])


def components(
    interpreter: Interpreter, inputs: Inputs, index_url: str, installer: str, installer_version: str,
    extra: tuple[str, ...], release: str,
) -> dict[str, str]:  # fmt: skip
    """Everything a virtualenv depends on, flat, so that two can be compared by a person.

    ``extra`` are the packages that the server needs, ``release`` the digest of the code, which counts only when
    something is installed from the tree. Of the index, user and password are left out: they are no secret's place,
    and a new password needs no new virtualenv. ``installer_version`` is recorded and does not count.
    """
    return {
        "python": interpreter.version,
        "python_path": interpreter.real,
        "abi": interpreter.abi,
        "build": interpreter.build,
        "libc": interpreter.libc,
        "requirements": _requirements(inputs),
        "index": _USERINFO.sub(r"\1", index_url),
        "installer": installer,
        "installer_version": installer_version,
        "packages": " ".join(sorted(extra)),
        "release": release if inputs.local else "",
    }


def fingerprint(components: dict[str, str]) -> str:
    """16 hexadecimal digits that name the virtualenv."""
    return _digest({key: value for key, value in components.items() if key not in _NOT_HASHED})[:16]


def _interpreter_reasons(old: dict[str, str], new: dict[str, str], changed: set[str]) -> list[str]:
    if "python" in changed:
        return [f"Python {old.get('python', '?')} → {new.get('python', '?')}"]
    found = []
    if changed & {"abi", "build"}:
        found.append("interpreter rebuilt (same version)")
    if "python_path" in changed:
        found.append(f"interpreter moved {old.get('python_path', '?')} → {new.get('python_path', '?')}")
    if "libc" in changed:
        found.append(f"C library {old.get('libc', '?')} → {new.get('libc', '?')}")
    return found


_KNOWN = {"python", "python_path", "abi", "build", "libc", "requirements", "index", "installer", "packages", "release"}


def reasons(old: dict[str, str] | None, new: dict[str, str]) -> list[str]:
    """Why the virtualenv of ``old`` components is not the one of ``new``, in words; empty when it is.

    ``["Python 3.11.2 → 3.13.5", "requirements unchanged"]``; ``old`` is None before the first build.
    """
    if old is None:
        return ["first build"]
    keys = (set(old) | set(new)) - set(_NOT_HASHED)
    changed = {key for key in keys if old.get(key, "") != new.get(key, "")}
    found = _interpreter_reasons(old, new, changed)
    if "requirements" in changed:
        found.append("requirements changed")
    elif found:
        found.append("requirements unchanged")
    if "index" in changed:
        found.append("index changed")
    if "installer" in changed:
        found.append(f"installer {old.get('installer', '?')} → {new.get('installer', '?')}")
    if "packages" in changed:
        found.append("server packages changed")
    if "release" in changed and (not found or (old.get("release") and new.get("release"))):
        found.append("code changed (installed from the tree)")
    return found + [f"{key} changed" for key in sorted(changed - _KNOWN)]
