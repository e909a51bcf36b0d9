# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _boot
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell

ROOT = "/home/me/pyhost"
RAMEN = make_cell("ramen", "account", ROOT, "me")
OPEN = {"systemd": "", "cron": ""}
ONLY_CRON = {"systemd": "the user does not linger, and may not", "cron": ""}
CLOSED = {"systemd": "the host does not run systemd", "cron": "cron is not installed"}
UNIT = _boot.unit_text(RAMEN)
LINE = "@reboot /home/me/pyhost/tools/bin/pyhost-boot"


@pytest.mark.parametrize(
    ("wanted", "look", "way", "warning"),
    [
        ("auto", OPEN, "systemd", False),
        ("auto", ONLY_CRON, "cron", False),
        ("auto", CLOSED, "none", True),
        ("cron", OPEN, "cron", False),
        ("systemd", OPEN, "systemd", False),
        ("none", OPEN, "none", False),
        ("none", CLOSED, "none", False),
    ],
)
def test_way(wanted, look, way, warning):
    found = _boot.decide(wanted, look, "me")
    assert (found.way, found.warning) == (way, warning)


def test_where_nothing_starts_people_are_told_what_to_ask_for():
    assert _boot.decide("auto", CLOSED, "me").text == (
        "nothing starts at boot (the host does not run systemd; cron is not installed); "
        'ask whoever runs the host for "loginctl enable-linger me" or for cron, and deploy again'
    )


@pytest.mark.parametrize(
    ("wanted", "look", "text"),
    [
        ("auto", CLOSED, ""),
        ("none", CLOSED, ""),
        ("cron", ONLY_CRON, ""),
        ("cron", CLOSED, '"cron" cannot be had: cron is not installed; write "auto" for what the host allows'),
        ("systemd", ONLY_CRON,
         '"systemd" cannot be had: the user does not linger, and may not; write "auto" for what the host allows'),
    ],
)  # fmt: skip
def test_a_way_by_name_that_is_closed_is_refused(wanted, look, text):
    assert _boot.refusal(wanted, look) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{LINE}\n"),
        ("# mine\n0 5 * * * x\n", f"# mine\n0 5 * * * x\n{LINE}\n"),
        ("a\r\n\x0b\x85\n", f"a\r\n\x0b\x85\n{LINE}\n"),
        ("\udcff\n", f"\udcff\n{LINE}\n"),
        (f"#{LINE}\n", f"#{LINE}\n{LINE}\n"),
        ("\n\n", f"\n\n{LINE}\n"),
    ],
)
def test_the_other_lines_of_a_crontab_are_as_they_were(before, after):
    assert _boot.with_line(before, LINE) == after
    assert _boot.with_line(after, LINE) == after
    assert _boot.without_line(after, LINE) == before
    assert _boot.without_line(before, LINE) == before


def test_a_line_in_the_middle_goes_alone():
    assert _boot.without_line(f"a\n{LINE}\nb", LINE) == "a\nb"


def test_the_line_is_of_one_root():
    assert _boot.line(ROOT) == LINE
    assert _boot.without_line(f"{LINE}\n", _boot.line("/home/me/other")) == f"{LINE}\n"


NEW, CHANGED = "start at boot", "start at boot changed"


@pytest.mark.parametrize(
    ("way", "text", "enabled", "line", "why"),
    [
        ("systemd", "", False, False, NEW),
        ("systemd", UNIT, True, False, ""),
        ("systemd", UNIT, False, False, CHANGED),
        ("systemd", UNIT.replace("KillMode", "killmode"), True, False, CHANGED),
        ("systemd", UNIT, True, True, CHANGED),
        ("cron", "", False, False, NEW),
        ("cron", "", False, True, ""),
        ("cron", UNIT, True, True, CHANGED),
        ("none", "", False, False, ""),
        ("none", "", False, True, CHANGED),
        ("none", UNIT, True, False, CHANGED),
        ("cron", "[Service]\n", True, True, ""),
    ],
)
def test_todo(way, text, enabled, line, why):
    units = {RAMEN.unit: {"text": text, "enabled": enabled}} if text else {}
    assert _boot.todo(RAMEN, way, {"units": units, "line": line, "lingers": True}) == why


@pytest.mark.parametrize(
    ("way", "why"), [("systemd", "start at boot"), ("cron", "start at boot changed"), ("none", "")]
)
def test_a_user_who_does_not_linger_any_more_is_told(way, why):
    there = {RAMEN.unit: {"text": UNIT if way != "none" else "", "enabled": True}}
    assert _boot.todo(RAMEN, way, {"units": there, "line": way == "cron", "lingers": False}) == why


@pytest.mark.parametrize(
    ("way", "text", "refused"),
    [
        ("systemd", "", False),
        ("systemd", UNIT, False),
        ("systemd", "[Service]\n", True),
        ("cron", "[Service]\n", False),
    ],
)
def test_a_unit_of_the_users_own_is_never_replaced(way, text, refused):
    said = _boot.foreign(RAMEN, way, {RAMEN.unit: {"text": text}} if text else {})
    assert said.startswith("pyhost-ramen.service in ~/.config/systemd/user was not made for this app") is refused


def test_a_unit_of_another_root_is_not_ours():
    assert _boot.is_ours(RAMEN, UNIT)
    assert not _boot.is_ours(make_cell("ramen", "account", "/home/me/other", "me"), UNIT)


def test_unit():
    """It starts the cell as a deploy does: leftovers first, then its supervisord."""
    lines = UNIT.splitlines()
    assert "ExecStartPre=/home/me/pyhost/tools/bin/pyhost-agent settle" in lines
    daemon = "/home/me/pyhost/tools/bin/supervisord --nodaemon --configuration"
    assert f"ExecStart={daemon} /home/me/pyhost/apps/ramen/conf/supervisord.conf" in lines
    assert "WantedBy=default.target" in lines
    assert not [one for one in lines if one.startswith("User=")]
