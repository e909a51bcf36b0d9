# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which checks of the platforms hold, from test results: ``python -m tests.tools.checks [--check] [JUNIT.xml …]``.

``tests/data/checks.yml`` has the checks, the names of tests say what they check, and ``tests/data/check_results.json``
keeps the last result of each such test, so that runs on several hosts add up. Of these ``docs/platforms.md`` is made.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ROOT / "tests" / "data" / "checks.yml"
RESULTS = ROOT / "tests" / "data" / "check_results.json"
PAGE = ROOT / "docs" / "platforms.md"

ON_HOSTS = "molecule/"
PLACES = ("molecule/*/tests", "tests/unit")
"""Where tests of checks are, relative to the repository; those of scenarios run on hosts."""

NAME = re.compile(r"test_((?:[DAWRN][0-9]{2}_(?:and_)?)+)")
PASSED, FAILED, CANNOT, SKIPPED = "passed", "failed", "cannot", "skipped"
RANK = (PASSED, CANNOT, SKIPPED, FAILED)
"""Of several results of one test, which has parameters, the worst counts."""

WORKS, PARTLY, NEVER, BROKEN, UNKNOWN = "works", "works in part", "cannot hold today", "**does not work**", "not run"

HEAD = """\
# Which platforms work

Made of test results by `python -m tests.tools.checks`; do not edit. A check *works* when each of its tests passes.
"""


@dataclass(frozen=True)
class Check:
    """A check: its number, platform and what it says; why it ``cannot`` hold or holds ``partly``, "" where it does."""

    number: str
    platform: str
    says: str
    cannot: str = ""
    partly: str = ""


Results = dict[str, str]
"""Test (``path/of/file.py::name``, without parameters) to `PASSED`, `FAILED`, or ``cannot: why``, ``skipped: why``."""


def read_checks(text: str) -> dict[str, Check]:
    """The checks by number, in their order. Raises `ValueError` for what is none."""
    found: dict[str, Check] = {}
    for platform, rows in yaml.safe_load(text).items():
        for number, row in rows.items():
            values = {"says": row} if isinstance(row, str) else dict(row)
            if not re.fullmatch(r"[A-Z][1-9][0-9]?", number) or not values.get("says") or number in found:
                raise ValueError(f"{platform}.{number}: a check has a number of its own and says something")
            if set(values) - {"says", "cannot", "partly"}:
                raise ValueError(f"{platform}.{number}: takes says, cannot and partly")
            found[number] = Check(number, platform, **values)
    return found


def numbers(name: str) -> list[str]:
    """The checks that a test is for, by its name: ``test_D06_and_D17_x`` is for D6 and D17."""
    found = NAME.match(name)
    return [f"{one[0]}{int(one[1:])}" for one in re.findall(r"[A-Z][0-9]{2}", found[1])] if found else []


def find_tests(root: Path) -> dict[str, list[str]]:
    """Every test of a check below ``root``, and the numbers that it is for; tests are parsed, not run."""
    found = {}
    for place in PLACES:
        for path in sorted(root.glob(f"{place}/**/test_*.py")):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef) and numbers(node.name):
                    found[f"{path.relative_to(root).as_posix()}::{node.name}"] = numbers(node.name)
    return found


def read_junit(text: str) -> Results:
    """The results of the tests of checks in a JUnit report of pytest; the worst one of a test with parameters."""
    found: Results = {}
    for case in ET.fromstring(text).iter("testcase"):
        name = case.get("name", "").partition("[")[0]
        if not numbers(name):
            continue
        test = f"{case.get('classname', '').replace('.', '/')}.py::{name}"
        found[test] = worst([found[test], _outcome(case)] if test in found else [_outcome(case)])
    return found


