# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import (
    Pair,
    account_key,
    period,
    problems,
    request,
    self_signed,
)
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ONE = self_signed(["a.de", "www.a.de"], NOW)
OTHER = self_signed(["b.de"], NOW)
WILD = self_signed(["*.a.de"], NOW)


def locked(pair):
    key = serialization.load_pem_private_key(pair.key.encode(), None)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return key.private_bytes(*form, serialization.BestAvailableEncryption(b"secret")).decode()


RSA = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)


@pytest.mark.parametrize(
    ("pair", "domains", "later", "found"),
    [
        (ONE, ["a.de", "www.a.de"], 0, []),
        (ONE, ["a.de"], 396, []),
        (ONE, [], 0, []),
        (Pair(ONE.certificate + OTHER.certificate, ONE.key), ["a.de"], 0, []),
        (WILD, ["www.a.de", "shop.a.de"], 0, []),
        (ONE, ["a.de"], 397, [("certificate", "ended on 2027-12-23; give a new one")]),
        (ONE, ["a.de"], -1, [("certificate", "holds from 2026-11-21 11:55 UTC on")]),
        (ONE, ["c.de", "a.de", "d.de"], 0, [("certificate", "does not name c.de, d.de; it names a.de, www.a.de")]),
        (WILD, ["a.de"], 0, [("certificate", "does not name a.de; it names *.a.de")]),
        (WILD, ["x.www.a.de"], 0, [("certificate", "does not name x.www.a.de; it names *.a.de")]),
        (
            Pair(ONE.certificate, OTHER.key),
            ["a.de"],
            0,
            [("key", "is not that of the certificate; give the two that belong together")],
        ),
        (
            Pair(ONE.certificate, RSA.decode()),
            [],
            0,
            [("key", "is not that of the certificate; give the two that belong together")],
        ),
        (
            Pair(OTHER.certificate + ONE.certificate, ONE.key),
            ["b.de"],
            0,
            [("key", "is not that of the certificate; write the app's own certificate first in the file")],
        ),
        (
            Pair(ONE.certificate, locked(ONE)),
            ["a.de"],
            0,
            [("key", "needs a passphrase; nginx starts without one, so encrypt the file with Ansible Vault instead")],
        ),
        (
            Pair("", "x"),
            ["a.de"],
            0,
            [("certificate", "is no PEM file with a certificate"), ("key", "is no PEM file with a private key")],
        ),
        (
            Pair(ONE.key, ONE.certificate),
            ["a.de"],
            0,
            [("certificate", "is no PEM file with a certificate"), ("key", "is no PEM file with a private key")],
        ),
    ],
)
def test_what_is_wrong(pair, domains, later, found):
    assert problems(pair, domains, NOW + timedelta(days=later)) == found


def test_period():
    begin, end = period(ONE)
    assert (NOW - begin, end - NOW) == (timedelta(minutes=5), timedelta(days=397))


def test_what_an_authority_is_asked_with():
    asked = request(["a.de", "b.de"])
    found = x509.load_pem_x509_csr(asked.certificate.encode())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.de", "b.de"]
    assert found.is_signature_valid
    key = serialization.load_pem_private_key(asked.key.encode(), None)
    assert key.public_key() == found.public_key()
    assert request(["a.de"]).key != request(["a.de"]).key != account_key()
    assert serialization.load_pem_private_key(account_key().encode(), None).curve.name == "secp256r1"


def test_what_is_made_can_be_served(tmp_path):
    """With a name longer than a common name may be."""
    long = f"{'a' * 60}.example.com"
    pair = self_signed([long, "b.de"], NOW)
    (tmp_path / "pair").write_text(pair.certificate + pair.key)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "pair")
    assert problems(pair, [long, "b.de"], NOW) == []
    assert self_signed(["b.de"], NOW).key != self_signed(["b.de"], NOW).key
