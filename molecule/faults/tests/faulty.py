# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package index that fails as its address says: ``/KIND/simple/…``. It runs on the host by itself.

python3 faulty.py PORT      serves the files below the directory it lies in
"""

from __future__ import annotations

import http.server
import os
import re
import struct
import sys
import time

DRIP_SECONDS = 2
SILENT_SECONDS = 600
ENDLESS = 1 << 36
NAME = b"salt.py"
ZIPPED = (0x04034B50, 20, 0, 0, 0, 0x21, 0, 0xFFFFFFF0, 0xFFFFFFF0)
"""The head of a file in a zip archive: stored, of nearly 4 GiB."""


class Index(http.server.SimpleHTTPRequestHandler):
    """``good`` serves what is there; every other kind is one fault."""

    def do_GET(self) -> None:
        kind, _slash, rest = self.path.lstrip("/").partition("/")
        self.path = f"/{rest}"
        getattr(self, f"serve_{kind}")()

    def do_HEAD(self) -> None:
        self.send_error(405)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def content(self) -> bytes:
        path = self.translate_path(self.path)
        name = os.path.join(path, "index.html") if os.path.isdir(path) else path
        with open(name, "rb") as stream:
            return stream.read()

    def head(self, length: int, kind: str = "text/html") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    @property
    def is_spice(self) -> bool:
        return self.path.startswith("/files/salt")

    def serve_good(self) -> None:
        super().do_GET()

    def serve_silent(self) -> None:
        time.sleep(SILENT_SECONDS)

    def serve_dripping(self) -> None:
        self.head(1 << 20)
        while True:
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(DRIP_SECONDS)

    def serve_failing(self) -> None:
        self.send_error(500)

    def serve_truncated(self) -> None:
        if not self.is_spice:
            return super().do_GET()
        content = self.content()
        self.head(len(content), "application/zip")
        self.wfile.write(content[: len(content) // 2])
        return None

    def serve_mismatch(self) -> None:
        self.page(rb"sha256=[0-9a-f]{64}", b"sha256=" + b"0" * 64)

    def serve_endless(self) -> None:
        """The metadata stands beside the file (PEP 658), so that the file is asked for only to be installed."""
        if self.path.endswith(".metadata"):
            text = b"Metadata-Version: 2.1\nName: salt\nVersion: 2.0\n"
            self.head(len(text), "text/plain")
            self.wfile.write(text)
        elif self.is_spice:
            self.head(ENDLESS, "application/zip")
            self.wfile.write(struct.pack("<IHHHHHIIIHH", *ZIPPED, len(NAME), 0) + NAME)
            while True:
                self.wfile.write(bytes(1 << 20))
        else:
            self.page(rb"<a ", b"<a data-dist-info-metadata='true' ")

    def page(self, pattern: bytes, new: bytes) -> None:
        """The page of the spice, changed; everything else as it is."""
        if not self.path.startswith("/simple/salt"):
            return super().do_GET()
        page = re.sub(pattern, new, self.content())
        self.head(len(page))
        self.wfile.write(page)
        return None


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gives up is what this is for."""


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    Server(("127.0.0.1", int(sys.argv[1])), Index).serve_forever()
