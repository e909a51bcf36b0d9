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
    period,
    self_signed,
)

_DAY = r"(\d{4}-\d\d-\d\d)"
_MADE = re.compile(rf"^# self-signed until {_DAY} for (.+)$", re.MULTILINE)
_ISSUED = re.compile(rf"^# issued until {_DAY}, renewed from {_DAY}, for (.+) by (\S+)$", re.MULTILINE)
_NOTE = re.compile(rf"^# ((?:self-signed|issued) until {_DAY}.*)$", re.MULTILINE)
_STEM = re.compile(rf"^    ssl_certificate {_front.TLS_DIRECTORY}/(\S+)\.pem;$", re.MULTILINE)

RENEWED = 1 / 3
"""The part of a certificate's time that is left when it is asked for anew."""


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


def issued(
    app: dict[str, Any], pair: Pair, directory: str, there: Collection[str]
) -> tuple[_front.Tls, dict[str, str]]:
    """The same with what the certificate authority of ``directory`` has just issued."""
    begin, end = period(pair)
    renewed = end - (end - begin) * RENEWED
    days = f"{end:%Y-%m-%d}, renewed from {renewed:%Y-%m-%d}"
    note = f"issued until {days}, for {' '.join(app['domains'])} by {directory}"
    digest = hashlib.sha256(pair.certificate.encode()).hexdigest()[:12]
    tls = _tls(app, f"{app['name']}-acme-{digest}", note)
    return tls, _missing(tls, pair, there)


def in_force(app: dict[str, Any], text: str, there: Collection[str]) -> _front.Tls | None:
    """How ``app`` speaks TLS with what it has, whoever it is from; ``text`` is its file in force."""
    stem, note = _STEM.search(text), _NOTE.search(text)
    tls = _tls(app, stem[1], note[1] if note else "") if stem else None
    return tls if tls and _files(tls) <= set(there) else None


def due(app: dict[str, Any], text: str, there: Collection[str], directory: str, now: datetime) -> str:
    """Why ``directory`` has to be asked for a certificate; "" while the one in force will do."""
    found = _ISSUED.search(text)
    if not found or not in_force(app, text, there):
        return "no certificate of an authority yet"
    until, renewed, domains, authority = found.groups()
    if authority != directory:
        return f"that in force is by {authority}"
    if domains != " ".join(app["domains"]):
        return f"that in force is for {domains}"
    return f"that in force ends on {until}" if renewed <= f"{now:%Y-%m-%d}" else ""


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
