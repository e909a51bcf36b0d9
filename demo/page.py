# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show that a page works: ask for it and quote what it says."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.request


def show(name: str, address: str) -> str:
    """One line for people: the address, the status and the page's title."""
    url = f"http://{address}/"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            status, text = answer.status, answer.read(65536).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        status, text = error.code, ""
    except OSError as error:
        return f"{name}: {url} does not answer: {error}"
    return f'{name}: {url} answers {status}: "{_headline(text)}"'


def _headline(text: str) -> str:
    found = re.search(r"<(?:h1|title)[^>]*>(.*?)</(?:h1|title)>", text, re.DOTALL | re.IGNORECASE)
    plain = re.sub(r"<[^>]+>", " ", found.group(1) if found else text[:80])
    return " ".join(html.unescape(plain).split())
