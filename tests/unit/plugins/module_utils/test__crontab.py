# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _cron
from ansible_collections.pyhost.platform.plugins.module_utils._crontab import PROGRAM, entries
from ansible_collections.pyhost.platform.plugins.module_utils._programs import wanted

TABLE = """\
# m h dom mon dow command
MAILTO="you@example.com"
*/5 * * * * echo five
\t
@daily ~/current/daily.sh
  0 3 1 jan mon  echo "a  b"
61 * * * * echo never
WHERE = 'the shop'
@hourly echo "$WHERE"
"""


def test_the_lines():
    found = entries(TABLE)
    assert {name: one["schedule"] for name, one in found.items()} == {
        "crontab-3": "*/5 * * * *",
        "crontab-5": "@daily",
        "crontab-6": "0 3 1 jan mon",
        "crontab-9": "@hourly",
    }
    assert {(one["overlap"], one["max_age"]) for one in found.values()} == {("allow", 86400)}


def crontab(folder, *words, stdin=""):
    program = folder / "crontab"
    program.write_text(PROGRAM)
    return subprocess.run(
        ["/bin/sh", str(program), *words],
        env={"PYHOST_DATA": str(folder), "PATH": "/usr/bin:/bin"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_D16_crontab_shows_what_it_installed(tmp_path):
    (tmp_path / "jobs").write_text(TABLE)
    assert crontab(tmp_path, "-l").returncode == 1
    assert crontab(tmp_path, str(tmp_path / "jobs")).returncode == 0
    assert crontab(tmp_path, "-l").stdout == TABLE
    assert crontab(tmp_path, stdin="@daily true\n").returncode == 0
    assert crontab(tmp_path, "-l").stdout == "@daily true\n"
    assert crontab(tmp_path, "-", stdin="@weekly true\n").returncode == 0
    assert crontab(tmp_path, "-r").returncode == 0
    assert crontab(tmp_path, "-l").stderr.startswith("no crontab for ")


@pytest.mark.parametrize("line", ["* * * * true", "@daily", "hello"])
def test_a_line_that_is_none_changes_nothing(tmp_path, line):
    crontab(tmp_path, stdin="@daily true\n")
    done = crontab(tmp_path, stdin=f"# a comment\n{line}\n")
    assert (done.returncode, done.stderr) == (1, "line 2 is no line of a crontab; nothing is installed\n")
    assert crontab(tmp_path, "-l").stdout == "@daily true\n"


def test_a_file_that_is_not_there(tmp_path):
    crontab(tmp_path, stdin="@daily true\n")
    assert crontab(tmp_path, "/nowhere").returncode == 1
    assert crontab(tmp_path, "-l").stdout == "@daily true\n"
    assert crontab(tmp_path, "-u", "root").returncode == 1


def test_the_scheduler_reads_it_beside_the_entrys_own(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    own = {"nightly": {"schedule": "@daily", "command": "true", "overlap": "skip", "max_age": 9}}
    launch = {"cron": own, "crontab": True}
    monkeypatch.setattr(_cron._home, "current", lambda _home: "abc")
    monkeypatch.setattr(_cron._home, "launch", lambda _home, _digest: launch)
    monkeypatch.setattr(_cron._journal, "read", lambda _home: {})
    assert _cron._in_force(tmp_path) == ("abc", launch)
    (tmp_path / "data" / ".crontab").write_text("@hourly true\n")
    digest, seen = _cron._in_force(tmp_path)
    assert list(seen["cron"]) == ["crontab-1", "nightly"]
    (tmp_path / "data" / ".crontab").write_text("@weekly true\n")
    assert _cron._in_force(tmp_path)[0] not in ("abc", digest)
    launch["crontab"] = False
    assert _cron._in_force(tmp_path) == ("abc", launch)
    (tmp_path / "data" / ".crontab").unlink()
    (tmp_path / "data" / ".crontab").mkdir()
    launch["crontab"] = True
    assert _cron._in_force(tmp_path) == ("abc", launch)


def test_a_cell_of_such_a_platform_has_a_scheduler():
    process = {"process": {"server": "uwsgi"}}
    assert "cron" in wanted({**process, "crontab": True})
    assert "cron" not in wanted(process)
