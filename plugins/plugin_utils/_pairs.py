# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificate an app's server has, and whether the host has to be sent it. PRIVATE to the collection."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _front
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import (
    SELF_SIGNED_DAYS,
    SOON_DAYS,
    Pair,
    self_signed,
)

_MADE = re.compile(r"^# self-signed until (\d{4}-\d\d-\d\d) for (.+)$", re.MULTILINE)


def given(app: dict[str, Any], pair: Pair, there: Collection[str]) -> tuple[_front.Tls, dict[str, str]]:
    """How ``app`` speaks TLS with a pair of the operator's, and the files that are not ``there`` yet, by name."""
    digest = hashlib.sha256(f"{pair.certificate}\0{pair.key}".encode()).hexdigest()[:12]
    tls = _tls(app, f"{app['name']}-{digest}")
    return tls, _missing(tls, pair, there)


def made(app: dict[str, Any], text: str, there: Collection[str], now: datetime) -> tuple[_front.Tls, dict[str, str]]:
    """The same with a pair of our own: that of which ``text``, the app's file in force, tells, while it will do."""
    domains = " ".join(app["domains"])
    found = _MADE.search(text)
    if found and found[2] == domains and found[1] > f"{now + timedelta(days=SOON_DAYS):%Y-%m-%d}":
        tls = _made_tls(app, found[1])
        if _files(tls) <= set(there):
            return tls, {}
    tls = _made_tls(app, f"{now + timedelta(days=SELF_SIGNED_DAYS):%Y-%m-%d}")
    return tls, _missing(tls, self_signed(app["domains"], now), ())


def _made_tls(app: dict[str, Any], until: str) -> _front.Tls:
    """The name tells no key, so that check mode can say it."""
    domains = " ".join(app["domains"])
    digest = hashlib.sha256(f"{until} {domains}".encode()).hexdigest()[:12]
    return _tls(app, f"{app['name']}-self-{digest}", f"self-signed until {until} for {domains}")


def _tls(app: dict[str, Any], stem: str, note: str = "") -> _front.Tls:
    return _front.Tls(stem, app["tls"]["redirect"], app["tls"]["hsts"], note)


def _files(tls: _front.Tls) -> set[str]:
    return {f"{tls.stem}.pem", f"{tls.stem}.key"}


def _missing(tls: _front.Tls, pair: Pair, there: Collection[str]) -> dict[str, str]:
    if _files(tls) <= set(there):
        return {}
    return {f"{tls.stem}.pem": pair.certificate, f"{tls.stem}.key": pair.key}
