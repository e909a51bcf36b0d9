# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures are kept, named and shown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support import figures
from tests.support.load import Load


@pytest.mark.parametrize(
    ("test", "name"),
    [
        (
            "molecule/change/tests/test_rollout.py::test_change_loses_no_request[code] (call)",
            "change: change_loses_no_request[code]",
        ),
        ("tests/soak/test_growth.py::test_nothing_grows (call)", "soak: nothing_grows"),
        ("", "by hand"),
    ],
)
def test_name(test: str, name: str) -> None:
    assert figures.name(test) == name


def test_figures_of_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(figures, "FILE", tmp_path / "cache" / "figures.jsonl")
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "molecule/recover/tests/test_x.py::test_it (call)")
    figures.begin()
    assert figures.rows() == []
    figures.add(
        Load(Counter({"200": 98, "502": 2}), Counter({"v1": 98}), 3, 0.25, 0.2, [1.0, 2.0], 10.0, "killed"), "x/"
    )
    figures.keep({"name": "growth", "what": "inodes 1 → 1"})
    assert "100 requests in 10.0 s (10/s)" in capsys.readouterr().out
    first, second = figures.rows()
    assert (first["name"], first["rate"], first["failed"], first["p99_ms"], first["slowest_ms"]) == (
        "recover: it",
        10,
        {"502": 2},
        200,
        250,
    )
    assert second == {"name": "growth", "what": "inodes 1 → 1"}
    head, one, two, end = figures.table([first, second]).splitlines()
    assert head.split() == [
        "scenario",
        "requests",
        "per",
        "s",
        "failed",
        "p99",
        "ms",
        "slowest",
        "ms",
        "s",
        "what",
        "was",
        "done",
    ]
    assert one.split() == ["recover:", "it", "100", "10", "2", "×", "502", "200", "250", "10.0", "killed"]
    assert two.split() == ["growth", "inodes", "1", "→", "1"]
    assert end.startswith("1 load, 100 requests, 2 failed; ")
    figures.begin()
    assert figures.rows() == []
