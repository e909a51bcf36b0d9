#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at the runtimes of a host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: survey
short_description: Look at the runtimes of a host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Prints a table of the Pythons of a host, with the source and the end of life of each, and the apps that run on it.
  - The apps are those that are in force on the host, whether they are declared or not. Nothing is changed.
options:
  paths:
    description:
      - Patterns of interpreters to adopt, or of prefixes that hold C(bin/python).
    type: list
    elements: str
    default: []
  path:
    description:
      - A JSON file of the controller, to which each host writes its part; not in check mode.
    type: path
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.place
  - pyhost.platform.job
seealso:
  - module: pyhost.platform.runtimes
"""

EXAMPLES = r"""
- name: Print the runtimes of each host
  pyhost.platform.survey:
    path: runtimes.json
"""

RETURN = r"""
runtimes:
  description: One row per interpreter; C(chosen) says that the directory of its branch leads to it.
  returned: success
  type: list
  elements: dict
  sample:
    - name: "3.13"
      description: CPython 3.13.5
      version: 3.13.5
      source: distro
      path: /usr/bin/python3.13
      chosen: true
      end_of_life: "2029-10-31"
      days_left: 1073
      apps: [ramen]
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_survey import survey


def main() -> None:
    serve(
        survey,
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": "~/pyhost"},
        paths={"type": "list", "elements": "str", "default": []},
        path={"type": "path"},
    )


if __name__ == "__main__":
    main()
