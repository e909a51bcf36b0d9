# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty tenants on one host: what they cost, what a greedy one does to another, and a reboot with a broken one."""

from __future__ import annotations

import shlex
import statistics
import time
from collections.abc import Iterator

import pytest

from tests.soak.conftest import HOST, opened
from tests.support import figures
from tests.support.deploy import good
from tests.support.faults import cut_power, wait_for_rest
from tests.support.kitchen import Kitchen
from tests.support.load import load
from tests.support.remote import ask, shell

NAMES = tuple(f"tenant{number:02}" for number in range(50))
GREEDY, VICTIM, BROKEN = NAMES[0], NAMES[1], NAMES[2]
MOST_KILOBYTES = 25 * 1024
"""PSS of a cell without its app."""

ENTER = f"/opt/pyhost/tools/bin/pyhost-enter {GREEDY}"


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    with opened(tmp_path_factory.mktemp("fifty"), NAMES) as one:
        for entry in one.entries.values():
            entry["workers"] = 1
            entry["limits"] = {"memory": "256M", "tasks": 60, "cpu": "50%"}
        good(one.deploy())
        yield one


def test_all_answer_and_cost_little(fifty: Kitchen) -> None:
    assert fifty.serves_within(10) == fifty.versions
    each = ask(HOST, "overhead", NAMES)
    assert len(each) == len(NAMES)
    low, middle, high = min(each.values()), statistics.median(each.values()), max(each.values())
    text = f"memory of a cell without its app, KB PSS: {low} to {high}, median {middle:.0f}"
    print(text)
    figures.keep({"name": "soak: tenants", "what": text})
    assert low > 0
    assert high <= MOST_KILOBYTES
    fifty.rests()


GREED = {
    "forks": ["sh", "-c", "while :; do sleep 30 & done"],
    "memory": ["python3", "-c", "x = []\nwhile True: x.append(bytearray(1 << 20))"],
    "processor": ["sh", "-c", "for one in 1 2 3 4; do (while :; do :; done) & done; wait"],
    "disk": ["sh", "-c", "dd if=/dev/zero of=/srv/data/full bs=1M count=4000 2>/dev/null; sync /srv/data/full"],
    "logs": ["sh", "-c", "yes 'a line of a log that never ends' > /srv/logs/app.log"],
}
AGAIN = f"""
end=$(($(date +%s) + 10))
while [ $(date +%s) -lt $end ]; do {ENTER} timeout --kill-after=1 10 {{}} </dev/null >/dev/null 2>&1 || true; done
"""
"""Ten seconds of it, also where its limits end it at once."""


@pytest.mark.parametrize("what", GREED)
def test_greed_is_nobody_elses_trouble(fifty: Kitchen, what: str) -> None:
    """For ten seconds one takes what it can: 99 of 100 answers of the other come within a second."""
    with load(HOST, f"{VICTIM}.example.com", what=f"a neighbour's greed: {what}") as seen:
        shell(HOST, AGAIN.format(shlex.join(GREED[what])))
    shell(HOST, f"{ENTER} sh -c 'rm -f data/full; : > logs/app.log' </dev/null; sleep 1")
    assert seen.failed == {}
    assert seen.requests > 100
    assert seen.p99 < 1
    good(fifty.deploy())


def test_all_come_back_after_a_power_cut(fifty: Kitchen) -> None:
    """One whose code is gone does not delay the others."""
    shell(HOST, f"rm -rf /home/{BROKEN}/releases")
    others = {name: version for name, version in fifty.versions.items() if name != BROKEN}
    begun = time.monotonic()
    cut_power(HOST)
    pages = fifty.serves_within(120)
    seconds = time.monotonic() - begun
    print(f"{len(others)} apps serve {seconds:.0f} s after the power came back")
    assert {name: page for name, page in pages.items() if name != BROKEN} == others
    good(fifty.deploy())
    wait_for_rest(HOST, BROKEN)
    fifty.rests()
