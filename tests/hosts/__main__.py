# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line: ``python3 -m tests.hosts up|reset|down|status``, from the root of the repository."""

from __future__ import annotations

import argparse
import sys

from tests.hosts import engine, fleet, images, inventory
from tests.tools.process import ToolError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.hosts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start hosts: the standing ones, or NAME=KIND")
    up.add_argument("hosts", nargs="*", metavar="NAME=KIND", help=f"KIND is one of {', '.join(images.KINDS)}")
    up.add_argument("--fresh", action="store_true", help="recreate hosts that already run")
    commands.add_parser("reset", help="recreate hosts from their images").add_argument("hosts", nargs="+")
    commands.add_parser("restart", help="reboot hosts as after a power cut").add_argument("hosts", nargs="+")
    down = commands.add_parser("down", help="remove hosts, the standing ones if none is named")
    down.add_argument("hosts", nargs="*")
    down.add_argument("--all", action="store_true", help="remove every host of this checkout")
    commands.add_parser("status", help="list the running hosts")
    arguments = parser.parse_args()
    try:
        return _execute(arguments)
    except ToolError as error:
        print(f"tests.hosts: {error}", file=sys.stderr)
        return 1


def _execute(arguments: argparse.Namespace) -> int:
    if arguments.command == "up":
        wanted = dict(host.partition("=")[::2] for host in arguments.hosts)
        wanted = {name: kind or {**fleet.DEFAULT, **fleet.SPARE}.get(name, "") for name, kind in wanted.items()}
        engine.ensure()
        fleet.up(wanted or fleet.DEFAULT, fresh=arguments.fresh)
    elif arguments.command == "reset":
        engine.ensure()
        fleet.reset(arguments.hosts)
    elif not engine.answers():
        print("no engine answers")
        engine.stop_if_started_here()
        return 0
    elif arguments.command == "restart":
        fleet.restart(arguments.hosts)
    elif arguments.command == "down":
        everyone = [host.name for host in fleet.running()] if arguments.all else []
        fleet.down([*arguments.hosts, *everyone] or list(fleet.DEFAULT))
    inventory.write()
    for host in fleet.running():
        print(f"{host.name}  {host.kind}  {host.address}")
    if arguments.command == "down":
        engine.stop_if_started_here()
    return 0


if __name__ == "__main__":
    sys.exit(main())
