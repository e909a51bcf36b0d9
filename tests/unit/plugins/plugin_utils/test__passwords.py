# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import stat

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service
from ansible_collections.pyhost.platform.plugins.plugin_utils import _passwords
from ansible_collections.pyhost.platform.plugins.plugin_utils._passwords import COMING, Passwords

DB = Service("db", "postgresql", "web1")


@pytest.fixture(autouse=True)
def _without_collections(monkeypatch):
    """Ansible finds its own plugins by their short names alone before it has looked for collections."""

    class Finder:
        def get(self, name, **words):
            return lookup_loader.get(name.removeprefix("ansible.builtin."), **words)

    monkeypatch.setattr(_passwords, "lookup_loader", Finder())


class Action:
    """What reads variables and files for an action plugin."""

    def __init__(self):
        self._loader = DataLoader()
        self._templar = Templar(loader=self._loader)


def passwords(folder, action=None, check=False, **settings):
    given = {"services_passwords": str(folder), "services_secrets": {}, "base": ".", **settings}
    return Passwords(action or Action(), given, check)


def files(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def test_made_once_and_kept_for_the_operator_alone(tmp_path):
    first = passwords(tmp_path).password("ramen", DB)
    assert len(first) == 32
    assert first.isalnum()
    assert passwords(tmp_path).password("ramen", DB) == first
    [(name, path)] = files(tmp_path).items()
    assert name == "ramen/db.e3b0c4"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_another_rotation_is_another_password(tmp_path):
    one, other = (passwords(tmp_path).password("ramen", Service("db", "redis", "w", rotation=word)) for word in "ab")
    assert one != other
    assert len(files(tmp_path)) == 2


def test_each_of_two_apps_that_share_has_its_own(tmp_path):
    owner, other = (passwords(tmp_path).password(app, DB, "ramen") for app in ("ramen", "ramen-worker"))
    assert owner == passwords(tmp_path).password("ramen", DB)
    assert other not in (owner, passwords(tmp_path).password("ramen-worker", DB))
    assert sorted(name.partition("/")[0] for name in files(tmp_path)) == ["ramen", "ramen-worker", "ramen-worker"]


def test_check_mode_makes_none(tmp_path):
    assert passwords(tmp_path, check=True).password("ramen", DB) == COMING
    assert files(tmp_path) == {}
    made = passwords(tmp_path).password("ramen", DB)
    assert passwords(tmp_path, check=True).password("ramen", DB) == made


def test_given_ones_win_and_make_no_file(tmp_path):
    given = passwords(tmp_path, services_secrets={"ramen_db": "from vault"})
    assert given.password("ramen", DB) == "from vault"
    assert files(tmp_path) == {}


def test_files_may_be_encrypted(tmp_path):
    action = Action()
    secret = VaultSecret(b"key")
    action._loader.set_vault_secrets([("default", secret)])
    path = tmp_path / "ramen" / "db.e3b0c4"
    path.parent.mkdir()
    path.write_bytes(VaultLib([("default", secret)]).encrypt(b"sealed\n", secret))
    assert passwords(tmp_path, action).password("ramen", DB) == "sealed"
    text = passwords(tmp_path).problem("ramen", DB)
    assert text.startswith(f"its password in {path} cannot be read: ")


@pytest.mark.parametrize("value", ["two\nlines", "é", "x" * 201])
def test_passwords_that_no_client_would_send(tmp_path, value):
    text = "its password is not of 1 to 200 printable ASCII characters; give another one"
    assert passwords(tmp_path, services_secrets={"ramen_db": value}).problem("ramen", DB) == text


def test_numbers_are_to_be_quoted(tmp_path):
    text = "pyhost_services_secrets.ramen_db is no string; quote it"
    assert passwords(tmp_path, services_secrets={"ramen_db": 5}).problem("ramen", DB) == text


def test_memcached_has_none(tmp_path):
    one = passwords(tmp_path)
    assert one.password("ramen", Service("mem", "memcached", "web1")) == ""
    assert one.problem("ramen", Service("mem", "memcached", "web1")) == ""
    assert files(tmp_path) == {}


def test_a_directory_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PyhostError, match="no password can be kept there"):
        passwords(tmp_path / "file").password("ramen", DB)


def test_relative_directories_start_at_the_base(tmp_path):
    passwords("kept", base=str(tmp_path)).password("ramen", DB)
    assert list(files(tmp_path)) == ["kept/ramen/db.e3b0c4"]
