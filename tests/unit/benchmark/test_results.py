# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from tests.benchmark.results import Figure, Result, load, save

FIGURE = Figure("ours", "pyhost.platform", "nothing changed, 1 app", "s", (3.1, 3.0), 1)


def test_what_is_kept_comes_back_in_the_order_asked_for(tmp_path):
    first, second = Result("P1", (FIGURE,), {"Date": "2026-01-02"}), Result("P2", (FIGURE, FIGURE))
    save(second, tmp_path)
    save(first, tmp_path)
    found = load(["P1", "P2", "P3"], tmp_path)
    assert list(found) == ["P1", "P2"]
    assert found == {"P1": first, "P2": second}


def test_a_row_measured_again_replaces_the_one_before(tmp_path):
    save(Result("P1", (FIGURE,)), tmp_path)
    save(Result("P1", ()), tmp_path)
    assert load(["P1"], tmp_path)["P1"].figures == ()
    assert [path.name for path in tmp_path.iterdir()] == ["P1.json"]


def test_nothing_was_measured_yet(tmp_path):
    assert load(["P1"], tmp_path / "results") == {}


def test_figures_are_found_by_their_key():
    result = Result("P1", (FIGURE,))
    assert result.values("ours") == (3.1, 3.0)
    assert result.values("stock") == ()
