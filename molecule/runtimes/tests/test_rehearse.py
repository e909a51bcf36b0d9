# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal: who would fail on another branch, and nothing that runs notices it."""

from __future__ import annotations

import re

from molecule.runtimes.tests.conftest import HOST, NEW, OLD, Fleet, results
from tests.support.deploy import good
from tests.support.remote import shell
from tests.support.web import get

LIVE = """
cd /home
find calm whole stuck capped -xdev '(' -path '*/virtualenvs' -o -path '*/releases' -o -path '*/logs' \\
    -o -path '*/.cache' -o -path '*/run' ')' -prune -o -printf '%p %y %m %T@ %l\n' | sort
find /etc/nginx /etc/systemd /opt/python/3.11 -printf '%p %T@ %l\n' | sort
ps -e -o user:32,pid,args --no-headers | grep -E '^(calm|whole|stuck|capped) ' | sort
"""
"""What runs: links, rules, files of the homes besides releases and virtualenvs, processes."""

NAMES = ("calm", "whole", "stuck", "capped")


def _page(name: str) -> str:
    return get(HOST, f"{name}.example.com").text


def test_who_would_fail_and_why(fleet: Fleet) -> None:
    before = shell(HOST, LIVE)
    run = fleet.run("rehearse", "-e", f"python={NEW}", "-v")
    assert run.status == 2
    assert shell(HOST, LIVE) == before
    rows = {row["app"]: row for row in results(run, "rehearsal")}
    assert {name: row["python"] for name, row in rows.items()} == dict.fromkeys(NAMES, "3.11.2 → 3.13.5")
    assert {name: row["result"] for name, row in rows.items()} == {
        **dict.fromkeys(("calm", "whole"), "ready"),
        **dict.fromkeys(("stuck", "capped"), "would fail"),
    }
    assert rows["stuck"]["why"] == (
        "entry point wsgi:application cannot be imported: ModuleNotFoundError: No module named 'cgi'"
    )
    assert rows["capped"]["why"] == "part does not support this Python (requires-python)"
    assert re.search(rf"^calm +{HOST} +3.11.2 → 3.13.5 +ready ", run.output, re.MULTILINE)
    assert f"stuck on {HOST} would fail on Python 3.13.5:\n  entry point wsgi:application cannot" in run.message()
    assert [_page(name) for name in NAMES] == [OLD] * 4


def test_the_next_deploy_changes_nothing_and_the_change_builds_nothing(fleet: Fleet) -> None:
    """Whole is installed from its tree, and was rehearsed in a copy of its release that no deploy takes for newer."""
    run = good(fleet.run("rehearse", "-e", f"python={NEW}", "-e", "app=calm,whole", "-v"))
    whys = [row["why"] for row in results(run, "rehearsal")]
    assert whys == ["virtualenv was built before, entry point imported"] * 2
    assert run.changed == {HOST: 0}
    assert good(fleet.deploy()).changed == {HOST: 0}

    run = good(fleet.deploy(fleet.on(NEW, "calm", "whole")))
    rows = run.rows[HOST]
    assert rows["calm"]["virtualenv"] == "reused (Python 3.11.2 → 3.13.5; requirements unchanged)"
    assert [text for text in rows["calm"]["reasons"] if text.startswith("build:")] == []
    assert rows["whole"]["virtualenv"].startswith("reused (Python 3.11.2 → 3.13.5; requirements unchanged")
    assert [_page(name) for name in NAMES] == [NEW, NEW, OLD, OLD]
    assert good(fleet.deploy(fleet.on(NEW, "calm", "whole"))).changed == {HOST: 0}
    good(fleet.deploy())
    assert [_page(name) for name in NAMES] == [OLD] * 4


def test_what_cannot_be_had_is_refused_before_anything(fleet: Fleet) -> None:
    run = fleet.run("rehearse", "-e", "python=3.99")
    assert run.changed == {HOST: 0}
    assert run.message().startswith(
        '1 problem found, nothing was changed:\n  python: "3.99" cannot be had on this host; it has or can install: 3.11'
    )
