# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tools import checks
from tests.tools.checks import BROKEN, NEVER, PARTLY, UNKNOWN, WORKS, Check

YAML = """\
dotcloud:
  D1: Hello
  D2: {says: Paths, partly: no mail}
rosti:
  R12: {says: Logs, cannot: there is no disk}
"""
ONE, TWO = "molecule/platforms/tests/test_x.py::test_D01_hello", "tests/unit/test_x.py::test_D01_and_D02_both"
REPORT = """\
<testsuites><testsuite>
<testcase classname="molecule.platforms.tests.test_x" name="test_D01_hello[a]"/>
<testcase classname="molecule.platforms.tests.test_x" name="test_D01_hello[b]">{second}</testcase>
<testcase classname="tests.unit.test_x" name="test_D01_and_D02_both">{third}</testcase>
<testcase classname="tests.unit.test_x" name="test_of_something_else"><failure message="x"/></testcase>
</testsuite></testsuites>
"""


def test_the_checks_in_their_order():
    found = checks.read_checks(YAML)
    assert list(found) == ["D1", "D2", "R12"]
    assert found["D2"] == Check("D2", "dotcloud", "Paths", partly="no mail")
    assert found["R12"].cannot == "there is no disk"


@pytest.mark.parametrize(
    "text", ["a: {D01: x}", "a: {D1: ''}", "a: {D1: {says: x, maybe: y}}", "a: {D1: x}\nb: {D1: y}"]
)
def test_what_is_no_check(text):
    with pytest.raises(ValueError, match=r"[ab]\.D0?1: "):
        checks.read_checks(text)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("test_D01_hello", ["D1"]),
        ("test_D06_and_D17_wrong", ["D6", "D17"]),
        ("test_A06_A07_two", ["A6", "A7"]),
        ("test_R10_ends_at_R12_x", ["R10"]),
        ("test_the_same_again", []),
        ("test_D1_hello", []),
        ("test_X01_hello", []),
    ],
)
def test_a_name_says_what_is_checked(name, numbers):
    assert checks.numbers(name) == numbers


def test_tests_are_found_and_not_run(tmp_path):
    places = ("molecule/one/tests", "molecule/two/tests", "tests/unit/tools")
    for place in places:
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "test_x.py").write_text(
            "raise SystemExit\n@mark\ndef test_D01_hello():\n    def test_D02_inner(): ...\ndef test_other(): ...\n"
        )
    assert checks.find_tests(tmp_path) == {f"{place}/test_x.py::test_D01_hello": ["D1"] for place in places}


@pytest.mark.parametrize(
    ("second", "third", "results"),
    [
        ("", "", {ONE: "passed", TWO: "passed"}),
        ('<failure message="no"/>', "", {ONE: "failed", TWO: "passed"}),
        ('<error message="no"/>', "", {ONE: "failed", TWO: "passed"}),
        ("", '<skipped type="pytest.skip" message="no\nnginx"/>', {ONE: "passed", TWO: "skipped: no nginx"}),
        ('<skipped type="pytest.xfail" message="no wheel"/>', "", {ONE: "cannot: no wheel", TWO: "passed"}),
    ],
)
def test_a_report_of_pytest(second, third, results):
    assert checks.read_junit(REPORT.format(second=second, third=third)) == results


def test_what_a_real_run_writes_is_read(pytester_run):
    results = checks.read_junit(pytester_run)
    assert results == {
        "tests/unit/test_made.py::test_D01_holds": "passed",
        "tests/unit/test_made.py::test_D02_does_not": "failed",
        "tests/unit/test_made.py::test_D03_cannot": "cannot: no such wheel",
        "tests/unit/test_made.py::test_D04_of_two": "failed",
        "tests/unit/test_made.py::test_D05_set_up": "failed",
        "tests/unit/test_made.py::test_D06_left_out": "skipped: no engine",
    }


MADE = """\
import subprocess
import sys

import pytest
@pytest.fixture
def broken(): raise RuntimeError
def test_D01_holds(): pass
def test_D02_does_not(): assert False
@pytest.mark.xfail(reason="no such wheel")
def test_D03_cannot(): assert False
@pytest.mark.parametrize("x", [1, 0])
def test_D04_of_two(x): assert x
def test_D05_set_up(broken): pass
@pytest.mark.skip(reason="no engine")
def test_D06_left_out(): pass
def test_other(): pass
"""


