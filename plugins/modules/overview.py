#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell how the apps of all hosts are"""

from __future__ import annotations

DOCUMENTATION = r"""
module: overview
short_description: Tell how the apps of all hosts are
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Prints what M(pyhost.platform.status) found on all hosts as a table, with a line for all that is wrong.
  - On demand it writes the same as JSON, and as one HTML page that needs nothing else.
  - It runs on the controller alone, as an action plugin. In check mode no file is written.
options:
  found:
    description:
      - The results of M(pyhost.platform.status), one for each host.
      - A host of the play that has none is told as not reached.
    type: list
    elements: dict
    required: true
  path:
    description:
      - A JSON file of the controller; C(docs/status.md) has its format. None is written, if empty.
    type: path
  page:
    description:
      - An HTML file of the controller. None is written, if empty.
    type: path
  strict:
    description:
      - Whether a problem of an app, or a host that was not reached, is a failure of this task.
    type: bool
    default: false
extends_documentation_fragment:
  - pyhost.platform.attributes
seealso:
  - module: pyhost.platform.status
"""

EXAMPLES = r"""
- name: Print the table and write the page
  pyhost.platform.overview:
    found: "{{ ansible_play_hosts | map('extract', hostvars, 'looks') | list }}"
    page: status.html
  run_once: true
"""

RETURN = r"""
counts:
  description: How many hosts and apps there are, and how many are in which state.
  returned: success
  type: dict
  sample:
    hosts: 2
    unreached: 0
    apps: 20
    ok: 17
    warning: 2
    problem: 1
"""

# The action plugin of the same name does all the work, on the controller.
