# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a change of a transaction, and where it dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import crash_point

CALL = b"<methodCall><methodName>supervisor.%s</methodName></methodCall>"


@pytest.mark.parametrize(
    ("event", "args", "what"),
    [
        ("open", ("run/lock", "a", os.O_WRONLY | os.O_CREAT), "write run/lock"),
        ("open", ("launch.json", "r", os.O_RDONLY), ""),
        ("open", ("/tmp", None, os.O_RDWR), ""),
        ("open", (7, "w", os.O_WRONLY), ""),
        ("open", ("/opt/x/__pycache__/y.pyc", None, os.O_WRONLY), ""),
        ("os.rename", (".stage-a.77", "conf/sets/1234567890ab/app.conf", -1, -1), "rename conf/sets"),
        ("os.rename", ("x", "/etc/nginx/pyhost/live", -1, -1), "rename /etc/nginx/pyhost/live"),
        ("os.symlink", ("../launches/x", "current", -1), "symlink current"),
        ("os.mkdir", ("releases/12-0123456789ab", 0o750, -1), "mkdir releases/N-N"),
        ("os.mkdir", (".", 0o750, -1), ""),
        ("os.remove", ("not-there", -1), ""),
        ("os.remove", ("x.py", 9), "remove below"),
        ("os.rmdir", ("x", 9), "remove below"),
        ("os.chmod", (9, 0o640, -1), "chmod below"),
        ("os.chmod", ("current", 0o640, -1), "chmod current"),
        ("subprocess.Popen", ("/opt/pyhost/tools/bin/uv", ["uv"], None, None), "run uv"),
        ("http.client.send", (None, CALL % b"startProcess"), "supervisord startProcess"),
        ("http.client.send", (None, CALL % b"getAllProcessInfo"), ""),
        ("http.client.send", (None, b"POST /RPC2 HTTP/1.1"), ""),
        ("socket.connect", (None, "x"), ""),
    ],
)
def test_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, event: str, args: tuple[Any, ...], what: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert crash_point.change(event, args) == what


AGENT = """\
import os
os.mkdir("one")
for name in "abcde":
    open(f"one/{name}", "w").close()
os.symlink("one", "two")
print('{"ok": true}')
"""
POINTS = [
    "rollout\t1\tmkdir one",
    "rollout\t2\twrite one/a",
    "rollout\t3\twrite one/b",
    "rollout\t4\twrite one/c",
    "rollout\t5\twrite one/d",
    "rollout\t6\twrite one/e",
    "rollout\t7\tsymlink two",
    "rollout\t8\tanswer",
]


@pytest.mark.parametrize(
    ("at", "what", "died_at", "there"),
    [
        (0, "", 8, ["a", "b", "c", "d", "e"]),
        (1, "", 1, None),
        (3, "", 3, ["a"]),
        (0, "symlink two", 7, ["a", "b", "c", "d", "e"]),
        (8, "", 8, ["a", "b", "c", "d", "e"]),
    ],
)
def test_agent_dies_before_its_change(
    tmp_path: Path, at: int, what: str, died_at: int, there: list[str] | None
) -> None:
    agent = tmp_path / "pyhost-agent.py"
    text = Path(crash_point.__file__).read_text()
    place = tmp_path / "place"
    place.mkdir()
    agent.write_text(text.replace(crash_point.PLACE, str(place)) + AGENT)
    name = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    (place / "order.json").write_text(json.dumps({name: {"verb": "rollout", "at": at, "what": what}}))
    (place / f"trace-{name}").touch()
    words = [sys.executable, str(agent), "rollout"]
    done = subprocess.run(words, cwd=tmp_path, stdout=subprocess.PIPE, check=False)
    assert done.stdout == (b"" if at or what else b'{"ok": true}\n')
    assert (place / f"trace-{name}").read_text().splitlines() == POINTS[:died_at]
    assert done.returncode == (-9 if at or what else 0)
    found = tmp_path / "one"
    assert (sorted(path.name for path in found.iterdir()) if found.is_dir() else None) == there
