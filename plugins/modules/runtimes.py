#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make Python branches exist on a host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: runtimes
short_description: Make Python branches exist on a host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage runtimes. It gives each wanted branch a directory of its own, whose C(bin/python) leads to an interpreter that
    is there. It installs nothing; the role P(pyhost.platform.python#role) installs packages of the distribution first.
  - It works within a run and by itself, as the role P(pyhost.platform.python#role) uses it.
options:
  branches:
    description:
      - Branches that are to exist.
    type: list
    elements: str
    default: []
  paths:
    description:
      - Patterns of interpreters to adopt, or of prefixes that hold C(bin/python). They are preferred to those in
        C(/usr/bin).
    type: list
    elements: str
    default: []
  scope:
    description:
      - V(system) makes them below C(/opt/python), V(account) below O(root).
    type: str
    choices: [system, account]
    default: system
  root:
    description:
      - The directory of account scope; branches are in its directory C(python). Within a run, that of the run counts.
    type: str
    default: ""
  job:
    description:
      - The order for the host. The action plugin of the same name makes it on the controller; playbooks leave it out.
    type: str
extends_documentation_fragment:
  - pyhost.platform.attributes
seealso:
  - module: pyhost.platform.virtualenv
"""

EXAMPLES = r"""
- name: Make two branches
  pyhost.platform.runtimes:
    branches: ["3.11", "3.13"]
    paths: ["/opt/builds/python-*"]
"""

RETURN = r"""
interpreters:
  description: The interpreters that are there now, the preferred first.
  returned: success
  type: list
  elements: dict
  sample: [{"branch": "3.13", "version": "3.13.5", "path": "/opt/python/3.13/bin/python"}]
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_runtimes import runtimes


def main() -> None:
    serve(
        runtimes,
        branches={"type": "list", "elements": "str", "default": []},
        paths={"type": "list", "elements": "str", "default": []},
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": ""},
    )


if __name__ == "__main__":
    main()
