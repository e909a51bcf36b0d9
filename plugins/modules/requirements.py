#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the packages of an app into a requirements file"""

from __future__ import annotations

DOCUMENTATION = r"""
module: requirements
short_description: Write the packages of an app into a requirements file
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Writes what M(pyhost.platform.freeze) found on all hosts into one file of the controller.
  - It fails when hosts differ.
  - It runs on the controller alone, as an action plugin. In check mode no file is written.
options:
  name:
    description:
      - The app.
    type: str
    required: true
  found:
    description:
      - The results of M(pyhost.platform.freeze), one for each host.
    type: list
    elements: dict
    required: true
  dest:
    description:
      - The file. C(NAME-requirements.txt) in the current directory, if empty.
    type: path
  overwrite:
    description:
      - Whether a file that no freeze has written is replaced.
    type: bool
    default: false
extends_documentation_fragment:
  - pyhost.platform.attributes
"""

EXAMPLES = r"""
- name: Write one file
  pyhost.platform.requirements:
    name: ramen
    found: "{{ ansible_play_hosts | map('extract', hostvars, 'frozen') | list }}"
  run_once: true
"""

RETURN = r"""
dest:
  description: The file.
  returned: success
  type: str
  sample: /home/anna/ramen-requirements.txt
msg:
  description: What was done, as a sentence.
  returned: always
  type: str
"""

# The action plugin of the same name does all the work, on the controller.
