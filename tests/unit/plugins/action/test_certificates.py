# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.pyhost.platform.plugins.action import certificates
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import request
from ansible_collections.pyhost.platform.plugins.plugin_utils._settings import DEFAULTS
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.plugins.action.test_front import row, state

MODULE = "community.crypto.acme_certificate"
DIRECTORY = "https://ca.example/directory"
KEY = ec.generate_private_key(ec.SECP256R1())
NOW = datetime.now(UTC)
_PEM = serialization.Encoding.PEM


def told(app, directory=DIRECTORY, **settings):
    """The state after the front leads to ``app`` in plain HTTP, as the first time."""
    one = state(app)
    one["settings"] = {**DEFAULTS, "lock_wait": 0, "acme_directory": directory, **settings}
    one["host"]["front"]["ready"] = True
    return one


def shop(domains=("a.de",), **more):
    return row("a", domains, tls={"acme": True, "redirect": True, "hsts": 0, "self_signed": False}, **more)


def signed(options, days=90):
    """What an authority issues for a request."""
    asked = x509.load_pem_x509_csr(options["csr_content"].encode())
    names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(x509.Name([]))
        .public_key(asked.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(names, critical=True)
        .sign(KEY, hashes.SHA256())
        .public_bytes(_PEM)
        .decode()
    )


@pytest.fixture
def authority(run):
    """Host and authority: the certificate that was issued lies on the host until it is fetched."""
    issued = {"days": 90, "text": ""}

    def ask(options):
        if "data" not in options:
            answer = {"resource": ".well-known/acme-challenge/token1", "resource_value": "token1.thumb"}
            return {"order_uri": "https://ca.example/order/1", "challenge_data": {"a.de": {"http-01": answer}}}
        issued["text"] = signed(options, issued["days"])
        return {"changed": True}

    run.answers.update(
        {
            "front": lambda job: {"changed": True, "refused": {}},
            "certificates": lambda job: {"changed": True, "text": issued["text"]},
            MODULE: ask,
        }
    )
    return issued


def test_the_first_certificate(run, authority):
    run.save(told(shop()))
    assert run.stage("front")["changed"] is True
    assert "listen 443" not in run.jobs[-1][1]["files"]["app-a.conf"]
    run.jobs.clear()
    reason = {"a": "asked for: no certificate of an authority yet"}
    assert run.stage("certificates", check=True) == {"changed": True, "apps": reason}
    assert run.jobs == []
    assert run.stage("certificates") == {"changed": True, "apps": reason}
    account, order, answers, ask, fetch = run.jobs
    assert account[1]["account_key"].startswith("-----BEGIN PRIVATE KEY-----")
    assert (order[0], ask[0]) == (MODULE, MODULE)
    assert order[1]["acme_directory"] == DIRECTORY
    assert ask[1] == {**order[1], "data": authority_order(run)}
    assert answers == ("certificates", {"answers": {"token1": "token1.thumb"}})
    assert fetch == ("certificates", {"fetch": "/var/lib/pyhost/acme/a.pem", "gone": ["token1"]})
    assert "PRIVATE" not in str(order[1]) + str(ask[1])
    # it is brought into force, and then nothing is due
    assert run.stage("front", known=True)["changed"] is True
    job = run.jobs[-1][1]
    pem = next(text for name, text in job["pairs"].items() if name.endswith(".pem"))
    assert pem == authority["text"]
    assert "ssl_certificate " in job["files"]["app-a.conf"]
    run.jobs.clear()
    assert run.stage("certificates")["changed"] is False
    assert run.stage("front")["changed"] is False
    assert run.jobs == []


def authority_order(run):
    return run.answers[MODULE]({})


@pytest.fixture
def issued(run, authority):
    """A host on which the certificate of an app is in force."""

    def bring(days=90):
        authority["days"] = days
        run.save(told(shop()))
        for stage in ("front", "certificates", "front"):
            run.stage(stage)
        run.jobs.clear()
        return run.state["host"]["front"]

    return bring


@pytest.mark.parametrize(
    ("days", "app", "directory", "reason"),
    [
        (90, shop(), DIRECTORY, ""),
        (1.6, shop(), DIRECTORY, ""),
        (90, shop(("a.de", "b.de")), DIRECTORY, "that in force is for a.de"),
        (90, shop(), "https://other.example/", f"that in force is by {DIRECTORY}"),
        (90, shop(failed={"stage": "build", "error": "x"}), "https://other.example/", ""),
        (90, row("a", ["a.de"], "absent", tls={"acme": True}), "https://other.example/", ""),
        (90, row("a", ["a.de"], tls={"acme": False}), "https://other.example/", ""),
    ],
)
def test_what_is_due(run, issued, days, app, directory, reason):
    front = issued(days)
    run.save({**told(app, directory), "host": {**run.state["host"], "front": front}})
    found = run.stage("certificates", check=True)
    assert found == {"changed": bool(reason), "apps": {"a": f"asked for: {reason}"} if reason else {}}


def test_a_third_of_its_time_before_its_end_it_is_due(run, issued, monkeypatch):
    issued(90)
    for days, due in ((58, False), (60.1, True), (91, True)):
        monkeypatch.setattr(certificates, "datetime", later(NOW + timedelta(days)))
        assert run.stage("certificates", check=True)["changed"] is due


def later(moment):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    return Clock


def test_files_that_are_gone(run, issued):
    front = issued()
    run.save({**told(shop()), "host": {**run.state["host"], "front": {**front, "pairs": []}}})
    assert run.stage("certificates", check=True)["changed"] is True


@pytest.mark.parametrize("broken", ["order", "answer", "foreign"])
def test_what_the_authority_refuses_fails_its_app_alone(run, authority, broken):
    ask = run.answers[MODULE]
    run.save(told(shop()))
    run.stage("front")
    run.jobs.clear()

    def refuse(options):
        if broken != "foreign" and ("data" in options) == (broken == "answer"):
            return {"failed": True, "msg": "a.de does not lead here"}
        return ask(options)

    run.answers[MODULE] = refuse
    if broken == "foreign":
        run.answers["certificates"] = lambda job: {"changed": True, "text": signed(signing(["b.de"]))}
    found = run.stage("certificates")
    assert found["changed"] is False
    why = f"no certificate from {DIRECTORY}: a.de does not lead here"
    if broken == "foreign":
        why = (
            f"the certificate that {DIRECTORY} issued is not that of the certificate; give the two that belong "
            "together; does not name a.de; it names b.de"
        )
    assert found["apps"] == {"a": f"failed: {why}\n(the app itself is in force)"}
    if broken != "order":
        assert run.jobs[-1] == ("certificates", {"fetch": "/var/lib/pyhost/acme/a.pem", "gone": ["token1"]})
    run.jobs.clear()
    run.stage("front", known=True)
    assert run.jobs == []


def signing(domains):
    return {"csr_content": request(domains).certificate}


def test_an_address_for_letters(run, authority):
    run.save(told(shop(), acme_email="me@example.com"))
    run.stage("front")
    run.stage("certificates")
    assert [job["account_email"] for name, job in run.jobs if name == MODULE] == ["me@example.com"] * 2


def test_account_scope_has_no_front(run):
    one = told(shop(), scope="account")
    one["host"]["front"] = {}
    run.save(one)
    assert run.stage("certificates") == {"changed": False, "apps": {}}


def test_renewal_leaves_apps_alone_that_are_not_deployed(run, authority):
    run.save(told(shop()))
    assert run.stage("front", known=True) == {"changed": False}
    assert run.stage("certificates") == {"changed": False, "apps": {}}
    assert run.jobs == []
