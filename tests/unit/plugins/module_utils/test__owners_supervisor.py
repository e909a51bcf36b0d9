# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home, _owners_supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor import daemon_conf
from living.cell import Living, wait

options = pytest.importorskip("supervisor.options")

GOOD = "[program:queue]\ncommand=sleep 1000\n"
OURS = "[program:app]\ncommand=sleep 1\n"
BROKEN = [
    ("no text of sections", "command=sleep\n"),
    ("a line that says nothing", "[program:x]\ncommand=sleep 1\nautostart\n"),
    ("no command", "[program:x]\nautostart=true\n"),
    ("no number", "[program:x]\ncommand=sleep 1\nnumprocs=many\n"),
    ("a percent", "[program:x]\ncommand=sleep 1\nenvironment=A=100%\n"),
    ("no directory for the log", "[program:x]\ncommand=sleep 1\nstdout_logfile=/none/x.log\n"),
    ("no user", "[program:x]\ncommand=sleep 1\nuser=nobody-knows\n"),
]


@pytest.fixture
def cell(home, monkeypatch):
    """The home of a cell at rest, and how it is asked what its supervisord would run after a start."""
    extension = SimpleNamespace(rotation=print, memory=print)
    monkeypatch.setitem(sys.modules, "pyhost_supervisor", extension)
    of_home = make_cell("ramen", "account", str(home), "me")
    tree = home / "apps" / "ramen"
    tree.mkdir(parents=True)
    _home.make_directories(tree)
    (tree / "conf" / "supervisord.conf").write_text(daemon_conf(of_home))
    put(tree, "app.conf", OURS)
    return tree


def put(tree, name, text):
    path = tree / "conf" / "supervisor.d" / name
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text)


def started(tree):
    """The names of the programs that supervisord reads from the files as they are now."""
    found = options.ServerOptions()
    found.usage = lambda message: pytest.fail(str(message))
    found.realize(args=["-c", str(tree / "conf" / "supervisord.conf")])
    return sorted(group.name for group in found.process_group_configs)


@pytest.mark.parametrize("text", [text for _what, text in BROKEN], ids=[what for what, _text in BROKEN])
def test_a_cell_starts_without_the_file_that_is_wrong(cell, text):
    put(cell, "broken.conf", text)
    put(cell, "queue file 100%.conf", GOOD)
    (line,) = _owners_supervisor.leave_out(cell)
    assert line.startswith("conf/supervisor.d/broken.conf: ")
    assert started(cell) == ["app", "queue"]
    assert "left out" in (cell / "logs" / "supervisord.log").read_text()


def test_bytes_and_pipes_are_left_out_too(cell):
    put(cell, "latin.conf", "[program:x]\ncommand=echo \xfc\n".encode("latin-1"))
    (cell / "conf" / "supervisor.d" / "pipe.conf").symlink_to(cell / "pipe")
    os.mkfifo(cell / "pipe")
    assert len(_owners_supervisor.leave_out(cell)) == 2
    assert started(cell) == ["app"]


def test_nothing_happens_when_nothing_is_wrong(cell):
    before = (cell / "conf" / "supervisord.conf").read_text()
    assert _owners_supervisor.leave_out(cell) == []
    put(cell, "queue.conf", GOOD)
    assert _owners_supervisor.leave_out(cell) == []
    assert (cell / "conf" / "supervisord.conf").read_text() == before
    assert started(cell) == ["app", "queue"]


def test_once_it_runs_all_files_are_read_again(cell):
    before = (cell / "conf" / "supervisord.conf").read_text()
    put(cell, "broken.conf", BROKEN[0][1])
    _owners_supervisor.leave_out(cell)
    assert (cell / "conf" / "supervisord.conf").read_text() != before
    _owners_supervisor.restore(cell)
    assert (cell / "conf" / "supervisord.conf").read_text() == before
    _owners_supervisor.restore(cell)
    assert (cell / "conf" / "supervisord.conf").read_text() == before


def test_a_start_after_a_start_that_was_killed(cell):
    put(cell, "broken.conf", BROKEN[0][1])
    _owners_supervisor.leave_out(cell)
    put(cell, "broken.conf", GOOD)
    assert _owners_supervisor.leave_out(cell) == []
    assert started(cell) == ["app", "queue"]


def test_a_file_that_came_with_the_code_is_left_out_too(cell):
    (cell / "launches" / "l1" / "supervisor.d").mkdir(parents=True)
    (cell / "launches" / "l1" / "supervisor.d" / "own.conf").write_text(BROKEN[4][1])
    (cell / "current").symlink_to("launches/l1")
    (line,) = _owners_supervisor.leave_out(cell)
    assert line.startswith("current/supervisor.d/own.conf: ")
    assert started(cell) == ["app"]


def test_a_change_of_one_of_our_programs_is_none_of_its_own(cell):
    put(cell, "mine.conf", "[program:app]\nautorestart=false\n")
    assert _owners_supervisor.leave_out(cell) == []
    _owners_supervisor.check(cell, cell / "conf" / "supervisor.d" / "app.conf")


def test_a_deploy_names_each_file_that_is_wrong(cell):
    ours = cell / "conf" / "supervisor.d" / "app.conf"
    put(cell, "queue.conf", GOOD)
    _owners_supervisor.check(cell, ours)
    put(cell, "one.conf", BROKEN[1][1])
    put(cell, "two.conf", BROKEN[2][1])
    with pytest.raises(PyhostError) as caught:
        _owners_supervisor.check(cell, ours)
    first, one, two = str(caught.value).splitlines()
    assert "mend it" in first
    assert one.startswith("conf/supervisor.d/one.conf: ")
    assert "[line 3]: 'autostart" in one
    assert two.startswith("conf/supervisor.d/two.conf: program section program:x does not specify a command")


def test_a_deploy_names_what_came_with_the_code_as_it_is_called_there(cell):
    ours = cell / "conf" / "supervisor.d" / "app.conf"
    came = cell / "launches" / "l2" / "supervisor.d" / "own.conf"
    came.parent.mkdir(parents=True)
    _owners_supervisor.check(cell, ours, came, "web/supervisord.conf")
    came.write_text(BROKEN[3][1])
    with pytest.raises(PyhostError, match=r"\nweb/supervisord.conf: .*numprocs|\nweb/supervisord.conf: .*many"):
        _owners_supervisor.check(cell, ours, came, "web/supervisord.conf")


def test_a_real_supervisord_starts_and_nginx_too():
    """As after a power cut: what is wrong is left out, and once it is mended it is read like the rest."""
    living = Living()
    try:
        assert living.roll(living.plan(1))["ok"]
        for place in ("nginx.d", "supervisor.d"):
            (living.home / "conf" / place / "broken.conf").write_text("nonsense\n")
        put(living.home, "queue.conf", GOOD)
        living.crash()
        living.start()
        living.until_it_answers()
        wait(lambda: living.pid("queue"), "the program that is right")
        assert "*.conf" in (living.home / "conf" / "supervisord.conf").read_text()
        with pytest.raises(PyhostError, match="CANT_REREAD"):
            living.supervisor.reread()
        assert "conf/supervisor.d/broken.conf" in living.roll(living.plan(2))["error"]
        assert living.answers()
        put(living.home, "broken.conf", GOOD.replace("queue", "mended"))
        assert living.supervisor.reread()["added"] == ["mended"]
        assert "conf/nginx.d/broken.conf" in living.roll(living.plan(2))["error"]
        (living.home / "conf" / "nginx.d" / "broken.conf").unlink()
        assert living.roll(living.plan(2))["ok"]
    finally:
        living.close()
