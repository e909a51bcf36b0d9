#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore an app of a host from a backup"""

from __future__ import annotations

DOCUMENTATION = r"""
module: restore
short_description: Restore an app of a host from a backup
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Puts the data directory and the databases of a backup that M(pyhost.platform.backup) has written in force. The app
    has to be deployed; on a new host, deploy it first.
  - The archive is proved by its checksums before anything is touched. What is there now becomes a backup of its own
    first.
  - The data directory is unpacked beside the old one while the app runs. Then the app's programs stop, databases are
    loaded, the directories change places by one rename, the release hook runs if there is a database, and the programs
    start.
  - A PostgreSQL database is replaced in one transaction. Those of MariaDB and Redis cannot be; killed in the middle,
    they are half until the restore is repeated.
options:
  name:
    description:
      - The app; it has to be named.
    type: str
  path:
    description:
      - The directory of the controller for archives. It has to be named.
    type: path
  archive:
    description:
      - The archive; without one, the newest of this app and host in O(path). Where that has none of this host and all
        are of one other host, the newest of that one.
    type: path
  apps:
    description:
      - The apps of the host as they are declared. The release hook of O(name) is taken from there.
    type: raw
    default: []
  safety:
    description:
      - Whether what is there now is backed up first.
    type: bool
    default: true
  lock_wait:
    description:
      - Seconds to wait for a deploy of the same app.
    type: int
    default: 0
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.place
  - pyhost.platform.job
seealso:
  - module: pyhost.platform.backup
"""

EXAMPLES = r"""
- name: Restore the newest backup of an app
  pyhost.platform.restore:
    name: ramen
    path: /var/backups/pyhost
    apps: "{{ pyhost_apps }}"
"""

RETURN = r"""
found:
  description: Whether the app is deployed on this host.
  returned: success
  type: bool
did:
  description: What was done, with the seconds since the beginning.
  returned: success, and the app was found
  type: list
  elements: str
before:
  description: The archive of what was there before; empty where O(safety) is V(false).
  returned: success, the app was found, and this is no check mode
  type: str
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_backup import backup


def main() -> None:
    serve(
        backup,
        name={"type": "str"},
        path={"type": "path"},
        archive={"type": "path"},
        apps={"type": "raw", "default": []},
        safety={"type": "bool", "default": True},
        lock_wait={"type": "int", "default": 0},
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": "~/pyhost"},
    )


if __name__ == "__main__":
    main()
