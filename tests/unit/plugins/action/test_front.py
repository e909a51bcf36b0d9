# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _front
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._models import Requests


def row(name, domains=(), state="present", failed=None, tls=None, pair=None):
    app = {"name": name, "state": state, "domains": list(domains), "requests": {}, "tls": tls or {}}
    cell = make_cell(name, "system").to_dict()
    return {"app": app, "cell": cell, "failed": failed, "todo": {}, "stages": {}, "pair": pair}


def state(*rows, there=None, ready=True, scope="system", pairs=(), version=(1, 22, 1), system=None):
    texts = {} if there is None else there
    front = {"texts": texts, "ready": ready, "pairs": list(pairs)}
    return {
        "settings": {"scope": scope, "lock_wait": 0, "trusted_proxies": []},
        "host": {
            "front": front if scope == "system" else {},
            "nginx_version": list(version),
            "os": {"ID": "debian", "VERSION_ID": "13"} if system is None else system,
        },
        "order": [one["app"]["name"] for one in rows],
        "apps": {one["app"]["name"]: one for one in rows},
    }


def files(**domains):
    return _front.files(
        [_front.Site(make_cell(name, "system"), tuple(names), Requests()) for name, names in domains.items()]
    )


FAILED = {"stage": "build", "error": "x"}
TABLE = [
    # rows, what is there, what is sent (None: nothing)
    ([], None, None),
    ([row("inner")], None, None),
    ([row("a", ["a.de"])], None, files(a=["a.de"])),
    ([row("a", ["a.de"])], files(a=["a.de"]), None),
    ([row("a", ["b.de"])], files(a=["a.de"]), files(a=["b.de"])),
    ([row("a")], files(a=["a.de"]), files()),
    ([row("a", ["a.de"], "absent")], files(a=["a.de"]), files()),
    # an app that failed keeps what it has, and gets nothing new
    ([row("a", ["b.de"], failed=FAILED)], files(a=["a.de"]), None),
    ([row("a", ["a.de"], failed=FAILED)], None, None),
    ([row("a", ["b.de"], failed=FAILED), row("b", ["c.de"])], files(a=["a.de"]), files(a=["a.de"], b=["c.de"])),
    # apps of other lists stay
    ([row("a", ["a.de"])], files(other=["o.de"]), files(other=["o.de"], a=["a.de"])),
    # what is no longer ours goes
    ([row("a", ["a.de"])], {**files(a=["a.de"]), "02-old.conf": "old"}, files(a=["a.de"])),
]


@pytest.mark.parametrize(("rows", "there", "sent"), TABLE)
def test_front(run, rows, there, sent):
    run.save(state(*rows, there=there))
    run.answers["front"] = {"changed": True, "refused": {}}
    found = run.stage("front")
    assert found["changed"] is (sent is not None)
    if sent is None:
        assert run.jobs == []
    else:
        [(stage, job)] = run.jobs
        known = there or {}
        left = {name: text for name, text in known.items() if name not in job["gone"]}
        assert (stage, {**left, **job["files"]}) == ("front", sent)
        assert not set(job["files"].items()) & set(known.items())
    run.jobs.clear()
    assert run.stage("front") == {"changed": False}
    run.save(state(*rows, there=there))
    assert run.stage("front", check=True)["changed"] is (sent is not None)
    assert run.jobs == []


def test_the_entry_file_is_missing(run):
    run.save(state(row("a", ["a.de"]), there=files(a=["a.de"]), ready=False))
    run.answers["front"] = {"changed": True, "refused": {}}
    assert run.stage("front") == {"changed": True, "diff": [], "apps": {}}


def test_what_nginx_refuses_fails_its_app_alone(run):
    run.save(state(row("a", ["a.de"]), row("b", ["b.de"])))
    run.answers["front"] = {"changed": True, "refused": {"app-b.conf": "the host's nginx refuses the app's file: x"}}
    assert run.stage("front")["apps"] == {"b": "failed: the host's nginx refuses the app's file: x"}
    failed = {name: one["failed"] for name, one in run.state["apps"].items()}
    assert failed == {"a": None, "b": {"stage": "front", "error": "the host's nginx refuses the app's file: x"}}


SITE = (make_cell("a", "system"), ("a.de",), Requests())
PEM = {"certificate": "one", "key": "two"}


def tls(**more):
    return {"redirect": True, "hsts": 0, "self_signed": False, **more}


