# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of apps on the controller: what is wrong with one, one that is made, one asked for. PRIVATE.

cryptography does the work; ansible-core itself needs it, for Vault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
except ImportError:  # Never where Ansible runs.
    pass

SELF_SIGNED_DAYS = 397
"""Days that a certificate of our own holds; browsers take none that holds longer."""

SOON_DAYS = 30
"""Days before its end from which a certificate is worth a warning, and one of our own is made anew."""

COMMON_NAME_LENGTH = 64
"""Characters of a common name (X.520); the names that count are in the extension."""


@dataclass(frozen=True)
class Pair:
    """A certificate with its chain and its private key, both PEM."""

    certificate: str
    key: str


def problems(pair: Pair, domains: Sequence[str], now: datetime) -> list[tuple[str, str]]:
    """What is wrong with ``pair`` for ``domains`` at ``now``: pairs of ``certificate`` or ``key`` and a sentence."""
    found: list[tuple[str, str]] = []
    chain: list[x509.Certificate] = []
    key = None
    try:
        chain = x509.load_pem_x509_certificates(pair.certificate.encode())
    except ValueError:
        found.append(("certificate", "is no PEM file with a certificate"))
    try:
        key = serialization.load_pem_private_key(pair.key.encode(), None)
    except TypeError:
        found.append(
            ("key", "needs a passphrase; nginx starts without one, so encrypt the file with Ansible Vault instead")
        )
    except ValueError:
        found.append(("key", "is no PEM file with a private key"))
    if not chain:
        return found
    if key and _public(key.public_key()) != _public(chain[0].public_key()):
        others = [place for place, one in enumerate(chain) if _public(one.public_key()) == _public(key.public_key())]
        fix = "write the app's own certificate first in the file" if others else "give the two that belong together"
        found.append(("key", f"is not that of the certificate; {fix}"))
    begin, end = _period(chain[0])
    if now >= end:
        found.append(("certificate", f"ended on {end:%Y-%m-%d}; give a new one"))
    if now < begin:
        found.append(("certificate", f"holds from {begin:%Y-%m-%d %H:%M} UTC on"))
    names = _names(chain[0])
    missing = [domain for domain in domains if not any(_covers(name, domain) for name in names)]
    if missing:
        has = ", ".join(names) or "no name at all"
        found.append(("certificate", f"does not name {', '.join(missing)}; it names {has}"))
    return found


def period(pair: Pair) -> tuple[datetime, datetime]:
    """When the certificate begins and ends to hold."""
    return _period(x509.load_pem_x509_certificate(pair.certificate.encode()))


def self_signed(domains: Sequence[str], now: datetime) -> Pair:
    """A pair for ``domains`` that nobody vouches for; browsers warn about it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domains[0][:COMMON_NAME_LENGTH])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))  # The clock of the host may be late.
        .not_valid_after(now + timedelta(days=SELF_SIGNED_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain) for domain in domains]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate.public_bytes(serialization.Encoding.PEM).decode(), _private(key))


def request(domains: Sequence[str]) -> Pair:
    """What a certificate authority is asked with, in the place of the certificate, and the key that it is about."""
    key = ec.generate_private_key(ec.SECP256R1())
    asked = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain) for domain in domains]), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Pair(asked.public_bytes(serialization.Encoding.PEM).decode(), _private(key))


def account_key() -> str:
    """A private key, PEM, with which an account at a certificate authority can be opened."""
    return _private(ec.generate_private_key(ec.SECP256R1()))


def _private(key: ec.EllipticCurvePrivateKey) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def _public(key: object) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return bytes(key.public_bytes(serialization.Encoding.DER, form))  # type: ignore[attr-defined]


def _period(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    """Begin and end; versions of cryptography before 42 tell them without a time zone."""
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    times = (certificate.not_valid_before, certificate.not_valid_after)
    begin, end = (time.replace(tzinfo=timezone.utc) for time in times)
    return begin, end


def _names(certificate: x509.Certificate) -> list[str]:
    """The host names; the common name counts no more (RFC 9525 section 2)."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [name.lower() for name in extension.value.get_values_for_type(x509.DNSName)]


def _covers(name: str, domain: str) -> bool:
    """Whether a name, perhaps with ``*`` as its first label, is that of ``domain`` (RFC 9525 section 6.3)."""
    if name.startswith("*."):
        return domain.partition(".")[2] == name[2:]
    return name == domain
