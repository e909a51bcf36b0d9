#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move apps to their new version"""

from __future__ import annotations

DOCUMENTATION = r"""
module: rollout
short_description: Move apps to their new version
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage rollout. It starts the new version beside the old one, proves it healthy, switches by one rename, lets the old
    one finish its requests and ends it.
  - What runs is compared with what should run; apps without a difference are left alone.
  - A new version that does not prove itself is ended, and the old one serves on.
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
  sample: {"ramen": "new code"}
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_rollout import rollouts


def main() -> None:
    serve(rollouts)


if __name__ == "__main__":
    main()
