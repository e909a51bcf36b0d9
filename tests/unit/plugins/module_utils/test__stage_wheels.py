# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import io
import json
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _stage_wheels
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_wheels import Sharing, _listen
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import place
from ansible_collections.pyhost.platform.plugins.module_utils._wheelstore import Store

PARTS = {"abi": "cpython-313-x86_64-linux-gnu", "libc": "glibc 2.41", "python_path": "/usr/bin/python3.13"}
TAGS = ["py3-none-any"]


def plan(*lines, **changes):
    order = {
        "branch": "3.13", "python": "/usr/bin/python3.13", "components": PARTS, "kind": "files",
        "files": ["requirements.txt"], "texts": {"requirements.txt": "\n".join(lines)}, "wheels": False,
        "hashes": False, "installer": "uv", "index_url": "", "environment": {}, **changes,
    }  # fmt: skip
    return {"approot": ".", "virtualenv": order}


PLACE = place(plan()["virtualenv"])


def frame(file, pin, content=b"wheel", **changes):
    row = {"pin": pin, "file": file, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **changes}
    return json.dumps(row).encode() + b"\n" + content


def wheel(name, version="1"):
    return f"{name}-{version}-py3-none-any.whl"


class Units:
    """What the units that run as nobody would say, by verb; a text is their error."""

    def __init__(self, monkeypatch):
        self.asked = []
        self.frames = {"fetch": b"", "wheel": b"", "check": b""}
        self.answers = {"fetch": {"tags": TAGS}, "wheel": {}, "check": {}}
        monkeypatch.setattr(_stage_wheels, "talk", self.talk)

    def talk(self, verb, job, attachment, seconds, take):
        self.asked.append((verb, job, attachment and attachment.read_bytes()))
        said = self.answers[verb]
        end = {"ok": False, "error": said} if isinstance(said, str) else {"ok": True, **said}
        return _listen(io.BytesIO(self.frames[verb] + json.dumps(end).encode() + b"\n"), take)


@pytest.fixture
def units(monkeypatch):
    return Units(monkeypatch)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "wheels")


def share(store, *plans):
    sharing = Sharing(plans, 2, store)
    offered = [sorted(one["file"] for one in sharing.offers(one)) for one in plans]
    return offered, sharing.end()


def test_what_two_apps_ask_for_is_fetched_once_and_offered_to_whoever_asks(store, units):
    units.frames["fetch"] = frame(wheel("a"), ["a", "1"])
    offered, said = share(store, plan("a==1"), plan("a==1", "b==1"), plan("b>=1"))
    assert offered == [[wheel("a")], [wheel("a")], []]
    assert said == {"fetched": 1, "notes": []}
    assert [(verb, [*job["pins"][0]]) for verb, job, _sent in units.asked] == [("fetch", ["a", "1"])]
    assert share(store, plan("a==1.0")) == ([[wheel("a")]], {"fetched": 0, "notes": []})
    assert len(units.asked) == 1


@pytest.mark.parametrize("plans", [[], [plan("a==1")], [plan("a==1"), plan("b==1")], [plan("a>=1"), plan("a>=1")]])
def test_nothing_is_done_where_nothing_is_shared(store, units, plans):
    assert share(store, *plans) == ([[]] * len(plans), {"fetched": 0, "notes": []})
    assert units.asked == []
    assert not store.root.exists()


def test_an_app_of_another_index_gets_nothing(store, units):
    units.frames["fetch"] = frame(wheel("internal"), ["internal", "1"])
    inner = {"index_url": "https://pypi.example.com/simple"}
    secret = {"index_url": "https://me:secret@pypi.example.com/simple"}
    plans = [plan("internal==1", **inner), plan("internal==1", **inner), plan("internal==1"),
             plan("internal==1", **secret)]  # fmt: skip
    offered, _said = share(store, *plans)
    assert offered == [[wheel("internal")], [wheel("internal")], [], []]
    assert [job["index"] for _verb, job, _sent in units.asked] == ["https://pypi.example.com/simple"]
    assert "secret" not in str(list(store.root.rglob("*")))


def test_a_source_distribution_is_built_and_looked_into_apart(store, units):
    units.frames["fetch"] = frame("a-1.tar.gz", ["a", "1"], b"sdist")
    units.frames["wheel"] = frame(wheel("a"), None, b"built")
    offered, said = share(store, plan("a==1"), plan("a==1"))
    assert offered == [[wheel("a")]] * 2
    assert said == {"fetched": 1, "notes": []}
    assert [(verb, sent) for verb, _job, sent in units.asked] == [
        ("fetch", None),
        ("wheel", b"sdist"),
        ("check", b"built"),
    ]
    assert (store.root / PLACE / wheel("a")).read_bytes() == b"built"


EVIL = {
    "another name": frame(wheel("flask"), None),
    "another version": frame(wheel("evil", "2"), None),
    "a path": frame("../../flask/evil-1-py3-none-any.whl", None),
    "an absolute path": frame("/opt/pyhost/wheels/evil-1-py3-none-any.whl", None),
    "a second wheel": frame(wheel("evil"), None) + frame(wheel("evil"), None, b"other"),
    "a second wheel of another": frame(wheel("evil"), None) + frame(wheel("flask"), None),
    "no wheel": b"",
    "a name that is none": frame(["x"], None),
    "another interpreter": frame("evil-1-cp27-cp27m-win32.whl", None),
    "other bytes than it says": frame(wheel("evil"), None, sha256="0" * 64),
    "too many bytes": frame(wheel("evil"), None, size=1 << 40),
    "less bytes": frame(wheel("evil"), None, size=4000),
    "a negative number of bytes": frame(wheel("evil"), None, size=-1),
    "bytes that are none": frame(wheel("evil"), None, size="5"),
    "no JSON": b"hello\n",
    "a list": b"[]\n",
    "deep JSON": b"[" * 100000 + b"\n",
    "an endless line": b"x" * (3 << 20),
    "an early end": b"{",
}


