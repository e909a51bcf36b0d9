#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove runtimes and virtualenvs that nothing needs"""

from __future__ import annotations

DOCUMENTATION = r"""
module: prune
short_description: Remove runtimes and virtualenvs that nothing needs
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Removes what no app of the host needs, declared or not - virtualenvs, releases and rules that neither the version in
    force nor a rollback leads to, and runtimes of the store that no virtualenv was made with.
  - A runtime stays as long as anything uses it. That is an app's virtualenv, a virtualenv anywhere on the disks of the
    host, a process, or a declared branch. One that was brought within the last hour stays, too, because a deploy may be
    at work.
  - Packages of the distribution and interpreters of the operator's own are never removed, only the links of their
    branch below C(/opt/python), when nothing uses it.
  - What a rehearsal built goes, too, after an hour. In check mode nothing is removed, and the same is listed.
options:
  apps:
    description:
      - The apps of the host, as they are declared; the branches that they name stay.
    type: raw
    default: []
  python_default:
    description:
      - Branch of apps that name none; it stays.
    type: str
    default: ""
  python_aliases:
    description:
      - Branches that stand for others.
    type: dict
    default: {}
  branches:
    description:
      - Further branches that stay.
    type: list
    elements: str
    default: []
  keep_releases:
    description:
      - Releases that are kept with what a rollback to them needs, the one in force included.
    type: int
    default: 5
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.place
  - pyhost.platform.job
seealso:
  - module: pyhost.platform.runtimes
"""

EXAMPLES = r"""
- name: Remove what nothing needs, but keep Python 3.9
  pyhost.platform.prune:
    branches: ["3.9"]
"""

RETURN = r"""
rows:
  description: What went, and runtimes that stay with the reason.
  returned: success
  type: list
  elements: dict
  sample:
    - {what: runtime, name: "3.12-1f0a9c3b7d5e (3.12.4, uv)", app: "", bytes: 98566144, why: ""}
    - {what: runtime, name: "3.13-77ab3c001f9e (3.13.5, uv)", app: "", bytes: 0, why: "the branch 3.13 is declared"}
freed:
  description: Bytes of disk that were freed, or would be.
  returned: success
  type: int
  sample: 98566144
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_prune import clean


def main() -> None:
    serve(
        clean,
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": "~/pyhost"},
        apps={"type": "raw", "default": []},
        python_default={"type": "str", "default": ""},
        python_aliases={"type": "dict", "default": {}},
        branches={"type": "list", "elements": "str", "default": []},
        keep_releases={"type": "int", "default": 5},
    )


if __name__ == "__main__":
    main()
