# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a stage's module that is the same for all stages. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._job import SPEC, unpack


def serve(stage: Callable[[dict[str, Any]], dict[str, Any]], **options: dict[str, Any]) -> None:
    """Run ``stage`` with the order of this module and end with its result, or with the message of its error.

    ``options`` are the module's own: the action plugin reads them; the host gets its order in ``job`` alone.
    """
    module = AnsibleModule(argument_spec={**SPEC, **options}, supports_check_mode=True)
    try:
        module.exit_json(**stage(unpack(module.params["job"])))
    except (PyhostError, ValueError) as error:
        module.fail_json(msg=str(error))
