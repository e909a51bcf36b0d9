#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at how the apps of a host are"""

from __future__ import annotations

DOCUMENTATION = r"""
module: status
short_description: Look at how the apps of a host are
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Returns for each app that is deployed on a host, or declared for it, what is in force, what runs, what changed last
    and what is wrong. Nothing is changed.
  - A host that cannot be reached is no failure. It is returned as such, with the apps that are declared for it.
options:
  apps:
    description:
      - The apps that are declared for the host; of each entry the name and the state are read.
      - When there are none, what is deployed is not compared with them.
    type: list
    elements: raw
    default: []
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.place
  - pyhost.platform.job
seealso:
  - module: pyhost.platform.overview
"""

EXAMPLES = r"""
- name: Look at the apps of each host
  pyhost.platform.status:
    apps: "{{ pyhost_apps }}"
  register: looks
"""

RETURN = r"""
host:
  description: The name of the host in the inventory.
  returned: success
  type: str
  sample: web1
status:
  description: The host, with one row per app; C(docs/status.md) has the format.
  returned: success
  type: dict
  sample:
    reached: true
    error: ""
    state: ok
    apps: []
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_status import statuses


def main() -> None:
    serve(
        statuses,
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": "~/pyhost"},
        apps={"type": "list", "elements": "raw", "default": []},
    )


if __name__ == "__main__":
    main()
