# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._schedule import due, next_after, parse, problem
from cronsim import CronSim
from hypothesis import assume, given, settings
from hypothesis import strategies as st

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
"""Its clocks are changed by half an hour."""


def offset_of(zone):
    def offset(minute):
        return int(datetime.fromtimestamp(60 * minute, zone).utcoffset().total_seconds()) // 60

    return offset


AT_GREENWICH = offset_of(UTC)


def minute(text, zone=UTC, fold=0):
    return int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()) // 60


def times(schedule, begin, end, zone=UTC):
    """Local times, with their offset, of all runs from ``begin`` on and before ``end``."""
    found = parse(schedule)
    offset = offset_of(zone)
    return [
        datetime.fromtimestamp(60 * one, zone).strftime("%m-%d %H:%M%z")
        for one in range(minute(begin, zone), minute(end, zone))
        if due(found, one, offset)
    ]


def first(schedule, after="2026-11-22 12:00", zone=UTC):
    found = next_after(parse(schedule), minute(after, zone), offset_of(zone))
    return datetime.fromtimestamp(60 * found, zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("schedule", "wanted"),
    [
        ("* * * * *", "2026-11-22 12:01"),
        ("*/5 * * * *", "2026-11-22 12:05"),
        ("1-59/2 * * * *", "2026-11-22 12:01"),
        ("0 12 * * *", "2026-11-23 12:00"),
        ("30 4 1,15 * *", "2026-12-01 04:30"),
        ("0 22 * * 1-5", "2026-11-23 22:00"),
        ("0 9 * * sat", "2026-11-28 09:00"),
        ("0 9 * * 0", "2026-11-29 09:00"),
        ("0 9 * * 7", "2026-11-29 09:00"),
        ("0 9 * * 5-7", "2026-11-27 09:00"),
        ("0 9 * * Fri-Sun", "2026-11-27 09:00"),
        ("0 0 * jan-mar *", "2027-01-01 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 0 29 feb */7", "2032-02-29 00:00"),  # the day of week begins with *, so both have to fit: a Sunday
        ("0 0 13 * 5", "2026-11-27 00:00"),  # neither does: one of them is enough
        ("0 0 */2 * 1", "2026-11-23 00:00"),
        ("@hourly", "2026-11-22 13:00"),
        ("@daily", "2026-11-23 00:00"),
        ("@midnight", "2026-11-23 00:00"),
        ("@weekly", "2026-11-29 00:00"),
        ("@monthly", "2026-12-01 00:00"),
        ("@yearly", "2027-01-01 00:00"),
        ("@annually", "2027-01-01 00:00"),
        ("  5   13 * *  * ", "2026-11-22 13:05"),
    ],
)
def test_when_it_is_due_next(schedule, wanted):
    assert first(schedule) == wanted


def test_at_the_start_of_the_cell_is_no_time():
    schedule = parse("@reboot")
    assert schedule.reboot is True
    assert next_after(schedule, 0, AT_GREENWICH) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            '"" has 0 fields and not five; write minute, hour, day of month, month, day of week, for example "*/5 * * * *"',
        ),
        ("@dayly", '"@dayly" is unknown; did you mean "@daily"?'),
        (
            "@",
            '"@" is unknown; known names are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually, @reboot',
        ),
        ("0 0 * * * *", '"0 0 * * * *" has 6 fields and not five; write minute, hour'),
        ("60 * * * *", '"60 * * * *": "60" is out of range for the minute; write 0 to 59'),
        ("* 24 * * *", '"24" is out of range for the hour; write 0 to 23'),
        ("* * 0 * *", '"0" is out of range for the day of month; write 1 to 31'),
        ("* * * 13 *", '"13" is out of range for the month; write 1 to 12'),
        ("* * * * 8", '"8" is out of range for the day of week; write 0 to 7'),
        ("* * * monday *", '"monday" is no month; write 1 to 12 or jan to dec'),
        ("* * * * monday", '"monday" is no day of week; write 0 to 7 or sun to sat'),
        ("*/0 * * * *", 'the step of "*/0" is out of range; write 1 to 59'),
        ("*/61 * * * *", 'the step of "*/61" is out of range; write 1 to 59'),
        ("5/15 * * * *", '"5/15" has a step and no range; write 5-59/15'),
        ("30-10 * * * *", '"30-10" runs backwards; write it as two ranges with a comma'),
        ("1,,2 * * * *", '"" is no minute; write * or numbers from 0 to 59, as in 1,3-5 or */2'),
        ("* * L * *", '"l" is no day of month; write 1 to 31'),
        ("* * ? * *", '"?" is no day of month; write * or numbers from 1 to 31'),
        ("-5 * * * *", '"-5" is no minute'),
        ("0 0 30 2 *", '"0 0 30 2 *" never comes'),
        ("0 0 31 4,6,9,11 *", "never comes, for no such month has such a day; write another day or month"),
        ("99999999999999999999 * * * *", "is out of range for the minute"),
        ("٣ * * * *", "is no minute"),
    ],
)
def test_a_wrong_schedule_is_told_with_the_fix(text, said):
    assert said in problem(text)


