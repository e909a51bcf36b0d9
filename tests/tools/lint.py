# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Static checks, each one command."""

from __future__ import annotations

from tests.tools.environment import COLLECTIONS, VENV
from tests.tools.process import ROOT
from tests.tools.steps import Report, execute

PYTHON_TREES = ("plugins", "tests", "examples", "molecule")
TESTS = ("tests/benchmark", "tests/hosts", "tests/soak", "tests/support", "tests/tools", "molecule")
"""What runs on the controller alone; the unit tests are as untyped as pytest's fixtures are."""

PLUGINS = "ansible_collections.pyhost.platform.plugins"


def run_all(report: Report) -> None:
    trees = [tree for tree in PYTHON_TREES if (ROOT / tree).is_dir()]
    report.step("ruff check", lambda: execute(["ruff", "check", *trees]))
    report.step("ruff format", lambda: execute(["ruff", "format", "--check", *trees]))
    report.step("mypy plugins", lambda: execute(["mypy", "-p", PLUGINS]))
    report.step("mypy tests", lambda: execute(["mypy", "--python-version=3.11", *TESTS]))
    report.step("shellcheck", lambda: execute(["shellcheck", *_shell_scripts()]))
    report.step("yamllint", lambda: execute(["yamllint", "--strict", "."]))
    report.step("ansible-lint", lambda: execute(["ansible-lint", "--offline", "--strict", "--profile=production"]))
    report.step("antsibull-docs", _collection_docs)
    report.step(
        "platform checks", lambda: execute([str(VENV / "bin" / "python"), "-m", "tests.tools.checks", "--check"])
    )
    report.step("antsibull-changelog", lambda: execute(["antsibull-changelog", "lint"]))


def _shell_scripts() -> list[str]:
    candidates = [*ROOT.glob("bin/*"), *ROOT.glob(".ci/*"), *ROOT.glob("tests/**/*.sh")]
    scripts = [path for path in candidates if path.is_file() and path.read_bytes().startswith(b"#!/")]
    return sorted(str(path.relative_to(ROOT)) for path in scripts if b"sh" in path.read_bytes().split(b"\n", 1)[0])


def _collection_docs() -> str:
    command = [
        "antsibull-docs",
        "lint-collection-docs",
        "--plugin-docs",
        "--skip-rstcheck",
        "--validate-collection-refs=self",
    ]
    return execute([*command, str(COLLECTIONS / "ansible_collections" / "pyhost" / "platform")])
