# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in on a host as an app's owner does, over SSH with a key of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.web import address


class Login:
    """A key pair, and logins with it to ``host`` as ``user``; ``public`` is for the app's ``ssh_keys``."""

    def __init__(self, folder: Path, name: str, host: str, user: str) -> None:
        self.host, self.user = host, user
        self.file = folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.file)], check=True)
        self.public = self.file.with_suffix(".pub").read_text().strip()

    def words(self, program: str, *more: str) -> list[str]:
        """A command line of ssh, scp and so on that uses the key."""
        known = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"]
        options = [word for one in (*known, "IdentitiesOnly=yes", "ConnectTimeout=20") for word in ("-o", one)]
        return [program, "-i", str(self.file), *options, *more]

    def run(
        self, command: str, *more: str, user: str = "", typed: str = "", seconds: int = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command``, or a shell for "", which is ``typed`` at; ``more`` are options of ssh."""
        target = f"{user or self.user}@{address(self.host)}"
        words = [*self.words("ssh", *more, target), *([command] if command else [])]
        return subprocess.run(words, input=typed, capture_output=True, text=True, timeout=seconds, check=False)

    def typed(self, lines: str, user: str = "", seconds: int = 300) -> str:
        """What ``lines`` print in a shell that reads ``~/.bashrc``; the first one that fails is an error."""
        shell = "bash -c '. ~/.bashrc; set -e; eval \"$(cat)\"'"
        done = self.run(shell, user=user, typed=lines, seconds=seconds)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout
