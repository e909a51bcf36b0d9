# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what all hosts have installed for an app into one requirements file of the controller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _freeze
from ansible_collections.pyhost.platform.plugins.plugin_utils._stage import Stage, diff_of

HEAD = "# Frozen by pyhost.platform.freeze"


class ActionModule(Stage):
    """Refuses to replace a file that no freeze has written, unless it is told to."""

    name = "requirements"
    fresh = True
    TRANSFERS_FILES = False

    def work(self, args: dict[str, Any]) -> dict[str, Any]:
        name = str(args.get("name", ""))
        found = {str(one["host"]): list(one["lines"]) for one in args.get("found", ()) if one["found"]}
        if not found:
            raise PyhostError(f"{name} is deployed on none of these hosts")
        problem = _freeze.difference(name, found)
        if problem:
            raise PyhostError(problem)
        lines = next(iter(found.values()))
        path = Path(str(args.get("dest") or f"{name}-requirements.txt")).expanduser().absolute()
        text = "\n".join([f"{HEAD}: {name}", *lines, ""])
        before = self._before(path, bool(args.get("overwrite")))
        changed = before != text
        if changed and not self.check:
            try:
                _files.write(path, text, mode=0o644)
            except OSError as error:
                raise PyhostError(f"dest: {path} cannot be written: {error.strerror}") from error
        count = "1 package" if len(lines) == 1 else f"{len(lines)} packages"
        message = f"{name}: {count} {self._verb(before, changed)} {path}"
        Display().display(message)
        diff = diff_of([(str(path), before or "", text)])
        return {"changed": changed, "dest": str(path), "msg": message, "diff": diff}

    def _before(self, path: Path, overwrite: bool) -> str | None:
        """The text that is there, None for no file."""
        try:
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PyhostError(f"dest: {path} cannot be read: {error.strerror}") from error
        if not text.startswith(HEAD) and not overwrite:
            raise PyhostError(f"dest: {path} is there, and no freeze has written it; -e overwrite=true replaces it")
        return text

    def _verb(self, before: str | None, changed: bool) -> str:
        if not changed:
            return "as before in"
        instead = " (in place of what a freeze had written)" if before is not None else ""
        return f"to be written{instead} to" if self.check else f"written{instead} to"
