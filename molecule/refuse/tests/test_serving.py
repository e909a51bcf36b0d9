# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app that serves goes on when its next version is refused, and so do its neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from molecule.refuse.tests.conftest import CALM, HOST, refused
from tests.support.deploy import deploy, good
from tests.support.web import get

ONE = "1 problem found, nothing was changed:\n  "


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"locations": [{"location": "/x/", "alias": "../"}]},
            'calm: locations[0].alias: "../" contains the part ".."; write the path without it',
        ),
        ({"source": {"path": "gone"}}, "calm: source.path: FOLDER/gone does not exist"),
        (
            {"listen": ["127.0.0.1:8700", "0.0.0.0:22"]},
            'calm: listen[1]: "0.0.0.0:22" is already used by another program on this host (of the user root); '
            "choose a free port",
        ),
        (
            {"python": "3.99"},
            'calm: python: "3.99" cannot be had on this host; it has or can install: 3.11. '
            "Write one of these, or let pyhost_python_sources say where it comes from",
        ),
    ],
    ids=["location", "source", "port", "python"],
)
def test_bad_change_of_a_serving_app(change: dict[str, Any], says: str, calm: dict[str, Any], tmp_path: Path) -> None:
    """Its own address is no objection, and what is good beside the mistake is not done either."""
    neighbour = {"name": "newcomer", "source": {"path": "hello"}, "domains": ["newcomer.example.com"]}
    said = refused([neighbour, {**calm, "environment": {"NEW": "1"}, **change}], tmp_path, HOST)
    examples = Path(__file__).resolve().parents[3] / "examples"
    assert said.replace(str(examples), "FOLDER") == ONE + says
    assert get(HOST, "calm.example.com").status == 200


def test_it_is_still_what_was_deployed(calm: dict[str, Any], tmp_path: Path) -> None:
    assert good(deploy([CALM], tmp_path, HOST)).changed == {HOST: 0}
