# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line of ``bin/demo``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from demo import apps, controller, page


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Deploy examples/hello, and any directory given, below .demo/ without root.",
        epilog="bin/demo stop ends everything it started; removing .demo/ removes it.",
    )
    parser.add_argument("directories", nargs="*", metavar="DIRECTORY", help="an app of your own; or the word stop")
    parser.add_argument("--verbose", action="store_true", help="show what Ansible prints")
    arguments = parser.parse_args()
    try:
        if arguments.directories == ["stop"]:
            return stop()
        return deploy([Path(one) for one in arguments.directories], arguments.verbose)
    except controller.DemoError as error:
        print(f"bin/demo: {error}", file=sys.stderr)
        return 1


def deploy(directories: list[Path], verbose: bool) -> int:
    entries = apps.entries(directories)
    controller.prepare()
    changed = controller.deploy(entries, verbose)
    print("Deployed." if changed else "Nothing changed.")
    for entry in entries:
        print(page.show(entry["name"], entry["listen"][0]))
    print("Stop it with: bin/demo stop")
    return 0


def stop() -> int:
    stopped = controller.stop()
    print(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing was running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