@pytest.fixture
def pytester_run(tmp_path):
    """The JUnit report of a run of pytest over `MADE`."""
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "tests" / "unit" / "test_made.py").write_text(MADE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={tmp_path}/out.xml", "tests"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return (tmp_path / "out.xml").read_text()


def test_runs_on_several_hosts_add_up():
    first = checks.merged({}, {ONE: "passed", "gone::test_D01_x": "passed"}, [ONE, TWO])
    assert first == {ONE: "passed"}
    both = checks.merged(first, {TWO: "failed"}, [ONE, TWO])
    assert both == {ONE: "passed", TWO: "failed"}
    assert checks.merged(both, {TWO: "passed"}, [ONE, TWO]) == {ONE: "passed", TWO: "passed"}


def test_a_check_without_a_test_and_a_test_of_no_check():
    found = checks.read_checks(YAML)
    assert checks.problems(found, {ONE: ["D1"], TWO: ["D1", "D2"]}) == []
    missing, strange = checks.problems(found, {ONE: ["D1"], "x.py::test_D40_y": ["D40"]})
    assert missing == "D2 (Paths): no test is named test_D02_…"
    assert strange == "x.py::test_D40_y: D40 is no check of tests/data/checks.yml"


HOLDS = Check("D1", "dotcloud", "Hello")


@pytest.mark.parametrize(
    ("check", "results", "state", "reasons"),
    [
        (HOLDS, {"a::b": "passed", "a::c": "passed"}, WORKS, []),
        (HOLDS, {"a::b": "passed", "a::c": ""}, UNKNOWN, []),
        (HOLDS, {"a::b": "passed", "a::c": "skipped: no nginx"}, UNKNOWN, ["no nginx"]),
        (HOLDS, {}, UNKNOWN, []),
        (HOLDS, {"a::b": "failed", "a::c": ""}, BROKEN, ["`b` fails"]),
        (HOLDS, {"a::b": "passed", "a::c": "cannot: no wheel"}, PARTLY, ["no wheel"]),
        (HOLDS, {"a::b": "cannot: no wheel", "a::c": "cannot: no wheel"}, NEVER, ["no wheel"]),
        (Check("D1", "dotcloud", "Hello", partly="no mail"), {"a::b": "passed"}, PARTLY, ["no mail"]),
        (Check("D1", "dotcloud", "Hello", cannot="no disk"), {}, NEVER, ["no disk"]),
    ],
)
def test_what_the_results_say_of_a_check(check, results, state, reasons):
    assert checks.verdict(check, results) == (state, reasons)


def test_the_page():
    found = checks.read_checks(YAML)
    text = checks.page(found, {ONE: ["D1"], TWO: ["D1", "D2"]}, {ONE: "passed", TWO: "passed"})
    assert "| [dotcloud](#dotcloud) | 2 | 1 | 1 | 0 | 0 | 0 |\n" in text
    assert "| D1 | Hello | works | `test_D01_hello` | 1 |\n" in text
    assert "| D2 | Paths | works in part: no mail |  | 1 |\n" in text
    assert "| R12 | Logs | cannot hold today: there is no disk |  |  |\n" in text


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with two checks, of which the tool keeps the books."""
    for name, path in (("CHECKS", "tests/data/checks.yml"), ("RESULTS", "tests/data/r.json"), ("PAGE", "docs/p.md")):
        monkeypatch.setattr(checks, name, tmp_path / path)
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    checks.CHECKS.write_text("dotcloud: {D1: Hello, D2: Paths}\n")
    (tmp_path / "tests/unit").mkdir()
    (tmp_path / "tests/unit/test_x.py").write_text("def test_D01_and_D02_both(): ...\n")
    (tmp_path / "molecule/platforms/tests").mkdir(parents=True)
    (tmp_path / "molecule/platforms/tests/test_x.py").write_text("def test_D01_hello(): ...\n")
    return tmp_path


def test_a_page_that_is_out_of_date(repository, capsys):
    (repository / "one.xml").write_text(REPORT.format(second="", third=""))
    assert checks.main([str(repository / "one.xml")]) == 0
    assert "| D2 | Paths | works |" in checks.PAGE.read_text()
    before = checks.PAGE.read_text(), checks.RESULTS.read_text()
    assert checks.main(["--check"]) == 0
    (repository / "two.xml").write_text(REPORT.format(second='<failure message="x"/>', third=""))
    assert checks.main(["--check", str(repository / "two.xml")]) == 1
    assert "out of date" in capsys.readouterr().err
    assert (checks.PAGE.read_text(), checks.RESULTS.read_text()) == before


def test_a_check_that_lost_its_test(repository, capsys):
    (repository / "tests/unit/test_x.py").unlink()
    assert checks.main([]) == 1
    assert "D2 (Paths): no test is named test_D02_" in capsys.readouterr().err
