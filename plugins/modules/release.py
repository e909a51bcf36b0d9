#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the code of every app to its host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: release
short_description: Bring the code of every app to its host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage release. All archives travel in one file, and none whose digest is on the host already.
  - Archives are unpacked by the app's user, and checked for paths that leave the release, devices, setuid files and
    size.
  - What C(source.git) names is fetched by the app's user.
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
from ansible_collections.pyhost.platform.plugins.module_utils._stage_release import releases


def main() -> None:
    serve(releases)


if __name__ == "__main__":
    main()