@pytest.mark.parametrize("sent", EVIL.values(), ids=EVIL)
def test_a_build_that_sends_something_else_is_refused_and_leaves_nothing(store, units, sent):
    units.frames["fetch"] = frame("evil-1.tar.gz", ["evil", "1"], b"sdist") + frame(wheel("good"), ["good", "1"])
    units.frames["wheel"] = sent
    lines = ("evil==1", "good==1")
    offered, said = share(store, plan(*lines), plan(*lines))
    assert offered == [[wheel("good")]] * 2
    assert [note.partition(":")[0] for note in said["notes"]] == ["evil==1 is not shared"]
    assert [path.name for path in store.root.rglob("*.whl")] == [wheel("good")]
    assert list((store.root / ".stage").iterdir()) == []


@pytest.mark.parametrize("verb", ["wheel", "check"])
def test_a_build_that_fails_or_makes_no_plain_wheel_is_not_tried_again_at_once(store, units, verb):
    units.frames["fetch"] = frame("evil-1.tar.gz", ["evil", "1"], b"sdist")
    units.frames["wheel"] = frame(wheel("evil"), None)
    units.answers[verb] = "it is bad"
    assert share(store, plan("evil==1"), plan("evil==1"))[1]["notes"] == ["evil==1 is not shared: it is bad"]
    count = len(units.asked)
    assert share(store, plan("evil==1"), plan("evil==1")) == ([[], []], {"fetched": 0, "notes": []})
    assert len(units.asked) == count
    assert list((store.root / ".stage").iterdir()) == []


FETCHED = {
    "what nobody asked for": frame(wheel("flask"), ["flask", "1"]),
    "another file": frame(wheel("flask"), ["a", "1"]),
    "no pin": frame(wheel("a"), []),
    "a path": frame("../a-1-py3-none-any.whl", ["a", "1"]),
}


@pytest.mark.parametrize("sent", FETCHED.values(), ids=FETCHED)
def test_a_fetch_that_sends_something_else_ends(store, units, sent):
    units.frames["fetch"] = sent
    offered, said = share(store, plan("a==1"), plan("a==1"))
    assert offered == [[], []]
    assert said["notes"][0].startswith("not all was fetched: ")
    assert not list(store.root.rglob("*.whl"))


def test_an_index_that_is_down_is_told_and_asked_again(store, units):
    units.answers["fetch"] = {"tags": TAGS, "failed": {"a==1": "Connection refused"}}
    offered, said = share(store, plan("a==1"), plan("a==1"))
    assert (offered, said["notes"]) == ([[], []], ["1 not fetched, such as a==1: Connection refused"])
    units.answers["fetch"] = "it did not finish"
    assert share(store, plan("a==1"), plan("a==1"))[1]["notes"] == ["not all was fetched: it did not finish"]


def test_what_an_index_does_not_have_is_not_asked_for_at_once(store, units):
    units.answers["fetch"] = {"tags": TAGS, "refused": {"a==1": "it was yanked" + "!" * 1000}}
    assert len(share(store, plan("a==1"), plan("a==1"))[1]["notes"][0]) < 300
    share(store, plan("a==1"), plan("a==1"))
    assert len(units.asked) == 1


def test_a_disk_that_is_nearly_full_gets_nothing(store, units, monkeypatch):
    monkeypatch.setattr(_stage_wheels, "FREE", 1 << 62)
    offered, said = share(store, plan("a==1"), plan("a==1"))
    assert (offered, units.asked) == ([[], []], [])
    assert "free" in said["notes"][0]


def test_one_run_fetches_so_much_and_no_more(store, units, monkeypatch):
    monkeypatch.setattr(_stage_wheels, "ALL", 7)
    units.frames["fetch"] = frame(wheel("a"), ["a", "1"]) + frame(wheel("b"), ["b", "1"])
    assert share(store, plan("a==1", "b==1"), plan("a==1", "b==1"))[0] == [[wheel("a")]] * 2


def test_who_does_not_ask_for_a_package_does_not_wait_for_its_build(store, units, monkeypatch):
    units.frames["fetch"] = frame("slow-1.tar.gz", ["slow", "1"], b"sdist") + frame(wheel("a"), ["a", "1"])
    monkeypatch.setattr(_stage_wheels, "SECONDS", 2)
    real = units.talk
    monkeypatch.setattr(
        _stage_wheels,
        "talk",
        lambda verb, *rest: time.sleep(4) or real(verb, *rest) if verb == "wheel" else real(verb, *rest),
    )
    begun = time.monotonic()
    sharing = Sharing([plan("slow==1", "a==1"), plan("slow==1"), plan("a==1")], 2, store)
    assert [one["file"] for one in sharing.offers(plan("a==1"))] == [wheel("a")]
    assert time.monotonic() - begun < 1.5
    assert [one["file"] for one in sharing.offers(plan("slow==1", "a==1"))] == [wheel("a")]
    assert time.monotonic() - begun < 3.5
    sharing.end()


def test_a_line_without_an_end():
    with pytest.raises(PyhostError, match="did not end in time"):
        _listen(io.BytesIO(b'{"ok": true}'), lambda row, stream: None)
