# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault ends soon, names its cause, leaves nothing behind, and is over when it is mended."""

from __future__ import annotations

import fnmatch
import re

import pytest

from molecule.faults.tests.conftest import HOST, Faulty, Shop, pages
from molecule.faults.tests.faults import FAULTS, LOADED, MENDED, STANDING
from tests.support.deploy import Run, good
from tests.support.pace import allowed

OLD = {**dict.fromkeys(STANDING, "salt 1.0"), "django": "200"}


def test_everything_serves_first(deployed: Run) -> None:
    assert pages(STANDING) == OLD


def test_django_warns_and_is_deployed(deployed: Run) -> None:
    warnings = deployed.rows[HOST]["django"]["warnings"]
    names = [text.partition(" ")[0] for text in warnings]
    print(f"warnings: {warnings}")
    assert "security.W004" in names
    assert f"django: {len(names)} warnings of manage.py check --deploy: {', '.join(names)}" in deployed.output


@pytest.mark.parametrize("name", FAULTS)
def test_the_cause_is_named_in_time(faulty: Faulty, name: str) -> None:
    fault = FAULTS[name]
    found = re.search(rf"^{name} on {HOST} (FAILED.*)\n  (.*)$", faulty.run.message(), re.MULTILINE)
    assert found, faulty.run.message()
    row = faulty.run.rows[HOST][name]
    print(f"{name}: {row['seconds']}; {found[2]}")
    serves = "the old version" if name in STANDING else "nothing"
    assert found[1] == f"FAILED at {fault.stage}; {serves} serves:"
    assert fnmatch.fnmatchcase(found[2], f"{fault.says}*"), found[2]
    assert sum(row["seconds"].values()) < allowed(fault.seconds)


@pytest.mark.parametrize("name", LOADED)
def test_no_request_is_lost(faulty: Faulty, name: str) -> None:
    print(f"{name}: {faulty.loads[name]}")
    assert faulty.loads[name].failed == {}
    assert faulty.loads[name].answers["200"] > 500


def test_the_old_versions_serve(faulty: Faulty) -> None:
    assert faulty.served == OLD


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_left(faulty: Faulty, name: str) -> None:
    """Beside what was there is at most the whole release that the next run builds."""
    new = sorted(set(faulty.after[name].split()) - set(faulty.before[name].split()))
    print(f"{name}: {new}")
    release = re.compile(r"releases/[12]-[0-9a-f]{12}(\.json)?")
    assert [one for one in new if not release.fullmatch(one)] == []
    assert len(new) == (2 if FAULTS[name].stage == "build" else 0)


def test_once_mended_the_next_run_deploys(mended: Run, shop: Shop) -> None:
    assert pages(MENDED) == {**dict.fromkeys(MENDED, "salt 2.0"), "django": "200"}
    run, _seconds = shop.deploy("third deploy", MENDED, "salt==2.0\n")
    assert good(run).changed == {HOST: 0}
