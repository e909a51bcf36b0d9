# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a page in a real browser on a host, in several sizes, light and dark."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.remote import put, shell

PACKAGES = ("chromium", "chromium-driver", "fonts-dejavu-core")
INSTALL_SECONDS = 600
FOLDER = "/tmp/pyhost-browser"
PROGRAM = Path(__file__).with_name("browser_on_host.py")


def install(host: str) -> None:
    """Have Debian's Chromium on ``host``."""
    missing = f"command -v chromedriver >/dev/null || {{ apt-get update -q && apt-get install -q -y --no-install-recommends {' '.join(PACKAGES)}; }}"
    shell(
        host,
        f"export DEBIAN_FRONTEND=noninteractive; {missing} >/tmp/pyhost-chromium.log 2>&1",
        seconds=INSTALL_SECONDS,
    )


def views(host: str, page: str, wanted: Sequence[dict[str, Any]], pictures: Path | None = None) -> list[dict[str, Any]]:
    """What `browser_on_host.MEASURE` finds in the HTML text ``page`` in each wanted view (``width``, ``dark``).

    Each view is kept as a picture in the directory ``pictures``.
    """
    put(host, FOLDER, {"browser.py": PROGRAM.read_bytes(), "page.html": page.encode()})
    script = shlex.join(["python3", f"{FOLDER}/browser.py", f"{FOLDER}/page.html"])
    found: list[dict[str, Any]] = json.loads(shell(host, script, json.dumps(list(wanted)).encode(), seconds=180))
    for view, one in zip(wanted, found, strict=True):
        picture = base64.b64decode(one.pop("picture"))
        if pictures:
            name = f"{view['width']}-{'dark' if view.get('dark') else 'light'}.png"
            (pictures / name).write_bytes(picture)
    return found
