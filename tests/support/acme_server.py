# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority for tests (RFC 8555) that runs on a host: its own Python and cryptography are enough.

``python3 acme_server.py FOLDER PORT``: every domain is looked for on loopback. In FOLDER it writes ``root.pem`` and
``orders.log`` (a line per order), and reads before each use ``days`` (how long certificates hold) and ``refused``
(domains for which it gives none).
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import http.server
import json
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

DAYS = 90


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Refusal(Exception):
    """A problem document (RFC 7807, RFC 8555 section 6.7)."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.document = {"type": f"urn:ietf:params:acme:error:{kind}", "detail": detail, "status": status}


class Authority:
    """Accounts, orders and the key that signs."""

    def __init__(self, folder: Path, base: str) -> None:
        self.folder, self.base = folder, base
        self.nonces: set[str] = set()
        self.accounts: dict[str, dict[str, Any]] = {}
        self.orders: list[dict[str, Any]] = []
        self.authorizations: list[dict[str, Any]] = []
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of tests")])
        self.root = self._signed(self.name, self.key.public_key(), 3650, [], True)
        (folder / "root.pem").write_bytes(self.root)

    def nonce(self) -> str:
        self.nonces.add(fresh := secrets.token_urlsafe(16))
        return fresh

    def directory(self) -> dict[str, Any]:
        names = ("newNonce", "newAccount", "newOrder", "revokeCert", "keyChange")
        return {**{name: f"{self.base}/{name}" for name in names}, "meta": {"termsOfService": f"{self.base}/terms"}}

    def opened(self, body: bytes, url: str) -> tuple[str, dict[str, Any], Any]:
        """Account, its public key and what it says; raises `Refusal` when it is not signed as it has to be."""
        message = json.loads(body)
        head = json.loads(decoded(message["protected"]))
        if head["nonce"] not in self.nonces:
            raise Refusal(400, "badNonce", "this nonce was not given, or was used")
        self.nonces.remove(head["nonce"])
        if head["url"] != url:
            raise Refusal(400, "malformed", f"signed for {head['url']}, sent to {url}")
        account = head.get("kid", "")
        jwk = head["jwk"] if "jwk" in head else self.accounts[account]["jwk"]
        if head["alg"] != "ES256":
            raise Refusal(400, "badSignatureAlgorithm", "only ES256 here")
        x, y = (int.from_bytes(decoded(jwk[name]), "big") for name in "xy")
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        raw = decoded(message["signature"])
        r, s = (int.from_bytes(part, "big") for part in (raw[:32], raw[32:]))
        signed = f"{message['protected']}.{message['payload']}".encode()
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        payload = decoded(message["payload"])
        return account, jwk, json.loads(payload) if payload else None

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Status, headers and document (or PEM bytes) for one signed request."""
        account, jwk, said = self.opened(body, self.base + path)
        what, _slash, number = path.strip("/").partition("/")
        if what == "newAccount":
            return self._account(jwk, said)
        if account not in self.accounts:
            raise Refusal(400, "accountDoesNotExist", "open an account first")
        if what == "account":
            return 200, {}, {"status": "valid", **self.accounts[account]["said"]}
        if what == "newOrder":
            return self._order(said)
        if what == "order":
            return 200, {"Location": self.base + path}, self.orders[int(number)]["shown"]
        if what == "authorization":
            return 200, {}, self.authorizations[int(number)]
        if what == "challenge":
            return 200, {}, self._challenged(self.authorizations[int(number)], self.accounts[account]["thumb"])
        if what == "finalize":
            return 200, {"Location": f"{self.base}/order/{number}"}, self._finalized(int(number), said["csr"])
        if what == "certificate":
            return 200, {"Content-Type": "application/pem-certificate-chain"}, self.orders[int(number)]["chain"]
        raise Refusal(404, "malformed", f"nothing at {path}")

    def _account(self, jwk: dict[str, str], said: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        text = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"), sort_keys=True)
        thumb = encoded(hashlib.sha256(text.encode()).digest())
        url = f"{self.base}/account/{thumb}"
        known = url in self.accounts
        if not known and said.get("onlyReturnExisting"):
            raise Refusal(400, "accountDoesNotExist", "no account has this key")
        if not known and not said.get("termsOfServiceAgreed"):
            raise Refusal(403, "userActionRequired", "the terms have to be agreed to")
        contact = {name: said[name] for name in ("contact",) if name in said}
        self.accounts.setdefault(url, {"jwk": jwk, "thumb": thumb, "said": contact})
        return 200 if known else 201, {"Location": url}, {"status": "valid", **self.accounts[url]["said"]}

    def _order(self, said: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        names = [one["value"] for one in said["identifiers"]]
        with (self.folder / "orders.log").open("a") as log:
            log.write(" ".join(names) + "\n")
        refused = self._setting("refused").split()
        if wrong := [name for name in names if name in refused]:
            raise Refusal(403, "rejectedIdentifier", f"no certificate for {' '.join(wrong)} here")
        urls = []
        for identifier in said["identifiers"]:
            number = len(self.authorizations)
            challenge = {
                "type": "http-01",
                "url": f"{self.base}/challenge/{number}",
                "token": secrets.token_urlsafe(24),
                "status": "pending",
            }
            self.authorizations.append({"identifier": identifier, "status": "pending", "challenges": [challenge]})
            urls.append(f"{self.base}/authorization/{number}")
        number = len(self.orders)
        shown = {
            "status": "pending",
            "identifiers": said["identifiers"],
            "authorizations": urls,
            "finalize": f"{self.base}/finalize/{number}",
        }
        self.orders.append({"shown": shown, "chain": b""})
        return 201, {"Location": f"{self.base}/order/{number}"}, shown

    def _challenged(self, authorization: dict[str, Any], thumb: str) -> dict[str, Any]:
        """Ask the domain for the answer, as it is found on loopback."""
        [challenge] = authorization["challenges"]
        domain, path = authorization["identifier"]["value"], f"/.well-known/acme-challenge/{challenge['token']}"
        connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": domain})
            answer = connection.getresponse()
            got = f"{answer.status} {answer.read().decode('utf-8', 'replace').strip()}"
        except (OSError, http.client.HTTPException) as error:
            got = repr(error)
        finally:
            connection.close()
        good = got == f"200 {challenge['token']}.{thumb}"
        challenge["status"] = authorization["status"] = "valid" if good else "invalid"
        if not good:
            challenge["error"] = Refusal(403, "unauthorized", f"http://{domain}{path} answered {got[:200]}").document
        for order in self.orders:
            states = {
                self.authorizations[int(url.rpartition("/")[2])]["status"] for url in order["shown"]["authorizations"]
            }
            if order["shown"]["status"] == "pending" and states == {"valid"}:
                order["shown"]["status"] = "ready"
        return dict(challenge)

    def _finalized(self, number: int, text: str) -> dict[str, Any]:
        order = self.orders[number]
        shown: dict[str, Any] = order["shown"]
        if shown["status"] != "ready":
            raise Refusal(403, "orderNotReady", f"the order is {shown['status']}")
        request = x509.load_der_x509_csr(decoded(text))
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        asked = sorted(names.get_values_for_type(x509.DNSName))
        if asked != sorted(one["value"] for one in shown["identifiers"]) or not request.is_signature_valid:
            raise Refusal(403, "badCSR", f"the request is for {asked}")
        days = int(self._setting("days") or DAYS)
        leaf = self._signed(x509.Name([]), request.public_key(), days, asked, False)
        order["chain"] = leaf + self.root
        shown.update(status="valid", certificate=f"{self.base}/certificate/{number}")
        return shown

    def _signed(self, subject: x509.Name, public: Any, days: int, names: list[str], authority: bool) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            # What strict clients want (RFC 5280, 4.2.1): Python 3.13 and newer are.
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(_usage(authority), critical=True)
        )
        if names:
            domains = [x509.DNSName(name) for name in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(domains), critical=True)
        signed = builder.sign(self.key, hashes.SHA256())
        return bytes(signed.public_bytes(serialization.Encoding.PEM))

    def _setting(self, name: str) -> str:
        path = self.folder / name
        return path.read_text().strip() if path.exists() else ""


def _usage(authority: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    others = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    used = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
    return x509.KeyUsage(**{name: name in used for name in (*names, *others)})


class Handler(http.server.BaseHTTPRequestHandler):
    """One request; every answer carries the next nonce."""

    protocol_version = "HTTP/1.1"
    authority: Authority

    def do_GET(self) -> None:
        if self.path == "/directory":
            self._send(200, {}, self.authority.directory())
        else:
            self._send(204 if self.path == "/newNonce" else 404, {}, b"")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            self._send(*self.authority.answer(self.path, body))
        except Refusal as error:
            self._send(error.status, {"Content-Type": "application/problem+json"}, error.document)

    def _send(self, status: int, headers: dict[str, str], what: Any) -> None:
        data = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.send_response(status)
        shown = {
            "Content-Type": "application/json",
            "Replay-Nonce": self.authority.nonce(),
            "Cache-Control": "no-store",
        }
        for name, value in {**shown, **headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    Handler.authority = Authority(folder, f"http://127.0.0.1:{port}")
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
