# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runtimes that nothing uses go, those that something uses stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from molecule.runtimes.tests.conftest import HOST, OLD, Fleet, results
from tests.support import pythons
from tests.support.deploy import good
from tests.support.remote import shell
from tests.support.web import get

STORE = "/opt/python/store"
OF_CALM = "it is that of virtualenvs of calm"


@pytest.fixture(scope="module")
def archives(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Two archives of one Python that differ, as sources."""
    return {word: pythons.packed(HOST, fleet.folder, word) for word in ("one", "two")}


def _runtimes(fleet: Fleet, *words: str, **more: Any) -> dict[str, tuple[str, str]]:
    """What a prune says of each runtime of the store: what became of it, and why it stays."""
    run = good(fleet.run("prune", "-v", *words, **more))
    rows = [row for row in results(run, "rows") if row["what"] == "runtime"]
    return {row["name"].split()[0]: ("kept" if row["why"] else "gone", row["why"]) for row in rows}


def _stored() -> list[str]:
    return shell(HOST, f"mkdir -p {STORE} && ls {STORE}").split()


@pytest.mark.soak
def test_a_runtime_stays_while_something_uses_it(
    fleet: Fleet, archives: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """By turns: a process, a virtualenv of somebody's own, nothing, a virtualenv for a rollback."""
    variables = {"python_branches": [OLD], "python_sources": [archives["two"]]}
    play = {"hosts": HOST, "gather_facts": False, "roles": [{"role": "pyhost.platform.python", "vars": variables}]}
    (tmp_path / "bring.yml").write_text(yaml.dump([play]))
    others = set(_stored())
    good(fleet.run(str(tmp_path / "bring.yml")))
    (unused,) = set(_stored()) - others
    calm = fleet.entries[:1]
    good(fleet.deploy(calm, python_sources=[archives["one"]]))
    (used,) = set(_stored()) - others - {unused}
    shell(HOST, f"touch -d '2 hours ago' {STORE}/*/.pyhost.json")

    sleep = "import time; time.sleep(600)"
    shell(HOST, f"systemd-run --quiet --collect --unit=sleeper {STORE}/{unused}/bin/python3.11 -c '{sleep}'")
    verdict, why = _runtimes(fleet)[unused]
    assert (verdict, why.startswith("process "), why.endswith(" runs from it")) == ("kept", True, True)
    shell(HOST, f"systemctl stop sleeper; {STORE}/{unused}/bin/python3.11 -m venv --without-pip /var/lib/mine/venv")
    assert _runtimes(fleet)[unused] == ("kept", "the virtualenv /var/lib/mine/venv needs it")
    shell(HOST, "rm -r /var/lib/mine")

    predicted = _runtimes(fleet, "--check")
    assert (predicted[unused], predicted[used]) == (("gone", ""), ("kept", OF_CALM))
    assert {unused, used} <= set(_stored())
    assert _runtimes(fleet)[unused] == ("gone", "")
    assert (unused in _stored(), used in _stored()) == (False, True)
    assert get(HOST, "calm.example.com").text == OLD

    good(fleet.deploy(calm))
    assert _runtimes(fleet, pyhost_apps=[])[used] == ("kept", OF_CALM)
    run = good(fleet.run("prune", pyhost_keep_releases=1))
    assert f"MB freed on {HOST}" in run.output
    assert used not in _stored()
    assert get(HOST, "calm.example.com").text == OLD
