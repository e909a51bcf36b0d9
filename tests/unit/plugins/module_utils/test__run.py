# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import READ, Deadline, Finished, Overdue, run


def python(text, seconds=30.0, **more):
    return run([sys.executable, "-S", "-c", text], Deadline(seconds), **more)


def test_both_streams_in_order():
    text = "import os\nfor n in range(4): os.write(1 + n % 2, b'%d ' % n)\nraise SystemExit(3)"
    assert python(text) == Finished(3, "0 1 2 3 ")
    assert python(text, errors=False) == Finished(3, "0 2 ")


def test_no_shell_no_input_and_a_whole_environment(tmp_path):
    text = "import os, sys\nprint(sys.argv[1:], sys.stdin.read() == '', os.environ['A'], len(os.environ), os.getcwd())"
    words = [sys.executable, "-S", "-c", text, "$HOME; `id` *"]
    finished = run(words, Deadline(30), cwd=str(tmp_path), env={"A": "1", "LC_ALL": "C.UTF-8"})
    assert finished == Finished(0, f"['$HOME; `id` *'] True 1 2 {tmp_path}\n")


def test_environment_is_inherited_where_none_is_given(monkeypatch):
    monkeypatch.setenv("PYHOST_TEST", "here")
    assert python("import os\nprint(os.environ['PYHOST_TEST'])").output == "here\n"


def test_killed_by_a_signal():
    assert python("import os\nos.kill(os.getpid(), 15)").status == -15


@pytest.mark.parametrize(
    ("program", "reason"), [("/nonexistent/uv", "No such file or directory"), ("/etc/passwd", "Permission denied")]
)
def test_cannot_be_started(program, reason):
    with pytest.raises(PyhostError) as caught:
        run([program], Deadline(30))
    assert str(caught.value) == f"{program} cannot be started: {reason}"


def test_deadline_kills_everything_it_started(tmp_path):
    child = "import time, os; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    text = (
        "import os, subprocess, sys, time\n"
        "for n in range(30): print('line', n, flush=True)\n"
        f"subprocess.Popen([sys.executable, '-S', '-c', {child!r}])\n"
        "time.sleep(60)"
    )
    begun = time.monotonic()
    with pytest.raises(PyhostError) as caught:
        python(text, seconds=3, cwd=str(tmp_path))
    assert 3 <= time.monotonic() - begun < 30
    head, *lines = str(caught.value).splitlines()
    assert head == f"{os.path.basename(sys.executable)} did not end within 3 s; its last lines:"
    assert lines == [f"line {number}" for number in range(10, 30)]
    pid = int((tmp_path / "pid").read_text())
    _soon(lambda: _ended(pid), "its child lives")


def test_a_deadline_is_shared():
    deadline = Deadline(2)
    assert 1 < deadline.left() <= 2
    run(["/bin/sleep", "0.1"], deadline)
    assert deadline.left() < 1.9
    with pytest.raises(PyhostError, match=r"^sleep did not end within 2 s"):
        run(["/bin/sleep", "5"], deadline)
    assert deadline.left() < 0
    with pytest.raises(PyhostError, match=r"^sleep did not end"):
        run(["/bin/sleep", "5"], deadline)


def test_a_flood_costs_no_memory():
    flood = "import os\nfor n in range(320): os.write(1, b'x' * 65536)\nos.write(1, b'\\nlast\\n')"
    finished = python(flood)
    assert (finished.status, len(finished.output)) == (0, READ)
    assert finished.tail(1) == "last"
    assert len(python(flood, read=1000).output) == 1000


def test_a_log_keeps_everything(tmp_path):
    log = tmp_path / "log"
    log.write_text("before\n")
    text = "import os\nfor n in range(5): os.write(1 + n % 2, b'%d\\n' % n)"
    assert python(text, log=log) == Finished(0, "0\n1\n2\n3\n4\n")
    assert python(text, log=log, read=4) == Finished(0, "3\n4\n")
    assert log.read_text() == "before\n" + 2 * "0\n1\n2\n3\n4\n"
    with pytest.raises(Overdue) as caught:
        python("import time\nprint('half', flush=True)\ntime.sleep(60)", seconds=1, log=log)
    assert caught.value.finished == Finished(-9, "half\n")
    assert log.read_text().endswith("4\nhalf\n")


def test_output_that_is_not_text():
    assert python("import os\nos.write(1, b'\\xff\\xfe ok')").output == "\ufffd\ufffd ok"


@pytest.mark.parametrize(
    ("output", "lines", "tail"),
    [("", 20, ""), ("a\nb\nc\n", 2, "b\nc"), ("\n\na\n\n", 20, "a"), ("a\n\nb", 2, "\nb")],
)
def test_tail(output, lines, tail):
    assert Finished(0, output).tail(lines) == tail


def test_killed_with_its_caller(tmp_path):
    child = "import os, time; open('new', 'w').write(str(os.getpid())); os.rename('new', 'pid'); time.sleep(60)"
    caller = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        f"import conftest\nfrom {run.__module__} import Deadline, run\n"
        f"run([sys.executable, '-S', '-c', {child!r}], Deadline(60))"
    )
    with subprocess.Popen([sys.executable, "-B", "-c", caller], cwd=tmp_path) as process:
        _soon((tmp_path / "pid").exists, "it was not started")
        process.kill()
    pid = int((tmp_path / "pid").read_text())
    _soon(lambda: _ended(pid), "it lives")


def _ended(pid):
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def _soon(condition, otherwise):
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            pytest.fail(otherwise)
        time.sleep(0.01)
