# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _workers
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

OLD, LEAVING = b"nginx: worker process", b"nginx: worker process is shutting down"

STEPS = [
    # what is seen of the workers, one look after the other; how many looks it takes
    ([{1: OLD, 2: OLD}], 1),
    ([{1: OLD}, {1: OLD, 2: OLD}, {1: LEAVING, 2: OLD}], 3),
    # the new one is there before the old one is told to leave, or the other way round
    ([{1: LEAVING}, {1: LEAVING, 2: OLD}], 2),
    ([{}, {2: OLD}], 2),
    ([{1: OLD, 3: LEAVING}, {2: OLD, 3: LEAVING}], 2),
]


@pytest.fixture
def looks(monkeypatch):
    monkeypatch.setattr(_workers, "POLL", 0.001)
    seen = []

    def follow(steps):
        monkeypatch.setattr(_workers, "workers", lambda master: seen.append(master) or steps[len(seen) - 1])
        return seen

    return follow


@pytest.mark.parametrize(("steps", "count"), STEPS)
def test_reloaded(looks, steps, count):
    old = {1: OLD} if count > 1 else {}
    seen = looks(steps)
    assert _workers.reloaded(7, old, Deadline(10)) is True
    assert seen == [7] * count


@pytest.mark.parametrize("now", [{1: OLD}, {1: OLD, 2: OLD}, {1: LEAVING}, {}])
def test_not_reloaded_in_time(monkeypatch, now):
    monkeypatch.setattr(_workers, "POLL", 0.001)
    monkeypatch.setattr(_workers, "workers", lambda master: now)
    assert _workers.reloaded(7, {1: OLD}, Deadline(0.05)) is False


CHILDREN = """
import os, sys
for title in sys.argv[1:]:
    if not os.fork():
        os.execv("/bin/sh", [title, "-c", "read _"])
print(flush=True)
sys.stdin.read()
"""


def test_workers_are_the_children_with_that_title():
    """A cache manager is none, and neither is a child of somebody else."""
    titles = ["nginx: worker process", "nginx: cache manager process", "other"]
    with subprocess.Popen(
        [sys.executable, "-c", CHILDREN, *titles], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as master:
        assert master.stdout.readline() == "\n"
        deadline = Deadline(10)
        while not _workers.workers(master.pid) and deadline.left() > 0:
            pass
        titles = [title.partition(b"\0")[0] for title in _workers.workers(master.pid).values()]
        assert titles == [b"nginx: worker process"]
        master.stdin.close()
    assert _workers.workers(master.pid) == {}


def test_a_worker_that_ends_while_it_is_looked_at(monkeypatch):
    monkeypatch.setattr(_workers, "children", lambda master: {4194305: 1})
    assert _workers.workers(7) == {}
