#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back up apps of a host to the controller"""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup
short_description: Back up apps of a host to the controller
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - For each app, writes one archive on the controller with its data directory and its databases, while the app runs.
  - The archive is a tar file with C(data.tar.gz), C(data.sha256) (a line for each file, as C(sha256sum) writes it), a
    compressed dump for each database of PostgreSQL, MariaDB and Redis, and C(manifest.json), which names app, host,
    time, release, versions of servers, the names of variables and the SHA-256 of each member. Nobody but the user who
    runs Ansible can read it.
  - It is streamed, and needs neither memory nor disk space on the host, except for the copy of one SQLite database at a
    time.
  - A SQLite database is copied by SQLite, and a dump is of one moment. What memcached and
    RabbitMQ hold is not part of a backup.
  - What is there under an archive's name is whole. A backup that fails, or is killed, leaves none.
options:
  name:
    description:
      - The app; V("") is every app of the host.
    type: str
    default: ""
  path:
    description:
      - The directory of the controller for archives; each app has one of its own in it. It has to be named.
    type: path
  keep:
    description:
      - Archives of the same app and host that are kept, the new one included; V(0) keeps all.
    type: int
    default: 0
  look:
    description:
      - Whether only the RV(packages) are told that this host needs for the dumps and has not.
    type: bool
    default: false
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
  - module: pyhost.platform.restore
"""

EXAMPLES = r"""
- name: Back up everything
  pyhost.platform.backup:
    path: /var/backups/pyhost
    keep: 14
"""

RETURN = r"""
packages:
  description: Packages of the distribution that are missing.
  returned: success, and O(look) is V(true)
  type: list
  elements: str
  sample: [postgresql-client]
found:
  description: Whether there was anything to back up on this host.
  returned: success
  type: bool
backups:
  description: One row for each app.
  returned: success
  type: list
  elements: dict
  sample:
    - app: ramen
      host: web1
      path: /var/backups/pyhost/ramen/ramen_web1_20261122T103000Z.tar
      size: 1048576
      files: 12
      databases: [db]
      seconds: 1.2
      removed: []
      warnings: []
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_backup import backup


def main() -> None:
    serve(
        backup,
        name={"type": "str", "default": ""},
        path={"type": "path"},
        keep={"type": "int", "default": 0},
        look={"type": "bool", "default": False},
        lock_wait={"type": "int", "default": 0},
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": "~/pyhost"},
    )


if __name__ == "__main__":
    main()
