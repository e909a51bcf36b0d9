# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of ``pyhost_apps`` whose sources say by themselves what apps they are. PRIVATE to the collection."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._archive import DEFAULT_LIMITS, check_and_extract
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import EXPANSIONS

MAX_TEXT = 256 * 1024
"""Bytes of a file that describes apps."""


def expanded(entries: object, base: Path) -> tuple[object, list[Problem]]:
    """``entries``, with several in place of one whose source, on the controller, describes several apps.

    ``base`` is what paths are relative to. What cannot be read is left as it is: later stages say why. Returns the
    problems of what was read, too.
    """
    if not isinstance(entries, (list, tuple)):
        return entries, []
    found: list[Any] = []
    problems: list[Problem] = []
    for entry in entries:
        place = _place(entry, base)
        if place is None:
            found.append(entry)
            continue
        try:
            with _reading(place) as read:
                found.extend(EXPANSIONS[entry["platform"]](entry, read, _others(entry, entries)))
        except Problems as error:
            problems.extend(error.problems)
        except (PyhostError, OSError):
            found.append(entry)
    return found, problems


def _place(entry: object, base: Path) -> Path | None:
    """The directory or archive of an entry whose platform has such files; None for others, and where it is remote."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        return None
    source, platform = entry.get("source"), entry.get("platform")
    if not isinstance(platform, str) or platform not in EXPANSIONS or not isinstance(source, Mapping):
        return None
    given = [source[kind] for kind in ("path", "archive") if isinstance(source.get(kind), str)]
    if len(given) != 1 or "git" in source or "://" in given[0]:
        return None
    return base.absolute() / Path(given[0]).expanduser()


def _others(entry: Mapping[str, Any], entries: Iterable[Any]) -> dict[str, str]:
    """The other entries of the same source: service to name; "" for the one with all services that ``entry`` is of.

    That is the one by whose name it is called, ``NAME-…``, or the only one.
    """
    same = [one for one in entries if _same(one, entry)]
    found = {str(one["service"]): str(one.get("name", "")) for one in same if "service" in one}
    whole = [str(one.get("name", "")) for one in same if "service" not in one]
    named = [name for name in whole if str(entry["name"]).startswith(f"{name}-")]
    if named or len(whole) == 1:
        found[""] = (named or whole)[0]
    return found


def _same(one: object, entry: Mapping[str, Any]) -> bool:
    return isinstance(one, Mapping) and one is not entry and one.get("source") == entry["source"]


@contextmanager
def _reading(place: Path) -> Iterator[Any]:
    """A function that returns the text of a file of the source, None where there is none."""
    aside = ""
    root = os.path.realpath(place)
    if place.is_file():
        aside = tempfile.mkdtemp(prefix="pyhost-")
        root = os.path.realpath(os.path.join(aside, "tree"))
    try:
        if aside:
            check_and_extract(place, Path(root), DEFAULT_LIMITS, strip=True)
        yield lambda name: _text(root, name)
    finally:
        if aside:
            shutil.rmtree(aside, ignore_errors=True)


def _text(root: str, name: str) -> str | None:
    """Raises `PyhostError` for a file that is there and no text of a usual size."""
    path = os.path.realpath(os.path.join(root, name))
    if not path.startswith(root + os.sep) or not os.path.isfile(path):
        return None
    with open(path, "rb") as handle:
        data = handle.read(MAX_TEXT + 1)
    if len(data) > MAX_TEXT:
        raise Problems([Problem("", name, f"is larger than {MAX_TEXT // 1024} KiB")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problems([Problem("", name, "is not UTF-8 text")]) from None
