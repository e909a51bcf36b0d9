#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the programs of pyhost on a host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: tools
short_description: Install the programs of pyhost on a host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Makes the directory with supervisord, uv, nginx and the start wrapper, and switches to it by one rename.
  - It handles every app of the host in one run. Its action half, of the same name, makes the order on the controller;
    playbooks give that half the options below and never O(job).
options:
  job:
    description:
      - The stage's order, made by the action half.
    type: str
    required: true
extends_documentation_fragment:
  - pyhost.platform.stage
seealso:
  - ref: pyhost.platform.deploy
    description: The playbook that runs the stages in their order.
"""

EXAMPLES = r"""
# The stages are run by the role pyhost.platform.app.
- name: Deploy the apps of pyhost_apps
  ansible.builtin.import_playbook: pyhost.platform.deploy
"""

RETURN = r"""
directory:
  description: The directory the tools are in.
  returned: success
  type: str
  sample: /opt/pyhost/tools
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._job import SPEC, unpack
from ansible_collections.pyhost.platform.plugins.module_utils._stage_tools import tools


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    try:
        module.exit_json(**tools(unpack(module.params["job"])))
    except (PyhostError, ValueError) as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
