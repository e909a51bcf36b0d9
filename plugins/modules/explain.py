#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say how each platform would run a source, and why"""

from __future__ import annotations

DOCUMENTATION = r"""
module: explain
short_description: Say how each platform would run a source, and why
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Reads a source on the controller and prints how each platform of this collection would run it and why, or why that
    platform would refuse it.
  - It runs on the controller alone, as an action plugin. No host is asked, no code of the source runs, and nothing is
    changed.
options:
  source:
    description:
      - A directory or an archive on the controller.
    type: path
    required: true
  base:
    description:
      - The directory that O(source) is relative to.
    type: path
    default: .
  entry:
    description:
      - Further keys of an entry of C(pyhost_apps), such as C(approot). With C(platform) only that one is asked.
    type: dict
    default: {}
extends_documentation_fragment:
  - pyhost.platform.attributes
seealso:
  - module: pyhost.platform.resolve
    description: Does the same at the beginning of a deploy, for the platform of each app.
"""

EXAMPLES = r"""
- name: Say how a source would be run
  pyhost.platform.explain:
    source: ../ramen
  register: ramen

- name: See to it that it runs on one platform
  ansible.builtin.assert:
    that: "'appfog' in ramen.platforms"
"""

RETURN = r"""
platforms:
  description: The platforms that would run it, or at least one of the apps that it describes.
  returned: success
  type: list
  elements: str
  sample: [appfog, native]
apps:
  description: One for each app that a platform would make of the source, and one for each refusal.
  returned: success
  type: list
  elements: dict
  contains:
    platform:
      description: The platform.
      returned: success
      type: str
      sample: native
    app:
      description: The app's name.
      returned: success
      type: str
      sample: ramen
    ok:
      description: Whether it would be run.
      returned: success
      type: bool
      sample: true
    refused:
      description: Why it would not be run.
      returned: success
      type: list
      elements: str
      sample: []
    why:
      description: What decided how it is run.
      returned: when it would be run
      type: str
      sample: wsgi.py defines 'application'
    runs:
      description: Server and callable, or command.
      returned: when it would be run
      type: str
      sample: gunicorn wsgi:application
    requirements:
      description: What it is installed from.
      returned: when it would be run
      type: list
      elements: str
      sample: [requirements.txt]
    packages:
      description: What is installed besides.
      returned: when it would be run
      type: list
      elements: str
      sample: [gunicorn>=23, pip]
    python:
      description: The branch of Python that is asked for; empty for that of the host.
      returned: when it would be run
      type: str
      sample: ""
    environment:
      description: Names of the variables that the platform and the entry set.
      returned: when it would be run
      type: list
      elements: str
      sample: []
    steps:
      description: Commands on the way to a new version.
      returned: when it would be run
      type: list
      elements: dict
      sample: []
    processes:
      description: Further programs, name to command.
      returned: when it would be run
      type: dict
      sample: {}
    notes:
      description: What else is to be said.
      returned: when it would be run
      type: list
      elements: str
      sample: []
"""

# The action plugin of the same name does all the work, on the controller.
