# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: a shell script that is sent over SSH."""

from __future__ import annotations

import io
import os
import shlex
import tarfile
from pathlib import Path

from tests.benchmark.apps import Apps
from tests.benchmark.place import Place
from tests.benchmark.timing import Command
from tests.tools.process import certificate_environment

SCRIPT = Path(__file__).with_name("bare.sh")
PREPARE = """
export DEBIAN_FRONTEND=noninteractive
apt-get -qq install --yes --no-install-recommends nginx-light python3-venv python3.11-venv >/dev/null
python3 -m venv /opt/uv
/opt/uv/bin/pip install --quiet uv
"""
DEFAULT = "3.13"


class Bare:
    """``bare.sh`` beside this file."""

    name = "bare shell"

    def prepare(self, place: Place) -> None:
        place.shell(PREPARE)

    def converge(self, place: Place, apps: Apps, count: int, python: str = "") -> Command:
        settings = [f"{name}={value}" for name, value in certificate_environment().items()]
        words = ["env", *settings, "sh", "-c", SCRIPT.read_text(), "bare.sh", str(count), python or DEFAULT]
        return Command([*place.login(), shlex.join(words)], os.environ, place.control, _packed(apps, count))


def _packed(apps: Apps, count: int) -> bytes:
    """The sources of the first ``count`` apps as one archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(1, count + 1):
            archive.add(apps.folder / f"app{number}", f"app{number}")
    return buffer.getvalue()
