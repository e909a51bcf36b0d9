# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make docs/status.png from the sample of the tests, with the browser of a host: ``python -m tests.tools.status_picture HOST``.

The host is one of tests/hosts that runs; Chromium is installed on it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.plugin_utils._page import page
from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import report

from tests.support import browser
from tests.support.status_sample import NOW, hosts
from tests.tools.process import ROOT

SHOWN = ("bento", "curry", "gyoza", "miso")
"""Of the sample, so many that the picture is no longer than a screen."""

WIDTH = 1280


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.status_picture", description=__doc__)
    parser.add_argument("host")
    host = parser.parse_args().host
    browser.install(host)
    parts = hosts()
    parts["web1"]["apps"] = [row for row in parts["web1"]["apps"] if row["app"] in SHOWN]
    del parts["web3"]
    with tempfile.TemporaryDirectory() as folder:
        browser.views(host, page(report(parts, NOW), NOW), [{"width": WIDTH}], Path(folder))
        (ROOT / "docs" / "status.png").write_bytes((Path(folder) / f"{WIDTH}-light.png").read_bytes())


if __name__ == "__main__":
    main()
