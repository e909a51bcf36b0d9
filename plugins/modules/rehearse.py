#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try apps on another Python branch"""

from __future__ import annotations

DOCUMENTATION = r"""
module: rehearse
short_description: Try apps on another Python branch
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage rehearse, after a P(pyhost.platform.resolve#module) with O(pyhost.platform.resolve#module:rehearse). It builds
    the virtualenv of each app on that branch, aside, and imports its entry point as the stage build does. It prints a
    table of the apps with who would fail and why, and fails when one would.
  - What runs is not touched. No hook runs, no static files are collected, no link, rule or process changes.
  - What it built is reused by the change itself, as long as that comes within a day; later a deploy may remove it.
  - In check mode the requirements are resolved, and nothing is built.
options: {}
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.job
  - pyhost.platform.stage
seealso:
  - module: pyhost.platform.build
"""

EXAMPLES = r"""
# The playbook pyhost.platform.rehearse runs the stages in their order.
- name: Try every app on Python 3.13
  ansible.builtin.include_role:
    name: pyhost.platform.app
    tasks_from: rehearse
  vars:
    app_branch: "3.13"
"""

RETURN = r"""
rehearsal:
  description: One row per app; C(ready) is false for one that would fail, and null for one that did not take part.
  returned: always
  type: list
  elements: dict
  sample:
    - app: ramen
      host: web1
      python: 3.11.2 → 3.13.5
      result: would fail
      why: numba==0.53 has no wheel and does not build
      ready: false
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_build import builds


def main() -> None:
    serve(builds)


if __name__ == "__main__":
    main()
