# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short, stable names for values. Pure. PRIVATE to the collection."""

from __future__ import annotations

import hashlib
import json
from typing import Any

LENGTH = 12


def digest_of(value: Any) -> str:
    """A name for a JSON value: the beginning of the SHA-256 of its canonical text."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def value_digests(values: dict[str, str]) -> dict[str, str]:
    """The same names with a digest for each value: enough to see that one changed."""
    return {
        name: hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:8] for name, value in values.items()
    }
