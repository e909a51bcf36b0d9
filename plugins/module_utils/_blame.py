# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installer that failed stumbled over, in one line. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re

UNREACHABLE = re.compile(
    r"error sending request for url|HTTP status server error|network timeout|after connection broken by"
    r"|^\S* ?Could not fetch URL .*Max retries exceeded",
    re.MULTILINE,
)

ADDRESSES = (
    r"Failed to [a-z ]+:? `[^`@]+? @ ([^`]+)`",
    r"^(?:\S+\.)?ConnectionError: HTTPS?ConnectionPool\(host='([^']+)', port=\d+\): Max retries exceeded "
    r"with url: (\S+)",
)
"""Where uv and pip name the address of a requirement that says itself where it is."""

FAULTS = (
    (r"[Cc]onnection refused", "it refuses connections"),
    (r"timed out|network timeout", "it does not answer"),
    (r"dns error|[Nn]ame resolution|Name or service not known|nodename nor servname", "its host name is not known"),
    (r"invalid peer certificate|CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted"),
    (r"HTTP status server error \((\d{3})", "it answers with status {0}"),
    (r"too many (\d{3}) error responses", "it answers with status {0}"),
)
"""How an index fails, in the words of uv and pip."""

CULPRITS = (
    r"Failed to [a-z ]+:? `([^`@]+?)(?: @ [^`]*)?`",
    r".*(?:you require|your project depends on) (.+?), we can conclude",
    r"Package '([^']+)' requires a different Python",
    r"require a different Python[^\n]*\n[^\n]*\(required by (\S+)",
    r"Failed building wheel for (\S+)",
    r"No matching distribution found for (\S+)",
    r"Cannot install (.+?) because",
    r"DO NOT MATCH THE HASHES[^\n]*\n\s+(\S+)",
    r"Wheel '([^']+)' located at \S+ is invalid",
    r".*\b(?:and|[Bb]ecause) \S+ depends on (.+?), we can conclude that your requirements",
)
"""Where uv and pip name a package, in their own words; the last requirement that uv names is the app's own."""

DAMAGES = (
    (r"Hash mismatch for|DO NOT MATCH THE HASHES", "its file has another hash than it should have"),
    (
        r"end of file before message length|IncompleteRead|end of central directory|File is not a zip file"
        r"|Wheel '[^']+' located at \S+ is invalid|unexpected end of file",
        "its file broke off or is damaged",
    ),
    (r"operation timed out|Read timed out", "its download came to a halt"),
)
"""What is wrong with a file of an index, in the words of uv and pip."""

TOO_LARGE = re.compile(r"\[Errno 27\]|os error 27|File too large")


def blame(output: str) -> str:
    """Name the index or the package where the installer's ``output`` names one, and what is wrong with it."""
    address = next((found for one in ADDRESSES if (found := re.search(one, output, re.MULTILINE))), None)
    if address and (UNREACHABLE.search(output) or address.re.groups > 1):
        return f"{''.join(address.groups())} cannot be fetched{_first(FAULTS, output)}"
    if UNREACHABLE.search(output):
        return f"the package index cannot be reached{_first(FAULTS, output)}"
    if TOO_LARGE.search(output):
        return "a file of the package index is larger than any file of a build may be"
    for pattern in CULPRITS:
        found = re.search(pattern, output, re.DOTALL)
        if found:
            return f"{' '.join(found.group(1).split())} cannot be installed{_first(DAMAGES, output)}"
    return "the requirements cannot be installed"


def _first(table: tuple[tuple[str, str], ...], output: str) -> str:
    for pattern, text in table:
        found = re.search(pattern, output)
        if found:
            return f": {text.format(*found.groups())}"
    return ""
