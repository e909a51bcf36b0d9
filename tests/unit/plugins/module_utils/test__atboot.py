# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the host are stood in for by scripts; files are real."""

from __future__ import annotations

import json
import os
import pwd
import stat
from dataclasses import asdict

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _atboot, _boot, _stage_cells
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

CRONTAB = """\
#!/bin/sh
case "$1" in
-l) if test -e {home}/crontab; then cat {home}/crontab; else echo "no crontab for me" >&2; exit 1; fi;;
-r) rm {home}/crontab;;
*) cp "$1" {home}/crontab;;
esac
"""
MINE = b"# mine\xff\r\n0 5 * * * echo 100\\%\n"


@pytest.fixture
def place(home, monkeypatch):
    """A home directory of the user, with programs in ``bin``; the cells ``one`` and ``two`` are in force."""
    entry = pwd.getpwuid(os.geteuid())
    me = type("Entry", (), {"pw_dir": str(home), "pw_name": entry.pw_name})
    monkeypatch.setattr(_atboot.pwd, "getpwuid", lambda number: me)
    (home / "bin").mkdir()
    monkeypatch.setattr(_atboot, "SBIN", f"{home}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PATH", f"{home}/bin:/usr/bin:/bin")
    for name in ("one", "two"):
        (home / "pyhost" / "apps" / name).mkdir(parents=True)
        (home / "pyhost" / "apps" / name / "current").symlink_to("launches/x")
    return home


def program(home, name, text):
    path = home / "bin" / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def cell(home, name):
    return make_cell(name, "account", f"{home}/pyhost", "me")


def settle(home, way, made=(), gone=()):
    return _atboot.settle(way, [cell(home, one) for one in made], [cell(home, one) for one in gone], f"{home}/pyhost")


def line(home):
    return f"@reboot {home}/pyhost/tools/bin/pyhost-boot\n".encode()


def test_a_crontab_comes_back_to_the_byte(place):
    program(place, "crontab", CRONTAB.format(home=place))
    (place / "crontab").write_bytes(MINE)
    assert settle(place, "cron", ["one", "two"]) == {"one", "two"}
    assert (place / "crontab").read_bytes() == MINE + line(place)
    assert settle(place, "cron", ["one", "two"]) == set()
    (place / "pyhost" / "apps" / "two" / "current").unlink()
    assert settle(place, "cron", [], ["one"]) == {"one"}
    assert (place / "crontab").read_bytes() == MINE


def test_the_line_stays_for_apps_of_other_runs(place):
    program(place, "crontab", CRONTAB.format(home=place))
    settle(place, "cron", ["one"])
    assert settle(place, "cron", [], ["one"]) == set()
    assert (place / "crontab").read_bytes() == line(place)


def test_a_removal_with_another_setting_leaves_the_line_to_the_rest(place):
    program(place, "crontab", CRONTAB.format(home=place))
    settle(place, "cron", ["one", "two"])
    assert settle(place, "systemd", [], ["one"]) == set()
    assert (place / "crontab").read_bytes() == line(place)


def test_a_crontab_that_was_not_there_is_gone_again(place):
    program(place, "crontab", CRONTAB.format(home=place))
    settle(place, "cron", ["one"])
    settle(place, "cron", [], ["one", "two"])
    assert not (place / "crontab").exists()


def test_a_crontab_that_nobody_may_have(place):
    program(place, "crontab", "#!/bin/sh\necho You are not allowed >&2\nexit 1\n")
    with pytest.raises(PyhostError, match="crontab says: You are not allowed"):
        settle(place, "cron", ["one"])
    assert _atboot.look(f"{place}/pyhost", ["one"])["cron"] == "crontab says: You are not allowed"


def test_units_come_and_go(place, monkeypatch):
    monkeypatch.setattr(_atboot, "_lingers", lambda: True)
    program(place, "systemctl", "#!/bin/sh\nexit 0\n")
    program(place, "loginctl", f'#!/bin/sh\necho "$@" >> {place}/said\necho yes\n')
    folder = place / ".config" / "systemd" / "user"
    assert settle(place, "systemd", ["one", "two"]) == {"one", "two"}
    assert settle(place, "systemd", ["one", "two"]) == set()
    assert (folder / "pyhost-one.service").read_text() == _boot.unit_text(cell(place, "one"))
    assert os.readlink(folder / "default.target.wants" / "pyhost-two.service") == str(folder / "pyhost-two.service")
    assert _atboot.enabled(cell(place, "one"))
    assert settle(place, "systemd", [], ["one"]) == {"one"}
    assert sorted(path.name for path in folder.iterdir()) == ["default.target.wants", "pyhost-two.service"]
    assert settle(place, "none", ["two"]) == {"two"}
    assert not (place / ".config").exists()


def test_lingering_that_was_ended_begins_again(place, monkeypatch):
    lingering = place / "lingering"
    monkeypatch.setattr(_atboot, "_lingers", lingering.exists)
    program(place, "systemctl", "#!/bin/sh\nexit 0\n")
    program(place, "loginctl", f"#!/bin/sh\ntest $1 = enable-linger && touch {lingering}\n")
    settle(place, "systemd", ["one"])
    lingering.unlink()
    assert settle(place, "systemd", ["one"]) == {"one"}
    assert lingering.exists()
    assert settle(place, "systemd", ["one"]) == set()


def test_lingering_stays_for_an_app_that_has_no_release_yet(place):
    program(place, "loginctl", f'#!/bin/sh\necho "$1" >> {place}/said\n')
    (place / "pyhost" / "boot.json").write_text(json.dumps({"linger": True}))
    for name in ("one", "two"):
        (place / "pyhost" / "apps" / name / "current").unlink()
    rows = [{"state": state, "cell": asdict(cell(place, state))} for state in ("present", "absent")]
    assert not _stage_cells.end_at_boot({"apps": rows})
    assert not (place / "said").exists()
    assert _stage_cells.end_at_boot({"apps": rows[1:]})
    assert (place / "said").read_text() == "disable-linger\n"


def test_a_unit_of_the_users_own_stays(place):
    program(place, "systemctl", "#!/bin/sh\nexit 0\n")
    program(place, "loginctl", "#!/bin/sh\necho yes\n")
    folder = place / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "pyhost-one.service").write_text("[Service]\n")
    with pytest.raises(PyhostError, match=r"pyhost-one\.service was not made for one"):
        settle(place, "systemd", ["one"])
    settle(place, "none", [], ["one"])
    assert (folder / "pyhost-one.service").read_text() == "[Service]\n"


def test_lingering_ends_with_the_last_app_and_only_where_we_began_it(place):
    program(place, "loginctl", f'#!/bin/sh\necho "$1" >> {place}/said\n')
    root = place / "pyhost"
    _atboot.end(str(root))
    (root / "boot.json").write_text(json.dumps({"linger": True}))
    assert not _atboot.end(str(root))
    assert not (place / "said").exists()
    for name in ("one", "two"):
        (root / "apps" / name / "current").unlink()
    assert _atboot.look(str(root), [])["left"]
    assert _atboot.end(str(root))
    assert "disable-linger\n" in (place / "said").read_text()
    assert not (root / "boot.json").exists()
    assert not _atboot.end(str(root))
    assert (place / "said").read_text().count("disable-linger") == 1


def test_look_touches_nothing(place):
    program(place, "crontab", CRONTAB.format(home=place))
    before = sorted(place.rglob("*"))
    found = _atboot.look(f"{place}/pyhost", ["one"])
    assert (found["line"], found["others"], found["units"]) == (False, ["two"], {})
    assert sorted(place.rglob("*")) == before
