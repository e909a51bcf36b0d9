# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back to a launch that was in force before. Runs as the cell's user. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _failed, _history, _home, _processes
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._rollout import rollout

HOOK = "release hook"


def rollback(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Move the app of ``job["cell"]`` to the launch before, or to that of release number ``job["release"]``.

    Everything it needs is on the host. With ``job["check"]`` nothing moves. Returns ``before`` and ``after``
    (names of releases), ``what`` differs between the two launches, ``hooks`` (times of release hooks that ran since
    and are not taken back) and what `rollout` returns.
    Raises `PyhostError` that names what can be chosen.
    """
    now = _home.current(home)
    if not now:
        raise PyhostError("nothing is deployed that could be rolled back")
    rows = _history.read(home)
    digest = choose(rows, now, job["release"], _kept(home))
    launch, before = _home.launch(home, digest), _home.launch(home, now)
    found = {
        "before": before.get("process", {}).get("release", ""),
        "after": launch["process"]["release"],
        "what": _differences(before, launch),
        "hooks": hooks_since(rows, digest),
    }
    if job["check"] or digest == now:
        return {**found, "changed": digest != now, "did": []}
    plan = {"cell": job["cell"], "launch": launch, "launch_digest": digest}
    order = {"plan": plan, "keep": job["keep"], "claim": job["claim"], "what": "rolled back"}
    try:
        return {**found, **rollout(home, order)}
    except PyhostError as error:
        _failed.remember(home, "rollback", str(error), job["claim"]["who"])
        raise


def _kept(home: Path) -> dict[str, str]:
    """The launches that are there: digest to release."""
    launches = {path.name: _home.launch(home, path.name) for path in (home / "launches").iterdir()}
    return {digest: launch["process"]["release"] for digest, launch in launches.items() if launch}


def choose(rows: list[dict[str, Any]], now: str, release: int, kept: dict[str, str]) -> str:
    """The digest of the launch to go back to. Pure.

    ``rows`` is the app's history, ``now`` the launch in force, ``release`` the number of a release (0: the launch
    before), ``kept`` the launches that are there with their releases. Raises `PyhostError`.
    """
    committed = [str(row["launch"]) for row in rows if row["what"] != HOOK and row["launch"] in kept]
    if release:
        fitting = [one for one in [now, *reversed(committed)] if _number(kept.get(one, "")) == release]
        if fitting:
            return fitting[0]
        raise PyhostError(f"release {release} is not kept; {_choice(committed, kept)}")
    earlier = [one for one in stack(rows, now)[:-1] if one in kept and one != now]
    if not earlier:
        raise PyhostError(f"nothing is kept from before the version in force; {_choice(committed, kept)}")
    return earlier[-1]


def stack(rows: list[dict[str, Any]], now: str) -> list[str]:
    """The launches as an undo list, the one in force last: a deploy adds one, a rollback takes away. Pure."""
    launches: list[str] = []
    for row in rows:
        if row["what"] == HOOK:
            continue
        if row["launch"] in launches and row["what"] == "rolled back":
            del launches[launches.index(row["launch"]) + 1 :]
        elif row["launch"] not in launches[-1:]:
            launches.append(row["launch"])
    return launches if launches[-1:] == [now] else [*launches, now]


def hooks_since(rows: list[dict[str, Any]], digest: str) -> list[str]:
    """When a release hook ran for another launch after ``digest`` was in force for the last time. Pure."""
    last = max((place for place, row in enumerate(rows) if row["launch"] == digest), default=-1)
    return [row["time"] for row in rows[last + 1 :] if row["what"] == HOOK]


def _choice(committed: list[str], kept: dict[str, str]) -> str:
    numbers = sorted({_number(kept[one]) for one in committed})
    return f"kept are the releases {', '.join(map(str, numbers))}" if numbers else "no release is kept"


def _number(release: str) -> int:
    number = release.partition("-")[0]
    return int(number) if number.isdigit() else 0


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What the two launches have different, in words."""
    before, after = old.get("process", {}), new["process"]
    found = [
        "code" if name == "release" else name
        for name in ("release", "virtualenv", "environment", "server")
        if before.get(name) != after[name]
    ]
    if not found and before != after:
        found.append("command line")
    if _processes.rows(old) != _processes.rows(new):
        found.append("processes")
    if old.get("cron", {}) != new.get("cron", {}):
        found.append("schedules")
    return found + (["rules"] if old.get("conf") != new["conf"] else [])
