#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write and check the nginx and Supervisor files of apps"""

from __future__ import annotations

DOCUMENTATION = r"""
module: configure
short_description: Write and check the nginx and Supervisor files of apps
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage configure. The files of an app are written aside and checked as one set. They come into force with the
    rollout.
  - Text that nginx refuses changes nothing.
options: {}
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
apps:
  description: What was done for each app, or why it failed, by name. Apps with nothing to do are not named.
  returned: success
  type: dict
  sample: {"ramen": "files to write"}
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_configure import configures


def main() -> None:
    serve(configures)


if __name__ == "__main__":
    main()
