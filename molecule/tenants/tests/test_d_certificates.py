# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of every kind, asked for over TLS as a browser does; the authority runs on the host's loopback."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from molecule.tenants.tests.conftest import HOST
from tests.support import acme_server
from tests.support.certificates import Pair, pair
from tests.support.deploy import EXAMPLES, Run, deploy, good, playbook
from tests.support.load import load
from tests.support.remote import program, put, shell
from tests.support.web import address, get

DOMAIN = "tea.example.com"
OTHER = "www.tea.example.com"
PLACE = "/var/lib/authority"
PORT = 14000
DIRECTORY = f"http://127.0.0.1:{PORT}/directory"


class Answer(NamedTuple):
    """What a client over TLS sees."""

    status: int
    headers: dict[str, str]
    body: str
    protocol: str


def secure(domain: str, root: str | None = None, alpn: str = "http/1.1") -> Answer:
    """Ask ``domain`` for its page; the certificate has to be signed by ``root``, PEM, and name the domain."""
    context = ssl.create_default_context(cadata=root) if root else ssl._create_unverified_context()
    context.set_alpn_protocols([alpn])
    with (
        socket.create_connection((address(HOST), 443), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=domain) as wrapped,
    ):
        if alpn != "http/1.1":
            return Answer(0, {}, "", wrapped.selected_alpn_protocol() or "")
        wrapped.sendall(f"GET / HTTP/1.1\r\nHost: {domain}\r\nConnection: close\r\n\r\n".encode())
        reply = http.client.HTTPResponse(wrapped)
        reply.begin()
        return Answer(
            reply.status, {key.lower(): value for key, value in reply.getheaders()}, reply.read().decode(), ""
        )


