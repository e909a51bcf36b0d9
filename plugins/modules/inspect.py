#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at a host and at every cell on it"""

from __future__ import annotations

DOCUMENTATION = r"""
module: inspect
short_description: Look at a host and at every cell on it
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage inspect. It returns what planning compares the wanted state with, and raises every objection of the host, such
    as a port that is taken or a Python that cannot be had, before anything is touched. Nothing is changed.
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
prepare:
  description: What is missing on the host and has to be there first.
  returned: success
  type: dict
  contains:
    any:
      description: Whether anything is missing.
      returned: success
      type: bool
      sample: true
    branches:
      description: Python branches without a directory of their own.
      returned: success
      type: list
      elements: str
      sample: ["3.13"]
    packages:
      description: Packages of the distribution that bring branches.
      returned: success
      type: list
      elements: str
      sample: [python3.13]
    nginx:
      description: Whether nginx is missing.
      returned: success
      type: bool
      sample: false
    git:
      description: Whether git is missing.
      returned: success
      type: bool
      sample: false
    tools:
      description: Whether the tools are missing or not those of this version of the collection.
      returned: success
      type: bool
      sample: true
    lists:
      description: Whether the host has no package lists yet.
      returned: success
      type: bool
      sample: false
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_inspect import inspect


def main() -> None:
    serve(inspect)


if __name__ == "__main__":
    main()
