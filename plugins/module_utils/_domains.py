# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a domain is, read from the front's files: one file per app. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

OF_APP = "app-"
"""How the name of a file begins that is one app's."""

SERVER_NAMES = re.compile(r"^    server_name (.*);$", re.MULTILINE)


def file_name(app: str) -> str:
    """The name of an app's file."""
    return f"{OF_APP}{app}.conf"


def domains_of(text: str) -> set[str]:
    """The domains that one app's file leads to it."""
    return {name for line in SERVER_NAMES.findall(text) for name in line.split()}


def owner(file: str) -> str:
    """The app whose file has the name ``file``."""
    return file.removeprefix(OF_APP).removesuffix(".conf")


def conflicts(there: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Files of ``wanted`` that claim a domain of another app, and whose it is, in words.

    A domain belongs to the app that had it first. ``there`` are the files in force; one in conflict stays as it is.
    """
    found: dict[str, str] = {}
    while True:
        texts = {name: there.get(name, "") if name in found else text for name, text in wanted.items()}
        owners: dict[str, str] = {}
        for known in (True, False):
            for name, text in sorted(texts.items()):
                for domain in domains_of(text):
                    if not known or domain in domains_of(there.get(name, "")):
                        owners.setdefault(domain, name)
        new = {
            name: f"{domain} belongs to the app {owner(owners[domain])}; remove it there first"
            for name, text in sorted(texts.items())
            for domain in sorted(domains_of(text))
            if owners[domain] != name and name not in found
        }
        if not new:
            return found
        found.update(new)
