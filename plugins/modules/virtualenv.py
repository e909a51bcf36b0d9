#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep virtualenvs in step with their interpreter and their requirements"""

from __future__ import annotations

DOCUMENTATION = r"""
module: virtualenv
short_description: Keep virtualenvs in step with their interpreter and their requirements
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Each virtualenv is built once, at its final path C(PATH.d/FINGERPRINT), and never edited afterwards. C(PATH) is a
    symbolic link to it that is switched by one rename, so a program that starts finds the old one or the new one, and
    never half.
  - The fingerprint covers the interpreter (real path, full version, ABI, build), the requirements with every file they
    include, the constraints, the index and the installer. When one of these changed, another virtualenv is built beside
    the one in force.
  - It holds exactly what the requirements say; what left them is not in the next one.
  - A build that fails changes nothing and says which package failed. The one before the current virtualenv is kept,
    older ones are removed.
  - It stands by itself. The virtualenvs of apps are part of their deploy and need no entry here. The role
    P(pyhost.platform.venv#role) brings uv, too.
options:
  virtualenvs:
    description: The virtualenvs. Several are built at the same time, and one that fails does not stop the others.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description:
          - The link to the virtualenv, as an absolute path. Use C(PATH/bin/python) in programs.
          - A directory or link at this place that this module did not make is refused.
        type: path
        required: true
      python:
        description:
          - The branch, such as V("3.11"), or the absolute path of an interpreter. The newest interpreter of the host if
            not given.
        type: str
        default: ""
      requirements:
        description:
          - Requirement files on the host, as absolute paths. They may include others by relative paths.
        type: list
        elements: path
        default: []
      packages:
        description: Requirements, such as V(flask>=3), in addition to O(virtualenvs[].requirements).
        type: list
        elements: str
        default: []
      constraints:
        description: Constraints files on the host, as absolute paths.
        type: list
        elements: path
        default: []
      installer:
        description: What installs the requirements; uv if not given, or pip for a branch that uv does not serve, which
          is 2.7.
        type: str
        choices: [uv, pip]
      index_url:
        description:
          - Package index; that of the installer if empty. User and password belong into C(~/.netrc) of the user that
            builds.
        type: str
        default: ""
      state:
        description: V(absent) removes the link and every virtualenv that was built for it.
        type: str
        choices: [present, absent]
        default: present
  python_paths:
    description:
      - Patterns of interpreters, or of prefixes that hold C(bin/python), that are preferred to those in C(/usr/bin),
        such as V(~/.pyenv/versions/*).
    type: list
    elements: str
    default: []
  uv:
    description: The program uv. C(/opt/pyhost/tools/bin/uv), else the one in E(PATH), if empty.
    type: str
    default: ""
  build_environment:
    description: Environment of installers only, such as proxies and certificate bundles. The values are no place for
      secrets.
    type: dict
    default: {}
  jobs:
    description: Virtualenvs that are built at the same time.
    type: int
    default: 4
  timeout:
    description: Seconds for the whole build of one virtualenv.
    type: int
    default: 900
notes:
  - It runs as the user of the task. As root, use it only for directories that no other user can write, and packages you
    trust to run code as root; elsewhere use C(become_user).
extends_documentation_fragment:
  - pyhost.platform.attributes
seealso:
  - module: pyhost.platform.runtimes
    description: Makes Python branches exist.
  - module: pyhost.platform.tools
    description: Installs uv.
  - module: ansible.builtin.pip
"""

EXAMPLES = r"""
- name: Keep the virtualenv of our tools
  pyhost.platform.virtualenv:
    virtualenvs:
      - path: /srv/tools/venv
        python: "3.11"
        requirements: [/srv/tools/requirements.txt]
        constraints: [/srv/tools/constraints.txt]

- name: Keep two, and remove a third
  pyhost.platform.virtualenv:
    virtualenvs:
      - path: /srv/docs/venv
        packages: ["sphinx>=8", furo]
      - path: /srv/lint/venv
        packages: [ruff]
        installer: pip
      - path: /srv/old/venv
        state: absent
"""

RETURN = r"""
virtualenvs:
  description: One result for each, in their order.
  returned: always, except when O(virtualenvs) is wrong
  type: list
  elements: dict
  contains:
    path:
      description: The link.
      returned: always
      type: str
      sample: /srv/tools/venv
    changed:
      description: Whether it was, or in check mode would be, built, switched or removed.
      returned: always
      type: bool
      sample: true
    error:
      description: Why it could not be brought in step; empty when it could.
      returned: always
      type: str
      sample: ""
    reasons:
      description: Why it was built or switched.
      returned: when there is no error
      type: list
      elements: str
      sample: ["Python 3.11.2 → 3.13.5", requirements unchanged]
    python:
      description: Full version of the interpreter.
      returned: when it is present and there is no error
      type: str
      sample: 3.13.5
    fingerprint:
      description: The name of the virtualenv in C(PATH.d).
      returned: when it is present and there is no error
      type: str
      sample: 60b725f10c9c85c7
    packages:
      description: Its packages by name, with their versions. In check mode empty where only the build can tell.
      returned: when there is no error
      type: dict
      sample: {"flask": "3.1.2"}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_virtualenv import virtualenvs
from ansible_collections.pyhost.platform.plugins.module_utils._virtualenv import listing

ENTRY: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "python": {"type": "str", "default": ""},
    "requirements": {"type": "list", "elements": "path", "default": []},
    "packages": {"type": "list", "elements": "str", "default": []},
    "constraints": {"type": "list", "elements": "path", "default": []},
    "installer": {"type": "str", "choices": ["uv", "pip"]},
    "index_url": {"type": "str", "default": ""},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

SPEC: dict[str, Any] = {
    "virtualenvs": {"type": "list", "elements": "dict", "required": True, "options": ENTRY},
    "python_paths": {"type": "list", "elements": "str", "default": []},
    "uv": {"type": "str", "default": ""},
    "build_environment": {"type": "dict", "default": {}},
    "jobs": {"type": "int", "default": 4},
    "timeout": {"type": "int", "default": 900},
}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    environment = {name: str(value) for name, value in module.params["build_environment"].items()}
    try:
        found = virtualenvs({**module.params, "build_environment": environment, "check": module.check_mode})
    except (PyhostError, ValueError) as error:
        module.fail_json(msg=str(error))
    rows = found["virtualenvs"]
    diff = []
    for row in rows:
        before, after = row.pop("before", {}), row.pop("after", {})
        if not row["error"]:
            row["packages"] = after or {}
        if row["changed"] and after is not None and before != after:
            header = f"{row['path']}: packages"
            texts = {"before": listing(before), "after": listing(after)}
            diff.append({"before_header": header, "after_header": header, **texts})
    result = {**found, "diff": diff}
    wrong = [f"{row['path']}: {row['error']}" for row in rows if row["error"]]
    if wrong:
        module.fail_json(msg="\n".join(wrong), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
