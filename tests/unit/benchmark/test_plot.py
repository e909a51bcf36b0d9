# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from tests.benchmark.plot import series
from tests.benchmark.results import Figure, Result


def figure(side, apps, *values):
    return Figure(f"{side} {apps}", side, "nothing changed", "s", values, apps)


def test_points_of_both_rows_come_in_order_of_apps():
    many = Result("P2", (figure("ours", 100, 4.0, 5.0, 9.0), figure("ours", 20, 3.5)))
    one = Result("P1", (figure("ours", 1, 3.0), figure("stock", 1, 10.0, 12.0)))
    assert series({"P2": many, "P1": one}) == {
        "ours": [(1, 3.0, 3.0, 3.0), (20, 3.5, 3.5, 3.5), (100, 4.0, 5.0, 9.0)],
        "stock": [(1, 10.0, 11.0, 12.0)],
    }


def test_figures_without_a_number_of_apps_and_other_rows_are_left_out():
    further = Figure("further", "ours", "each further app", "ms", (12.0,))
    change = Result("P4", (figure("ours", 100, 8.0),))
    assert series({"P2": Result("P2", (further,)), "P4": change}) == {}


def test_measurements_of_one_number_of_apps_are_one_point():
    one, again = Result("P1", (figure("ours", 2, 3.0),)), Result("P2", (figure("ours", 2, 5.0),))
    assert series({"P1": one, "P2": again}) == {"ours": [(2, 3.0, 4.0, 5.0)]}
