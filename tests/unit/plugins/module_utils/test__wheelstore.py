# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import os
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _wheelstore
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin
from ansible_collections.pyhost.platform.plugins.module_utils._wheelstore import Store, copy

PLACE, OTHER = "3.13-aaa/bbb", "3.13-aaa/ccc"
FLASK, CLICK = Pin("flask", "3.1"), Pin("click", "8.1.8")
DAY = 24 * 3600
NONE = frozenset()


class Clock:
    now = 1_800_000_000.0

    def time(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    one = Clock()
    monkeypatch.setattr(_wheelstore, "time", one)
    return one


@pytest.fixture
def store(tmp_path, clock):
    return Store(tmp_path / "wheels")


def put(store, pin, size=10, place=PLACE, clock=None):
    stage = store.stage()
    digest = copy(io.BytesIO(b"x" * size), stage, size)
    row = {"file": f"{pin.name}-{pin.version}-py3-none-any.whl", "size": size, "sha256": digest}
    store.adopt(place, pin, stage, row)
    path = store.root / place / row["file"]
    if clock:
        os.utime(path, (clock.now, clock.now))
    return path


def test_what_is_put_in_is_offered_and_all_may_read_it(store):
    before = os.umask(0o077)
    path = put(store, FLASK)
    os.umask(before)
    rows = store.offers(PLACE, {FLASK: NONE, CLICK: NONE}, False)
    assert [(row["name"], row["file"], row["path"]) for row in rows] == [("flask", path.name, str(path))]
    modes = {one.name: one.stat().st_mode & 0o777 for one in (store.root, path.parent.parent, path.parent, path)}
    assert modes == {"wheels": 0o755, "3.13-aaa": 0o755, "bbb": 0o755, path.name: 0o644}
    assert (store.root / ".stage").stat().st_mode & 0o777 == 0o700
    assert (store.knows(PLACE, FLASK), store.knows(PLACE, CLICK)) == (True, False)


def test_one_index_knows_nothing_of_another(store):
    put(store, FLASK)
    assert store.offers(OTHER, {FLASK: NONE}, False) == []
    assert not store.knows(OTHER, FLASK)


def test_where_hashes_are_required_only_what_has_one_is_offered(store):
    put(store, FLASK)
    digest = store.offers(PLACE, {FLASK: NONE}, False)[0]["sha256"]
    assert len(store.offers(PLACE, {FLASK: frozenset({digest, "b" * 64})}, True)) == 1
    assert store.offers(PLACE, {FLASK: frozenset({"b" * 64})}, True) == []


def test_a_file_that_is_not_as_it_was_is_not_offered(store):
    path = put(store, FLASK)
    path.write_bytes(b"short")
    assert store.offers(PLACE, {FLASK: NONE}, False) == []
    path.unlink()
    assert store.offers(PLACE, {FLASK: NONE}, False) == []


def test_a_wheel_serves_for_thirty_days(store, clock):
    put(store, FLASK)
    clock.now += 30 * DAY - 1
    assert store.knows(PLACE, FLASK)
    assert store.offers(PLACE, {FLASK: NONE}, False)
    clock.now += 1
    assert not store.knows(PLACE, FLASK)
    assert store.offers(PLACE, {FLASK: NONE}, False) == []


def test_what_was_refused_is_tried_again_the_next_day(store, clock):
    store.refuse(PLACE, FLASK, "it does not build")
    assert store.knows(PLACE, FLASK)
    assert store.offers(PLACE, {FLASK: NONE}, False) == []
    clock.now += DAY
    assert not store.knows(PLACE, FLASK)


def left(store):
    return sorted(str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.is_file())


def test_prune_removes_what_is_old_and_what_a_killed_run_left(store, clock):
    old = put(store, FLASK, clock=clock)
    store.refuse(OTHER, CLICK, "no")
    lost = store.stage()
    lost.write_bytes(b"half")
    os.utime(lost, (clock.now, clock.now))
    (old.parent / "lost-1-py3-none-any.whl").write_bytes(b"without a marker")
    os.utime(old.parent / "lost-1-py3-none-any.whl", (clock.now, clock.now))
    clock.now += 30 * DAY
    new = put(store, CLICK, clock=clock)
    store.prune()
    assert left(store) == [
        "3.13-aaa/bbb/click-8.1.8-py3-none-any.whl", "3.13-aaa/bbb/click-8.1.8.json",
        "3.13-aaa/bbb/flask-3.1-py3-none-any.whl", "3.13-aaa/bbb/flask-3.1.json", "3.13-aaa/ccc/click-8.1.8.json",
    ]  # fmt: skip
    clock.now += DAY + 1
    store.prune()
    assert left(store) == [str(new.relative_to(store.root)), "3.13-aaa/bbb/click-8.1.8.json"]
    assert not (store.root / OTHER).exists()


def test_prune_keeps_a_size_and_the_newest(store, clock, monkeypatch):
    monkeypatch.setattr(_wheelstore, "MOST", 25)
    for number in range(4):
        put(store, Pin("a", str(number)), clock=clock)
        clock.now += 60
    store.prune()
    assert [name for name in left(store) if name.endswith(".whl")] == [
        "3.13-aaa/bbb/a-2-py3-none-any.whl", "3.13-aaa/bbb/a-3-py3-none-any.whl",
    ]  # fmt: skip


def test_what_another_run_has_just_put_in_stays(store, clock):
    path = put(store, FLASK, clock=clock)
    (path.parent / "flask-3.1.json").unlink()
    clock.now = time.time()
    os.utime(path)
    store.prune()
    assert path.exists()


def test_copy_takes_just_its_bytes(tmp_path):
    stream = io.BytesIO(b"abcdef")
    digest = copy(stream, tmp_path / "x", 3)
    assert (tmp_path / "x").read_bytes() == b"abc"
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert stream.read() == b"def"
    with pytest.raises(PyhostError, match="it ended early"):
        copy(io.BytesIO(b"ab"), tmp_path / "y", 3)


@pytest.mark.parametrize("make", [lambda path: path.write_text("old"), lambda path: path.symlink_to("/etc/passwd")])
def test_copy_writes_over_nothing_and_through_no_link(tmp_path, make):
    make(tmp_path / "x")
    with pytest.raises(FileExistsError):
        copy(io.BytesIO(b"abc"), tmp_path / "x", 3)
