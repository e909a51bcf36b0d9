# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _front
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._models import Requests


def row(name, domains=(), state="present", failed=None):
    app = {"name": name, "state": state, "domains": list(domains), "requests": {}}
    return {"app": app, "cell": make_cell(name, "system").to_dict(), "failed": failed, "todo": {}, "stages": {}}


def state(*rows, there=None, ready=True, scope="system"):
    texts = {} if there is None else there
    return {
        "settings": {"scope": scope, "lock_wait": 0, "trusted_proxies": []},
        "host": {"front": {"texts": texts, "ready": ready} if scope == "system" else {}},
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


def test_account_scope_has_none(run):
    run.save(state(row("a", ["a.de"]), scope="account"))
    assert run.stage("front") == {"changed": False}