def _outcome(case: ET.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return FAILED
    skipped = case.find("skipped")
    if skipped is None:
        return PASSED
    kind = CANNOT if skipped.get("type") == "pytest.xfail" else SKIPPED
    return f"{kind}: {' '.join(skipped.get('message', '').split())}"


def worst(results: Iterable[str]) -> str:
    """The one that says most against it."""
    return max(results, key=lambda one: RANK.index(one.partition(":")[0]))


def merged(old: Mapping[str, str], new: Mapping[str, str], tests: Iterable[str]) -> Results:
    """``old`` with what a run has shown; what no test is any more goes."""
    known = set(tests)
    return {name: result for name, result in sorted({**old, **new}.items()) if name in known}


def problems(checks: Mapping[str, Check], tests: Mapping[str, list[str]]) -> list[str]:
    """Checks without a test, and tests of no check."""
    tested = {number for found in tests.values() for number in found}
    missing = [
        f"{one.number} ({one.says}): no test is named test_{one.number[0]}{int(one.number[1:]):02}_…"
        for one in checks.values()
        if one.number not in tested and not one.cannot
    ]
    strange = [
        f"{test}: {number} is no check of {CHECKS.relative_to(ROOT)}"
        for test, found in tests.items()
        for number in found
        if number not in checks
    ]
    return missing + strange


def verdict(check: Check, results: Mapping[str, str]) -> tuple[str, list[str]]:
    """What the ``results`` of all tests of ``check`` say of it ("" for a test that did not run), and reasons."""
    if check.cannot:
        return NEVER, [check.cannot]
    if any(result == FAILED for result in results.values()):
        return BROKEN, [f"`{test.partition('::')[2]}` fails" for test, result in results.items() if result == FAILED]
    reasons = {result.partition(": ")[2] for result in results.values() if result.startswith((CANNOT, SKIPPED))}
    if not results or any(not result or result.startswith(SKIPPED) for result in results.values()):
        return UNKNOWN, sorted(reasons)
    if all(result.startswith(CANNOT) for result in results.values()):
        return NEVER, sorted(reasons)
    reasons |= {check.partly} - {""}
    return (PARTLY if reasons else WORKS), sorted(reasons)


def page(checks: Mapping[str, Check], tests: Mapping[str, list[str]], results: Mapping[str, str]) -> str:
    """``docs/platforms.md``."""
    of = {number: {t: results.get(t, "") for t, found in tests.items() if number in found} for number in checks}
    verdicts = {number: verdict(check, of[number]) for number, check in checks.items()}
    platforms = list(dict.fromkeys(check.platform for check in checks.values()))
    lines = [HEAD, "| platform | checks | " + " | ".join((WORKS, PARTLY, NEVER, "fails", UNKNOWN)) + " |"]
    lines.append("|---|---|---|---|---|---|---|")
    for platform in platforms:
        states = [verdicts[number][0] for number, check in checks.items() if check.platform == platform]
        counts = (len(states), *(states.count(state) for state in (WORKS, PARTLY, NEVER, BROKEN, UNKNOWN)))
        lines.append(f"| [{platform}](#{platform}) | " + " | ".join(map(str, counts)) + " |")
    for platform in platforms:
        lines += [f"\n## {platform}\n", "| check | what it says | state | tests on hosts | unit tests |"]
        lines.append("|---|---|---|---|---|")
        for number, check in checks.items():
            if check.platform == platform:
                state, reasons = verdicts[number]
                on_hosts = [f"`{t.partition('::')[2]}`" for t in of[number] if t.startswith(ON_HOSTS)]
                said = "; ".join((": ".join((state, "; ".join(reasons))) if reasons else state,))
                cells = (number, check.says, said, "<br>".join(on_hosts), str(len(of[number]) - len(on_hosts) or ""))
                lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.checks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is out of date")
    parser.add_argument("reports", nargs="*", type=Path, metavar="JUNIT.xml", help="what pytest --junit-xml wrote")
    arguments = parser.parse_args(words)
    checks, tests = read_checks(CHECKS.read_text("utf-8")), find_tests(ROOT)
    wrong = problems(checks, tests)
    results: Results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for path in arguments.reports:
        results = merged(results, read_junit(path.read_text("utf-8")), tests)
    text = page(checks, tests, merged(results, {}, tests))
    if not arguments.check:
        RESULTS.write_text(json.dumps(merged(results, {}, tests), indent=1, ensure_ascii=False) + "\n", "utf-8")
        PAGE.write_text(text, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        wrong.append(f"{PAGE.relative_to(ROOT)} is out of date; run python -m tests.tools.checks")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
