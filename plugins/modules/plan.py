#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan what each app should look like"""

from __future__ import annotations

DOCUMENTATION = r"""
module: plan
short_description: Plan what each app should look like
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage plan. From the app, the facts of its code and the interpreters of the host it makes one plan per app, and
    compares it with what runs. Nothing is touched.
  - An app that cannot be planned fails alone.
  - It runs on the controller alone, as an action plugin.
options: {}
notes:
  - The role P(pyhost.platform.app#role) runs the stages in their order.
extends_documentation_fragment:
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
apps:
  description: Why planning failed, by name of the app.
  returned: success
  type: dict
  sample: {}
plans:
  description: A summary of each plan, by name of the app. It holds no value of any environment.
  returned: success
  type: dict
  sample:
    ramen:
      release: 1-0123456789ab
      python: 3.13.5
      virtualenv: 60b725f10c9c85c7
      server: gunicorn
      how: wsgi.py has application
      todo: {"build": ["first build"], "configure": ["files to write"], "rollout": ["first deploy"]}
"""

# The action plugin of the same name does all the work, on the controller.
