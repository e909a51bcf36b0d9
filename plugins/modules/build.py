#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the virtualenvs of apps"""

from __future__ import annotations

DOCUMENTATION = r"""
module: build
short_description: Build the virtualenvs of apps
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage build. Each virtualenv is built once, at its final path, by its app's user, and never edited afterwards;
    several are built at the same time. Then the release is prepared, such as with Django's C(collectstatic).
  - In system scope, what several of the apps pin by C(name==version) is fetched and built once for all of them, into
    a store that no app can write, unless O(pyhost.platform.resolve#module:shared_wheels) is false.
  - At last the entry point is imported, and Django is asked with C(manage.py check --deploy), once for each release and
    virtualenv. Code that cannot be imported, and errors of Django, fail the app before anything starts; warnings of
    Django are reported.
  - An app whose virtualenv is there is left alone. One whose requirements cannot be installed fails alone, with the
    name of the package and the last lines of the installer; the old version serves on.
  - In check mode the requirements are resolved, and nothing is built.
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
  sample: {"ramen": "Python 3.11.2 → 3.13.5; requirements unchanged"}
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_build import builds


def main() -> None:
    serve(builds)


if __name__ == "__main__":
    main()
