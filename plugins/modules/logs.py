#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show an app's logs"""

from __future__ import annotations

DOCUMENTATION = r"""
module: logs
short_description: Show an app's logs
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Prints the last lines of an app's logs and then, until it is interrupted, what is added to them.
  - They are read as the app's user. What a terminal would obey, such as colours and other control characters, is left
    out.
  - Lines are printed as they come and are no part of the result. Nothing is changed.
options:
  name:
    description:
      - Name of the app; it has to be given.
    type: str
    default: ""
  program:
    description:
      - Whose log, such as V(app), V(nginx), the name of a process, V(cron) or V(cron-NAME); all if empty.
    type: str
    default: ""
  lines:
    description:
      - Lines of each log to begin with.
    type: int
    default: 20
  follow:
    description:
      - Whether to go on until it is interrupted.
    type: bool
    default: true
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.place
  - pyhost.platform.job
"""

EXAMPLES = r"""
- name: Show the last hundred lines of a worker
  pyhost.platform.logs:
    name: ramen
    program: worker
    lines: 100
    follow: false
"""

RETURN = r"""
found:
  description: Whether this host has the app.
  returned: success
  type: bool
apps:
  description: Names of the apps that this host has instead.
  returned: success
  type: list
  elements: str
  sample: [ramen]
programs:
  description: What O(program) can be.
  returned: when found
  type: list
  elements: str
  sample: [app, nginx, worker]
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_logs import logs


def main() -> None:
    serve(
        logs,
        name={"type": "str", "default": ""},
        program={"type": "str", "default": ""},
        lines={"type": "int", "default": 20},
        follow={"type": "bool", "default": True},
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": "~/pyhost"},
    )


if __name__ == "__main__":
    main()