def test_a_pair_of_the_operators(run):
    run.save(state(row("a", ["a.de"], tls=tls(hsts=60), pair=PEM)))
    run.answers["front"] = {"changed": True, "refused": {}}
    run.stage("front")
    [(_stage, job)] = run.jobs
    pem, _key = sorted(job["pairs"], reverse=True)
    stem = pem.removesuffix(".pem")
    assert re.fullmatch("a-[0-9a-f]{12}", stem)
    assert job["pairs"] == {pem: "one", f"{stem}.key": "two"}
    wanted = _front.files([_front.Site(*SITE, _front.Tls(stem, True, 60))], http2=False)
    assert job["files"] == wanted
    # it is there: nothing to do; another one: another name
    run.save(state(row("a", ["a.de"], tls=tls(hsts=60), pair=PEM), there=wanted, pairs=job["pairs"]))
    assert run.stage("front") == {"changed": False}
    run.save(state(row("a", ["a.de"], tls=tls(hsts=60), pair={**PEM, "key": "new"}), there=wanted, pairs=job["pairs"]))
    assert run.stage("front")["changed"] is True
    assert not set(run.jobs[-1][1]["pairs"]) & set(job["pairs"])
    # its file is gone
    run.save(state(row("a", ["a.de"], tls=tls(hsts=60), pair=PEM), there=wanted))
    assert run.stage("front")["changed"] is True
    assert (run.jobs[-1][1]["files"], run.jobs[-1][1]["pairs"]) == ({}, job["pairs"])
    assert "two" not in str(run.stage("front", check=True))


def test_a_pair_of_our_own_is_made_once(run):
    rows = [row("a", ["a.de", "b.de"], tls=tls(self_signed=True))]
    run.save(state(*rows))
    run.answers["front"] = {"changed": True, "refused": {}}
    predicted = run.stage("front", check=True)
    assert run.stage("front")["diff"] == predicted["diff"]
    [(_stage, job)] = run.jobs
    names = sorted(job["pairs"])
    assert names[0].startswith("a-self-")
    assert [job["pairs"][name][:24] for name in names] == ["-----BEGIN PRIVATE KEY--", "-----BEGIN CERTIFICATE--"]
    run.save(state(*rows, there=job["files"], pairs=names))
    assert run.stage("front") == {"changed": False}
    for changed in (
        state(row("a", ["a.de", "c.de"], tls=tls(self_signed=True)), there=job["files"], pairs=names),
        state(*rows, there=job["files"], pairs=names[:1]),
        state(*rows, there=ending(job["files"]), pairs=names),
    ):
        run.save(changed)
        assert run.stage("front")["changed"] is True
        assert len(run.jobs[-1][1]["pairs"]) == 2


def ending(files):
    """The same with a certificate that ends in 30 days."""
    soon = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    return {name: re.sub(r"until \S+", f"until {soon}", text) for name, text in files.items()}


@pytest.mark.parametrize(
    ("version", "check", "directive"),
    [
        ((1, 22, 1), False, False),
        ((1, 25, 1), False, True),
        ((1, 26), False, True),
        ((), True, True),
        ((), False, False),
    ],
)
def test_http2_as_nginx_knows_it(run, version, check, directive):
    """An nginx that this run has installed is asked for its version; check mode goes by the distribution."""
    run.save(state(row("a", ["a.de"], tls=tls(), pair=PEM), version=version))
    run.answers["front"] = lambda job: (
        {"version": [1, 24, 0]} if "question" in job else {"changed": True, "refused": {}}
    )
    text = str(run.stage("front", check=check)["diff"])
    assert ("    http2 on;" in text) is directive
    assert ("listen 443 ssl http2;" in text) is not directive


@pytest.mark.parametrize(
    ("system", "directive"),
    [
        ({"ID": "debian", "VERSION_ID": "13"}, True),
        ({"ID": "debian", "VERSION_ID": "12"}, False),
        ({"ID": "debian"}, False),
        ({"ID": "ubuntu", "VERSION_ID": "24.04"}, False),
        ({}, False),
    ],
)
def test_http2_of_an_nginx_that_check_mode_would_install(run, system, directive):
    run.save(state(row("a", ["a.de"], tls=tls(), pair=PEM), version=(), system=system))
    assert ("    http2 on;" in str(run.stage("front", check=True)["diff"])) is directive


def test_account_scope_has_none(run):
    run.save(state(row("a", ["a.de"]), scope="account"))
    assert run.stage("front") == {"changed": False}
