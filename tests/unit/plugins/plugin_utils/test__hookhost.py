# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._hookhost import due, hook_host, objection

OLD = {"launch": {"process_digest": "p1"}}
SAME = {"launch": {"process_digest": "p2"}}


def row(stages=None, failed=None, todo=None, look=None, hook="migrate", state="present", digest="d2"):
    """The app on one host; ``digest`` is that of its code, "" before the plan."""
    found = {
        "app": {"name": "ramen", "state": state, "hooks": {"release": hook}},
        "look": OLD if look is None else look,
        "stages": stages or {},
        "todo": todo or {},
        "failed": failed and {"stage": failed, "error": "no"},
    }
    if digest:
        found["plan"] = {"digest": digest, "launch": {"process_digest": "p2"}}
    return found


def state(*rows):
    return {"order": [one["app"]["name"] for one in rows], "apps": {one["app"]["name"]: one for one in rows}}


DUE = [
    (row(), True),
    (row(look={}), True),
    (row(look={"launch": {}}), True),
    (row(look=SAME), False),
    (row(hook=""), False),
    (row(state="absent"), False),
    (row(failed="build"), False),
    (row(digest=""), False),
]


@pytest.mark.parametrize(("one", "is_due"), DUE)
def test_due(one, is_due):
    assert due(state(one)) == ([one] if is_due else [])


RAN = row({"hook": {"ok": True}})
BROKE = row({"hook": {"ok": False}}, failed="hook")
HOSTS = [
    # states of the hosts 1, 2 and 3 (None: never resolved), the host that runs the hook
    ([row(), row(), row()], "1"),
    # the first that is to have the app, and with its hook
    ([state(), row(), row()], "2"),
    ([row(state="absent"), row(), row()], "2"),
    ([row(hook=""), row(), row()], "2"),
    # lost before the run knew its apps
    ([None, row(), row()], "2"),
    # lost or failed later: it stays the one
    ([row(digest=""), row(), row()], "1"),
    ([row(failed="build"), row(), row()], "1"),
    ([row(look=SAME), row(), row()], "1"),
    # a batch before has run it, in whatever order
    ([row(), row(), RAN], "3"),
    ([row(), BROKE, row()], "2"),
    ([RAN, row(), row()], "1"),
    # that run was for other code
    ([row(), row(), row({"hook": {"ok": True}}, digest="d1")], "1"),
]


@pytest.mark.parametrize(("rows", "host"), HOSTS)
def test_one_host_runs_it(rows, host):
    states = {str(n): one if "apps" in one else state(one) for n, one in enumerate(rows, 1) if one}
    assert hook_host("ramen", "d2", ["1", "2", "3"], states) == host


def test_the_order_is_that_of_the_play():
    states = {name: state(row()) for name in ("a", "b", "c")}
    assert hook_host("ramen", "d2", ["c", "a", "b"], states) == "c"


LEFT = (
    "the release hook did not come to its end on web1, which left the run; mend that host, "
    "or leave it out with --limit 'all:!web1'"
)
OTHER = (
    "the release hook ran for no code like this: web1 has other code of this app; run again, "
    "or deploy hosts with code of their own in runs of their own"
)
OBJECTIONS = [
    (RAN, ""),
    # what came after the hook is each host's own
    (row({"hook": {"ok": True}}, failed="rollout", todo={"hook": ["new version"]}), ""),
    (BROKE, "the release hook failed on web1"),
    # nothing to run there: that version serves already
    (row(todo={"hook": []}), ""),
    (row(todo={"hook": []}, failed="rollout"), ""),
    (row(failed="build"), "the release hook did not run on web1, where the app failed at build"),
    (row(failed="release", digest=""), "the release hook did not run on web1, where the app failed at release"),
    (row(), LEFT),
    (row(digest=""), LEFT),
    (row(todo={"hook": ["new version"]}), LEFT),
    (row({"hook": {"ok": True}}, digest="d1"), OTHER),
    (row(todo={"hook": []}, digest="d1"), OTHER),
]


@pytest.mark.parametrize(("one", "text"), OBJECTIONS)
def test_what_it_means_for_the_others(one, text):
    assert objection("ramen", "d2", "web1", state(one)) == text
