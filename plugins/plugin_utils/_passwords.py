# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords of bindings: given as variables, or kept in files of the operator. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service, data_name, login_app, login_name
from ansible_collections.pyhost.platform.plugins.module_utils._verifiers import verifier

RULES = {"length": 32, "chars": ["ascii_letters", "digits"]}
"""What the lookup `ansible.builtin.password` makes: 190 bits, nothing that any URL, file or client would read anew."""

LONGEST = 200
VAULT = b"$ANSIBLE_VAULT"
COMING = "password-that-the-run-will-make"
"""Stands for one that check mode does not make."""


class Passwords:
    """The password of each app's binding; ``action`` is where variables and files are read from.

    With ``check`` none is made; what stands for it serves nobody.
    """

    def __init__(self, action: ActionBase, settings: dict[str, Any], check: bool = False) -> None:
        self._check = check
        self._action = action
        self._settings = settings
        self._known: dict[str, str] = {}

    def problem(self, app: str, service: Service, owner: str = "") -> str:
        """What is wrong with a password that is there already, or ""; ``owner`` as in `login_name`."""
        if service.type == "memcached":
            return ""
        try:
            password = self._given(app, service)
            if not password and (path := self._path(login_name(app, service.name, service.rotation, owner))).exists():
                password = self._read(path)
        except PyhostError as error:
            return str(error)
        if not password:
            return ""
        if not password.isprintable() or not password.isascii() or len(password) > LONGEST:
            return f"its password is not of 1 to {LONGEST} printable ASCII characters; give another one"
        return ""

    def password(self, app: str, service: Service, owner: str = "") -> str:
        """The password, which is made now if there is none.

        Raises `PyhostError` when it cannot be read or kept.
        """
        if service.type == "memcached":
            return ""
        login = login_name(app, service.name, service.rotation, owner)
        if login not in self._known:
            self._known[login] = self._given(app, service) or self._kept(self._path(login))
        return self._known[login]

    def verifier(self, app: str, service: Service, owner: str = "") -> str:
        """What the service's host is told of it."""
        login = login_name(app, service.name, service.rotation, owner)
        return verifier(service.type, login, self.password(app, service, owner))

    def _given(self, app: str, service: Service) -> str:
        value = self._settings["services_secrets"].get(data_name(app, service.name), "")
        if not isinstance(value, str):
            raise PyhostError(f"pyhost_services_secrets.{data_name(app, service.name)} is no string; quote it")
        return str(value)

    def _path(self, login: str) -> Path:
        """One file for each login, so a new rotation is a new file and the old one stays what it was."""
        folder = Path(self._settings["services_passwords"]).expanduser()
        base = folder if folder.is_absolute() else Path(self._settings["base"]).expanduser() / folder
        return base / login_app(login) / login.partition("_")[2]

    def _kept(self, path: Path) -> str:
        if path.exists() and path.read_bytes().startswith(VAULT):
            return self._read(path)
        if self._check and not path.exists():
            return COMING
        lookup = lookup_loader.get(
            "ansible.builtin.password", loader=self._action._loader, templar=self._action._templar
        )
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            password = str(lookup.run([str(path)], {}, **RULES)[0])
        except (AnsibleError, OSError) as error:
            raise PyhostError(f"{path}: no password can be kept there: {error}") from error
        return password or self._read(path)

    def _read(self, path: Path) -> str:
        """The first line; Ansible's loader decrypts what Vault has encrypted."""
        try:
            text = Path(self._action._loader.get_real_file(str(path))).read_text("utf-8")
        except (AnsibleError, OSError, UnicodeDecodeError) as error:
            raise PyhostError(f"its password in {path} cannot be read: {str(error).splitlines()[0]}") from error
        password = text.splitlines()[0].strip() if text.strip() else ""
        if not password:
            raise PyhostError(f"{path} is empty; write the password into it, or remove the file")
        return password