@pytest.mark.parametrize("text", ["@daily", "@reboot", "@Weekly", "*/5 * * * *", "0,30 8-18/2 1 JAN Mon-fri"])
def test_a_right_schedule_is_not_objected_to(text):
    assert problem(text) == ""


NIGHTS = {
    # Clocks go forward from 2:00 to 3:00 on 29 March 2026, and back from 3:00 to 2:00 on 25 October.
    ("30 2 * * *", "2026-03-29", "2026-03-30"): ["03-29 03:00+0200"],
    ("0,30 2 * * *", "2026-03-29", "2026-03-30"): ["03-29 03:00+0200"],
    ("0 3 * * *", "2026-03-29", "2026-03-30"): ["03-29 03:00+0200"],
    ("30 * * * *", "2026-03-29 01:00", "2026-03-29 04:00"): ["03-29 01:30+0100", "03-29 03:30+0200"],
    ("*/30 2 * * *", "2026-03-29", "2026-03-30"): [],
    ("30 2 * * *", "2026-10-25", "2026-10-26"): ["10-25 02:30+0200"],
    ("0 3 * * *", "2026-10-25", "2026-10-26"): ["10-25 03:00+0100"],
    ("30 * * * *", "2026-10-25 02:00", "2026-10-25 04:00"): [
        "10-25 02:30+0200",
        "10-25 02:30+0100",
        "10-25 03:30+0100",
    ],
    ("*/30 2 * * *", "2026-10-25", "2026-10-26"): [
        "10-25 02:00+0200",
        "10-25 02:30+0200",
        "10-25 02:00+0100",
        "10-25 02:30+0100",
    ],
}


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: f"{night[0]} {night[1]}")
def test_when_clocks_are_changed(night):
    assert times(*night, zone=BERLIN) == NIGHTS[night]


def test_when_clocks_are_changed_by_half_an_hour():
    assert times("15 2 * * *", "2026-10-04", "2026-10-05", LORD_HOWE) == ["10-04 02:30+1100"]
    assert times("45 1 * * *", "2026-04-05", "2026-04-06", LORD_HOWE) == ["04-05 01:45+1100"]


def test_a_day_that_is_left_out_is_not_made_up_for():
    apia = ZoneInfo("Pacific/Apia")  # There was no 30 December 2011.
    assert times("0 12 * * *", "2011-12-29", "2012-01-01", apia) == ["12-29 12:00-1000", "12-31 12:00+1400"]


def field(least, most):
    number = st.integers(least, most)
    pairs = st.tuples(number, number).filter(lambda pair: pair[0] < pair[1])  # cronsim reads 0-0 as every day
    run = pairs.map(lambda pair: f"{pair[0]}-{pair[1]}")
    step = st.tuples(st.one_of(st.just("*"), run), st.integers(1, most)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    part = st.one_of(number.map(str), run, step)
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=3).map(",".join))


SCHEDULES = st.tuples(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7)).map(" ".join)
BEGINS = st.integers(minute("2020-01-01"), minute("2040-01-01"))


@given(SCHEDULES, BEGINS, st.sampled_from([UTC, BERLIN, LORD_HOWE]))
@settings(max_examples=150, deadline=None)
def test_the_next_time_is_the_first_that_is_due(text, begin, zone):
    schedule, offset = parse(text), offset_of(zone)
    found = next_after(schedule, begin, offset)
    assert found > begin
    assert due(schedule, found, offset)
    near = range(begin + 1, min(found, begin + 2000))
    assert not any(due(schedule, one, offset) for one in near)


@given(SCHEDULES, BEGINS)
@settings(max_examples=300, deadline=None)
def test_debians_cron_as_another_library_reads_it(text, begin):
    """cronsim follows Debian's cron, too."""
    there = datetime.fromtimestamp(60 * begin, UTC)
    found = next_after(parse(text), begin, AT_GREENWICH)
    assert datetime.fromtimestamp(60 * found, UTC) == next(CronSim(text, there))


@given(
    st.sampled_from(["30 2 * * *", "0 3 * * *", "*/20 * * * *", "10 * * * *", "5 1-3 * * *", "59 23 * * *"]),
    st.sampled_from([minute("2026-03-28 22:00", BERLIN), minute("2026-10-24 22:00", BERLIN)]),
    st.integers(0, 600),
)
@settings(max_examples=100, deadline=None)
def test_changed_clocks_as_another_library_reads_them(text, night, later):
    found = next_after(parse(text), night + later, offset_of(BERLIN))
    there = datetime.fromtimestamp(60 * (night + later), BERLIN)
    assume(not there.fold)  # From within the hour that comes again, cronsim goes back to the first one.
    assert timedelta(minutes=found) == next(CronSim(text, there)) - datetime(1970, 1, 1, tzinfo=UTC)


@given(st.text(max_size=40))
def test_any_text_is_taken_or_objected_to(text):
    assert isinstance(problem(text), str)
