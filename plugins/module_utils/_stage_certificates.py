# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage certificates on the host: files that a certificate authority asks for and gives. PRIVATE to the collection."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._front import ACME

ANSWERS = Path(ACME) / "challenges"
ACCOUNT = Path(ACME) / "account.key"
KEPT_SECONDS = 3600
"""How long answers are kept that a killed run has left; another run may wait for its own."""

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""What an authority may name a challenge (RFC 8555 section 8.1)."""


def certificates(job: dict[str, Any]) -> dict[str, Any]:
    """One step of ``job``: ``account_key`` for a host without an account, ``answers`` to challenges, or ``fetch``.

    ``fetch`` returns the text of an issued certificate and takes it and the answers ``gone`` away. Raises `PyhostError`
    when the authority names a challenge as none may be named.
    """
    if "account_key" in job:
        _have_account(job["account_key"])
    for name, text in job.get("answers", {}).items():
        if not TOKEN.fullmatch(name):
            raise PyhostError(f"the certificate authority names a challenge {name!r}")
        _files.write(ANSWERS / name, text, mode=0o644)
    for name in job.get("gone", ()):
        if TOKEN.fullmatch(name):
            (ANSWERS / name).unlink(missing_ok=True)
    text = ""
    if "fetch" in job and Path(job["fetch"]).exists():
        text = Path(job["fetch"]).read_text("utf-8", "replace")
        Path(job["fetch"]).unlink()
    return {"changed": True, "text": text}


def _have_account(key: str) -> None:
    """nginx, whoever it runs as, has a way to the answers alone; what a killed run left goes."""
    for path, mode in ((Path(ACME).parent, 0o755), (Path(ACME), 0o711), (ANSWERS, 0o755)):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
    for path in ANSWERS.iterdir():
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            path.unlink(missing_ok=True)
    if not ACCOUNT.exists():
        _files.write(ACCOUNT, key, mode=0o600)
