# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode tells the truth: it changes nothing, and the run then does what it said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from molecule.change.tests.conftest import HOST, Shop
from tests.support.deploy import Run, good

testinfra_hosts = [f"ansible://{HOST}"]

CANARY = "menu-of-the-c4nary"
LISTING = (
    "find /home/ramen /etc/nginx /etc/systemd /opt/pyhost /opt/python -xdev -not -path '*/logs/*' -not -path '*/.cache/*'"
    " -not -path '*/run/*' -not -name __pycache__ -not -name '*.pyc' -printf '%p %y %m %s %l %T@\\n' | sort | sha256sum"
)


def _tasks(run: Run) -> dict[str, str]:
    """What each task showed as its difference and whether it changed, by name."""
    parts = re.split(r"^TASK \[(.*?)\] \**$", run.output, flags=re.MULTILINE)
    return {
        name.rpartition(" : ")[2]: text.strip()
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
        if "changed: [" in text
    }


def test_check_mode_predicts_the_run(steady: Callable[[], Shop], host: Any) -> None:
    shop = steady()
    shop.version("v7")
    shop.write("requirements.txt", "itsdangerous==2.2.0\nmarkupsafe==3.0.2\n")
    changes: dict[str, Any] = {
        "environment": {"MENU": CANARY, "NEW": CANARY},
        "locations": [{"location": "/static/", "alias": "static/"}],
        "workers": 3,
    }
    before = host.check_output(LISTING)
    predicted = good(shop.deploy("--check", "--diff", **changes))
    assert host.check_output(LISTING) == before
    made = good(shop.deploy("--diff", **changes))
    assert predicted.changed == made.changed
    assert _tasks(predicted) == _tasks(made)
    shown = _tasks(made)
    for line in ("-itsdangerous==2.1.2", "+itsdangerous==2.2.0", "+markupsafe==3.0.2"):
        assert line in shown["Build virtualenvs"]
    assert "+    location ^~ /static/ {" in shown["Configure nginx and Supervisor"]
    assert "environment: NEW=(hidden)" in shown["Roll out"]
    assert CANARY not in predicted.output + made.output


@pytest.mark.soak
def test_secret_is_shown_by_no_verbosity(steady: Callable[[], Shop]) -> None:
    shop = steady()
    changes: dict[str, Any] = {"environment": {"MENU": CANARY}}
    shown = good(shop.deploy("--check", "--diff", "-vvv", **changes)).output
    shown += good(shop.deploy("--diff", "-vvv", **changes)).output
    # The file with the variables is this test's own, and the command line names it.
    assert CANARY not in shown