class Shop:
    """An app whose certificate changes from test to test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entry(self, tls: dict[str, Any] | None, *domains: str) -> dict[str, Any]:
        return {
            "name": "tea",
            "source": {"path": str(EXAMPLES / "hello")},
            "domains": list(domains or (DOMAIN,)),
            "health": {"timeout": 90, "seconds": 1},
            **({"tls": tls} if tls else {}),
        }

    def deploy(self, tls: dict[str, Any] | None, *domains: str, words: tuple[str, ...] = ()) -> Run:
        return deploy(
            [self.entry(tls, *domains)],
            self.folder,
            HOST,
            *words,
            acme_directory=DIRECTORY,
            source_base=str(self.folder),
        )

    def write(self, given: Pair) -> dict[str, str]:
        (self.folder / "tea.pem").write_text(given.certificate)
        (self.folder / "tea.key").write_text(given.key)
        return {"certificate": "tea.pem", "key": "tea.key"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    one = Shop(tmp_path_factory.mktemp("shop"))
    good(one.deploy(None))
    yield one
    good(deploy([{"name": "tea", "state": "absent", "purge": True}], one.folder, HOST))
    assert shell(HOST, "ls /etc/nginx/pyhost/tls") == ""


@pytest.fixture(scope="module")
def authority(shop: Shop) -> Iterator[str]:
    """The root certificate of an authority that runs on the host."""
    shell(HOST, f"rm -rf {PLACE}")
    put(HOST, PLACE, {"authority.py": Path(acme_server.__file__).read_bytes()})
    shell(HOST, "apt-get install --quiet --yes --no-install-recommends python3-cryptography 2>&1")
    with program(HOST, "authority", f"python3 {PLACE}/authority.py {PLACE} {PORT}", PORT):
        yield shell(HOST, f"cat {PLACE}/root.pem")


def orders() -> list[str]:
    return shell(HOST, f"cat {PLACE}/orders.log 2>/dev/null || true").splitlines()


def test_a_pair_of_the_operators(shop: Shop) -> None:
    given = pair(DOMAIN, datetime.now(UTC))
    run = good(shop.deploy({**shop.write(given), "hsts": 3600}, words=("--diff", "-vvv")))
    assert given.key.splitlines()[1] not in run.output
    answer = secure(DOMAIN, given.certificate)
    assert (answer.status, answer.headers["strict-transport-security"]) == (200, "max-age=3600")
    assert secure(DOMAIN, alpn="h2").protocol == "h2"
    plain = get(HOST, DOMAIN)
    assert (plain.status, plain.headers["location"]) == (308, f"https://{DOMAIN}/")
    modes = shell(HOST, "stat -c '%a %U %F' /etc/nginx/pyhost/tls /etc/nginx/pyhost/tls/*")
    assert modes.splitlines() == ["700 root directory", *["600 root regular file"] * 2]
    assert good(shop.deploy({**shop.write(given), "hsts": 3600})).changed == {HOST: 0}


def test_a_wrong_pair_is_refused_and_nothing_changes(shop: Shop) -> None:
    before = shell(HOST, "cat /etc/nginx/pyhost/live/app-tea.conf")
    old = pair(DOMAIN, datetime.now(UTC) - timedelta(days=400))
    run = shop.deploy(shop.write(old))
    assert "tea: tls.certificate: ended on " in run.message()
    assert shell(HOST, "cat /etc/nginx/pyhost/live/app-tea.conf") == before


def test_a_name_that_is_nobodys_gets_no_certificate(shop: Shop) -> None:
    with pytest.raises(ssl.SSLError, match="unrecognized name|UNRECOGNIZED_NAME"):
        secure("nobody.example.com")


@pytest.mark.soak
def test_one_of_our_own(shop: Shop) -> None:
    good(shop.deploy({"self_signed": True, "redirect": False}))
    assert secure(DOMAIN).status == get(HOST, DOMAIN).status == 200
    assert good(shop.deploy({"self_signed": True, "redirect": False})).changed == {HOST: 0}


def test_the_first_certificate_of_an_authority(shop: Shop, authority: str) -> None:
    """It is asked for over plain HTTP, from an app that had no TLS; nobody is left without an answer meanwhile."""
    good(shop.deploy(None))
    tls = {"acme": True, "redirect": False}
    with load(HOST, DOMAIN, what="a first certificate") as seen:
        predicted = good(shop.deploy(tls, words=("--check",)))
        assert predicted.changed[HOST] > 0
        assert orders() == []
        run = good(shop.deploy(tls, words=("-vvv", "--diff")))
    assert "BEGIN PRIVATE KEY" not in run.output
    assert (seen.failed, seen.requests > 0) == ({}, True)
    assert orders() == [DOMAIN]
    assert secure(DOMAIN, authority).status == 200
    good(shop.deploy({"acme": True}))
    assert get(HOST, DOMAIN).status == 308
    assert good(shop.deploy({"acme": True})).changed == {HOST: 0}
    assert orders() == [DOMAIN]
    assert shell(HOST, "stat -c '%a %U' /var/lib/pyhost/acme/account.key") == "600 root\n"
    assert shell(HOST, "ls /var/lib/pyhost/acme /var/lib/pyhost/acme/challenges").split() == [
        "/var/lib/pyhost/acme:",
        "account.key",
        "challenges",
        "/var/lib/pyhost/acme/challenges:",
    ]


@pytest.mark.soak
def test_another_domain_needs_another_certificate(shop: Shop, authority: str) -> None:
    before = len(orders())
    good(shop.deploy({"acme": True}, DOMAIN, OTHER))
    assert orders()[before:] == [f"{DOMAIN} {OTHER}"]
    assert secure(DOMAIN, authority).status == secure(OTHER, authority).status == 200


@pytest.mark.soak
def test_renewal(shop: Shop, authority: str) -> None:
    """What was issued for a day is due at once; the playbook of its own renews it and touches no app."""
    put(HOST, PLACE, {"days": b"1"})
    domains = (DOMAIN, "short.example.com")
    good(shop.deploy({"acme": True}, *domains))
    before = len(orders())
    put(HOST, PLACE, {"days": b"90"})
    settings = {"pyhost_apps": [shop.entry({"acme": True}, *domains)], "pyhost_acme_directory": DIRECTORY}
    for count in (1, 1):
        good(playbook("certificates", settings, shop.folder, HOST))
        assert len(orders()) == before + count
    assert secure(DOMAIN, authority).status == 200


@pytest.mark.soak
def test_what_an_authority_refuses_leaves_what_is_there(shop: Shop, authority: str) -> None:
    put(HOST, PLACE, {"refused": b"sold.example.com"})
    run = shop.deploy({"acme": True}, DOMAIN, "sold.example.com")
    assert run.status != 0
    assert f"tea on {HOST} FAILED at certificates" in run.output
    assert "no certificate for sold.example.com here" in run.output
    assert secure(DOMAIN, authority).status == 200
    assert shell(HOST, "ls /var/lib/pyhost/acme/challenges") == ""
    put(HOST, PLACE, {"refused": b""})
    good(shop.deploy({"acme": True}))
