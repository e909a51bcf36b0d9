# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from tests.benchmark.page import page, summary
from tests.benchmark.results import Figure, Result

ONE = Result(
    "P1",
    (
        Figure("ours", "pyhost.platform", "nothing changed, 1 app", "s", (3.0, 3.2, 3.4), 1),
        Figure("stock", "stock modules", "nothing changed, 1 app", "s", (10.0, 10.0, 10.0), 1),
    ),
    {"Machine": "2 cores", "Load": "0.1 before"},
)
MEMORY = Result(
    "P7",
    (Figure("cell", "pyhost.platform", "memory of an idle cell", "MB", (21.0,)),),
    {"Machine": "2 cores", "Load": "0.2 before"},
)


def lines(results):
    return page(results).splitlines()


def test_goals_say_what_was_measured_and_whether_it_is_enough():
    found = lines({"P1": ONE, "P7": MEMORY})
    assert "| P1 | 1 app, nothing changed ÷ stock modules | ≤ 0.35 | 0.320 (0.300 to 0.340) | reached |" in found
    assert "| P7 | memory (PSS) of an idle cell without the app | ≤ 20 MB | 21.0 MB | MISSED |" in found
    assert "| P1 | 1 app, nothing changed ÷ pyinfra | ≤ 1 |  | not measured |" in found


def test_figures_have_side_spread_and_unit():
    found = lines({"P1": ONE, "P7": MEMORY})
    assert "| P1 | nothing changed, 1 app | pyhost.platform | 3.20 (3.00 to 3.40) | s |" in found
    assert "| P7 | memory of an idle cell | pyhost.platform | 21.0 (once) | MB |" in found


def test_a_condition_of_all_rows_is_said_once_and_others_with_their_row():
    found = lines({"P1": ONE, "P7": MEMORY})
    assert [line for line in found if line.startswith(("* **Machine", "* **Load"))] == [
        "* **Machine**: 2 cores",
        "* **Load** (P1): 0.1 before",
        "* **Load** (P7): 0.2 before",
    ]


def test_every_line_of_a_table_has_the_same_number_of_cells():
    tables = [line for line in lines({"P1": ONE, "P7": MEMORY}) if line.startswith("|")]
    assert len(tables) > 20
    assert {line.count("|") for line in tables} == {6}


def test_a_page_has_the_plot_and_ends_with_one_line_break():
    text = page({"P1": ONE})
    assert "](benchmark.svg)" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_summary_leaves_out_rows_that_were_not_asked_for():
    text = summary({"P1": ONE, "P7": MEMORY}, ["P7"])
    assert "MISSED" in text
    assert "P1" not in text
