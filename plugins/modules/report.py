#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report what a run did"""

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Report what a run did
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage report. It prints a table with one row per app, writes a JSON file on the controller, and fails when an app of
    the host failed, naming each with its cause and what serves now.
  - The host is asked when an app failed, or had failed before; the app remembers that in C(run/failed.json), for
    M(pyhost.platform.status). In check mode nothing is written.
options: {}
extends_documentation_fragment:
  - pyhost.platform.job
  - pyhost.platform.stage
  - pyhost.platform.attributes
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
report:
  description: One row per app.
  returned: when no app failed
  type: list
  elements: dict
  sample:
    - app: ramen
      host: web1
      release: 1-0123456789ab
      python: 3.13.5
      virtualenv: built (first build)
      rollout: done (first deploy)
      address: http://ramen.example.com/
      warnings: []
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_report import reports


def main() -> None:
    serve(reports)


if __name__ == "__main__":
    main()
