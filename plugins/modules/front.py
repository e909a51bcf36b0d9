#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lead domains to the cells of a host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: front
short_description: Lead domains to the cells of a host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage front. It writes the generated files of the host's nginx aside, checks them, switches by one rename and
    reloads.
  - In account scope there is no front. There it leads web roots of the host's own Apache to the apps that name them.
options:
  known:
    description:
      - Change only what leads to apps already; none is added, and none goes.
    type: bool
    default: false
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.job
  - pyhost.platform.stage
seealso:
  - module: pyhost.platform.resolve
    description: Begins a run.
"""

EXAMPLES = r"""
# The role pyhost.platform.app runs the stages in their order.
- name: Deploy the apps of pyhost_apps
  ansible.builtin.include_role:
    name: pyhost.platform.app
"""

RETURN = r"""
names:
  description: The names of the generated files in force.
  returned: when files were written
  type: list
  elements: str
  sample: [00-common.conf, 01-default.conf, app-ramen.conf]
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_front import front


def main() -> None:
    serve(front, known={"type": "bool", "default": False})


if __name__ == "__main__":
    main()
