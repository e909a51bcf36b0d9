# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a stage's order travels from the controller to its module. PRIVATE to the collection.

The order holds environments, which are secret. It travels as one opaque word that Ansible hides
(``no_log``); hidden one by one, values such as "1" would be blanked out of every message.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

SPEC: dict[str, dict[str, Any]] = {"job": {"type": "str", "no_log": True}}


def pack(job: dict[str, Any]) -> str:
    return base64.b85encode(zlib.compress(json.dumps(job).encode(), 6)).decode()


def unpack(word: str | None) -> dict[str, Any]:
    """The order in ``word``; raises `ValueError` when it was not made by `pack`."""
    try:
        value = json.loads(zlib.decompress(base64.b85decode(word or "")))
    except (ValueError, zlib.error) as error:
        raise ValueError("job was not made by the action half of this module") from error
    if not isinstance(value, dict):
        raise ValueError("job is not a mapping")  # noqa: TRY004
    return value
