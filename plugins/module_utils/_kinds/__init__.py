# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of services: one small file for each, behind one interface. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._kinds import (
    mariadb,
    memcached,
    postgresql,
    rabbitmq,
    redis,
)
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import Kind

KINDS: dict[str, Kind] = {
    "postgresql": postgresql.PostgreSQL(),
    "mariadb": mariadb.MariaDB(),
    "redis": redis.Redis(),
    "rabbitmq": rabbitmq.RabbitMQ(),
    "memcached": memcached.Memcached(),
}
