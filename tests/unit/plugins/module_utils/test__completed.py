# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._completed import completed
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Hooks, Logs, Process, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs

APP = App("ramen", Source("path", "../ramen"), drain=7)
KNOWN = Understanding("gunicorn", "wsgi:application", Inputs("none"))
TREE = replace(KNOWN, processes={"worker": "celery", "beat": "celery beat"}, release="migrate", command="python s.py")
FOUND = {"worker": Process("celery", stop_wait=7), "beat": Process("celery beat", stop_wait=7)}


def test_nothing_to_add():
    assert completed(APP, KNOWN) == APP


def test_what_the_tree_says():
    app = completed(APP, TREE)
    assert (app.processes, app.hooks.release, app.command) == (FOUND, "migrate", "python s.py")
    assert completed(app, TREE) == app


def test_the_entry_wins():
    own = {"worker": Process(count=3, memory="64M"), "beat": Process("mine"), "more": Process("x", count=0)}
    app = completed(replace(APP, processes=own, hooks=Hooks("mine"), command="python mine.py"), TREE)
    assert app.processes == {**own, "worker": Process("celery", 3, "TERM", 30, "64M")}
    assert (app.hooks.release, app.command) == ("mine", "python mine.py")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"processes": {"worker": Process("x"), "mail": Process(count=2)}},
            "ramen: processes.mail.command: missing; the code declares no process of this name, so write what it runs",
        ),
        (
            {"server": "none"},
            "ramen: processes: missing; with server: none there is nothing else, "
            "so write {worker: celery -A shop worker}, or cron",
        ),
    ],
)
def test_problems(changes, text):
    with pytest.raises(Problems) as caught:
        completed(replace(APP, **changes), KNOWN)
    assert [str(one) for one in caught.value.problems] == [text]


def test_how_much_of_the_logs_stays():
    platforms = replace(KNOWN, logs=Logs(size="2M"))
    assert completed(APP, platforms).logs.bytes == 2 << 20
    own = replace(APP, logs=Logs(size="50M"), given=("name", "logs"))
    assert completed(own, platforms).logs.bytes == 50 << 20
    assert completed(APP, KNOWN).logs == Logs()
