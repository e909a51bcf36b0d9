# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates with which services speak to other hosts, made where they serve. PRIVATE to the collection.

Each is its own authority: apps' hosts get the certificate and trust that one alone, so there is no key that could make
another, and none leaves its host.
"""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

BASE = Path("/etc/pyhost/tls")
DAYS = 7300
SECONDS = 60


def have(type_: str, address: str, user: str) -> dict[str, str]:
    """The files ``certificate`` and ``key`` of a type of service for ``address``, readable by ``user``."""
    folder = BASE / type_
    certificate, key = folder / f"{address}.crt", folder / f"{address}.key"
    if not (certificate.exists() and key.exists()):
        _make(folder, address)
    owner = pwd.getpwnam(user)
    os.chown(folder, 0, owner.pw_gid)
    os.chown(key, owner.pw_uid, 0)
    return {"certificate": str(certificate), "key": str(key)}


def certificate(type_: str, address: str) -> str:
    """What other hosts have to trust, PEM; "" before it is made."""
    path = BASE / type_ / f"{address}.crt"
    return path.read_text("ascii") if path.exists() else ""


def _make(folder: Path, address: str) -> None:
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    BASE.parent.chmod(0o755)
    BASE.chmod(0o755)
    stage = folder / f"{_files.STAGE}{os.getpid()}"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        words += ["-days", str(DAYS), "-subj", f"/CN={address}", "-addext", f"subjectAltName=IP:{address}"]
        done = run([*words, "-keyout", str(stage / "key"), "-out", str(stage / "crt")], Deadline(SECONDS))
        if done.status != 0:
            raise PyhostError(f"no certificate for {address} could be made: {done.tail(3)}")
        (stage / "key").chmod(0o600)
        (stage / "crt").chmod(0o644)
        os.replace(stage / "key", folder / f"{address}.key")
        os.replace(stage / "crt", folder / f"{address}.crt")
    finally:
        shutil.rmtree(stage, ignore_errors=True)
