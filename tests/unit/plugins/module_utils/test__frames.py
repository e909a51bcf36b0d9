# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _frames
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

BIG = bytes(range(256)) * 10_000
"""More than two pieces."""


def sent(*members, last='{"ok": true}'):
    out = io.BytesIO()
    for name, data in members:
        member = _frames.Member(out, name, kind="x")
        for start in range(0, len(data), 70_001):
            member.write(data[start : start + 70_001])
        member.finish(files=1)
    out.write(last.encode() + b"\n")
    return out.getvalue()


def read(data):
    found, last = {}, None
    name = ""
    for event in _frames.events(io.BytesIO(data)):
        if isinstance(event, bytes):
            found[name] += event
        else:
            last = event
            name = event.get("begin", name)
            found.setdefault(name, b"") if "begin" in event else None
    return found, last


def test_files_of_any_length_come_as_they_were():
    data = sent(("empty", b""), ("big", BIG))
    assert read(data) == ({"empty": b"", "big": BIG}, {"ok": True})
    ends = [event for event in _frames.events(io.BytesIO(data)) if not isinstance(event, bytes) and "end" in event]
    assert [(one["end"], one["size"], one["files"]) for one in ends] == [("empty", 0, 1), ("big", len(BIG), 1)]


def test_one_file_can_be_read_as_a_file():
    rows = _frames.events(io.BytesIO(sent(("a", BIG), ("b", b"after"))))
    assert next(rows) == {"begin": "a", "kind": "x"}
    member = _frames.Incoming(rows)
    assert io.BufferedReader(member).read() == BIG
    assert (member.end["end"], next(rows)["begin"]) == ("a", "b")


@pytest.mark.parametrize("length", [0, 1, 20, 1000, 1 << 20, -20, -1])
def test_a_stream_that_is_cut_off_is_never_taken_for_whole(length):
    data = sent(("big", BIG))
    with pytest.raises(PyhostError, match="cut off"):
        read(data[:length])


LIES = [
    (b'{"piece": 3}\nabc', "cut off"),
    (b'{"begin": "a"}\n{"piece": 3}\nabc{"end": "a", "size": 3, "sha256": "00"}\n', "did not arrive as it was sent"),
    (b'{"begin": "a"}\n{"end": "b", "size": 0, "sha256": "00"}\n', "did not arrive as it was sent"),
    (b'{"end": "a"}\n', "did not arrive as it was sent"),
    (b'{"begin": "a"}\n{"begin": "b"}\n', "begins 'b' within 'a'"),
    (b'{"begin": "a"}\n{"piece": 99999999999}\n', "no possible length"),
    (b'{"begin": "a"}\n{"piece": -1}\n', "no possible length"),
    (b"[]\n", "not ours"),
    (b"hello\n", "not ours"),
]


@pytest.mark.parametrize(("data", "error"), LIES)
def test_what_is_no_such_stream_is_refused(data, error):
    with pytest.raises(PyhostError, match=error):
        read(data)


def test_the_answer_of_an_agent_that_failed_ends_a_file_too():
    data = sent(("a", b"abc"))
    half = data[: data.index(b'{"end"')] + b'{"ok": false, "error": "no"}\n'
    assert read(half)[1] == {"ok": False, "error": "no"}
