# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What community.crypto's module for ACME (RFC 8555) is told, and what it says. PRIVATE to the collection.

The module runs twice on the host: it orders, and when the answers to the challenges lie there, it fetches.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.loader import module_loader
from ansible_collections.pyhost.platform.plugins.module_utils._front import ACME

COLLECTION = "community.crypto"
MODULE = f"{COLLECTION}.acme_certificate"
CHALLENGE = "http-01"


def available() -> bool:
    """Whether the controller has the collection."""
    return bool(module_loader.find_plugin_with_context(MODULE).resolved)


def arguments(settings: dict[str, Any], app: str, request: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
    """The module's options: to order with ``request``, PEM, and with its answer as ``order`` to fetch."""
    told = {
        "acme_directory": settings["acme_directory"],
        "acme_version": 2,
        "account_key_src": f"{ACME}/account.key",
        "modify_account": True,
        "terms_agreed": True,
        "challenge": CHALLENGE,
        "csr_content": request,
        "fullchain_dest": certificate(app),
        "force": True,
    }
    if settings["acme_email"]:
        told["account_email"] = settings["acme_email"]
    return {**told, "data": order} if order else told


def certificate(app: str) -> str:
    """Where on the host the issued certificate lies until it is fetched."""
    return f"{ACME}/{app}.pem"


def answers(order: dict[str, Any]) -> dict[str, str]:
    """The files that the authority will ask for, name to text; none for what it has asked lately."""
    found = [kinds[CHALLENGE] for kinds in (order.get("challenge_data") or {}).values() if CHALLENGE in kinds]
    return {one["resource"].rpartition("/")[2]: one["resource_value"] for one in found}
