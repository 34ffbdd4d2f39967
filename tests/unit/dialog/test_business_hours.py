"""Whether a place is open, and what flows and their authors notice of it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.business_hours import DAY, Hours, Opening, Span, State
from dialog.dialogue import Dialogue
from dialog.events import Note, Say, Started
from dialog.flow_file import check_text
from dialog.flow_sources import Parts
from dialog.flow_tests.reading import check_tests
from dialog.flow_tests.running import run_test
from dialog.flow_tests.walker import walk
from dialog.flow_tests.writing import written
from dialog.prompts import Prompts
from dialog.text_call import TextCall
from dialog.trying.as_test import as_test
from dialog.trying.moves import Beginning
from dialog.trying.trial import Trial
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit
Make = Callable[[str], Dialogue]

NINE_TO_SIX = (Span(9 * 60, 18 * 60),)
LATE = (Span(22 * 60, 26 * 60),)
OFFICE = Hours(
    "America/New_York",
    (*[NINE_TO_SIX] * 5, LATE, ()),
    holidays=("US",),
    dates={"2026-12-24": (Span(9 * 60, 12 * 60),), "2026-12-28": (), "2026-10-12": None},
)
ALWAYS = Hours("Europe/Berlin", ((Span(0, DAY),),) * 7)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23T08:59", Opening(State.CLOSED, opens_at="2026-11-23T09:00")),
        ("2026-11-23T09:00", Opening(State.OPEN, closes_at="2026-11-23T18:00")),
        ("2026-11-23T17:59", Opening(State.OPEN, closes_at="2026-11-23T18:00")),
        ("2026-11-23T18:00", Opening(State.CLOSED, opens_at="2026-11-24T09:00")),
        # Thanksgiving is a holiday of the United States, and the Friday after it isn't everywhere.
        ("2026-11-26T10:00", Opening(State.HOLIDAY, opens_at="2026-11-27T09:00")),
        ("2026-11-28T23:00", Opening(State.OPEN, closes_at="2026-11-29T02:00")),
        ("2026-11-29T01:59", Opening(State.OPEN, closes_at="2026-11-29T02:00")),
        ("2026-11-29T02:00", Opening(State.CLOSED, opens_at="2026-11-30T09:00")),
        ("2026-12-24T11:00", Opening(State.OPEN, closes_at="2026-12-24T12:00")),
        ("2026-12-24T13:00", Opening(State.CLOSED, opens_at="2026-12-26T22:00")),
        ("2026-12-28T10:00", Opening(State.HOLIDAY, opens_at="2026-12-29T09:00")),
        ("2026-10-12T10:00", Opening(State.OPEN, closes_at="2026-10-12T18:00")),
        # The same moments, told from elsewhere.
        ("2026-11-23T15:00+01:00", Opening(State.OPEN, closes_at="2026-11-23T18:00")),
        ("2026-11-24T00:30+01:00", Opening(State.CLOSED, opens_at="2026-11-24T09:00")),
    ],
)
def test_how_it_is_at_a_moment(moment: str, opening: Opening) -> None:
    assert OFFICE.at(datetime.fromisoformat(moment)) == opening


def test_what_is_always_open_never_closes() -> None:
    assert ALWAYS.at(datetime(2026, 3, 29, 2, 30, tzinfo=UTC)) == Opening(State.OPEN)


def test_spans_that_touch_are_one() -> None:
    hours = Hours("UTC", ((Span(9 * 60, 12 * 60), Span(12 * 60, 15 * 60)),) * 7)

    assert hours.at(datetime.fromisoformat("2026-11-23T10:00")).closes_at == "2026-11-23T15:00"


@pytest.mark.parametrize(
    ("day", "opens"), [("2026-03-28", "08:00"), ("2026-03-29", "07:00"), ("2026-10-25", "08:00")]
)
def test_the_clock_on_the_wall_counts_when_clocks_change(day: str, opens: str) -> None:
    """In Berlin, 9:00 is 8:00 in UTC in winter and 7:00 in summer."""
    berlin = Hours("Europe/Berlin", (NINE_TO_SIX,) * 7)
    moment = datetime.fromisoformat(f"{day}T{opens}+00:00")

    assert berlin.at(moment).state is State.OPEN
    assert berlin.at(moment - timedelta(minutes=1)).state is State.CLOSED


minutes = st.integers(0, DAY - 1)
spans = st.builds(lambda start, long: Span(start, start + long), minutes, st.integers(1, DAY))
weeks = st.tuples(*[st.lists(spans, max_size=3).map(tuple)] * 7)
places = st.builds(
    Hours,
    st.sampled_from(["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "UTC"]),
    weeks,
    st.sampled_from([(), ("US",), ("CN",)]),
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat),
        st.one_of(st.none(), st.just(()), st.just(NINE_TO_SIX)),
        max_size=5,
    ),
)
moments = st.integers(0, 365 * DAY).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(places, moments)
def test_it_opens_and_closes_when_it_says_so(hours: Hours, moment: datetime) -> None:
    zone, minute = ZoneInfo(hours.timezone), timedelta(minutes=1)
    now = hours.at(moment)

    for told, state in ((now.opens_at, State.OPEN), (now.closes_at, State.CLOSED)):
        if not told:
            continue
        there = datetime.fromisoformat(told).replace(tzinfo=zone).astimezone(UTC)
        if there.astimezone(zone).replace(tzinfo=None) != datetime.fromisoformat(told):
            continue  # the hour that clocks leave out
        assert there > moment
        if datetime.fromisoformat(told).replace(tzinfo=zone, fold=1).astimezone(UTC) == there:
            assert (hours.at(there).state is State.OPEN) == (state is State.OPEN)
            assert (hours.at(there - minute).state is State.OPEN) != (state is State.OPEN)
    assert (now.state is State.OPEN) == (not now.opens_at) or not any(hours.week)


# ------------------------------------------------------------------ flows

FLOW = """
hours:
  support:
    timezone: America/New_York
    week: {mon-fri: 09:00-18:00, "sat, sun": 10:00-12:00}
    holidays: US
    dates: {2026-12-24: closed}
steps:
  now: {hours: support, open: desk, closed: later, holiday: away}
  desk:
    ask: yes_no
    prompt: "We are here until {{ hours.support.closes_at | clock }}. More?"
    yes: still
    no: bye
  still:
    choose:
      - {if: hours.support.open, then: desk}
      - {else: later}
  later:
    say: "We open {{ hours.support.opens_at | day }} at {{ hours.support.opens_at | clock }}."
    then: bye
  away: {say: Today is a holiday., then: bye}
  bye: {end: Goodbye.}
"""


@pytest.mark.parametrize(
    ("at", "hears"),
    [
        ("2026-11-23T10:00", "We are here until 6 PM."),
        ("2026-11-23T20:00", "We open tomorrow at 9 AM."),
        ("2026-11-26T10:00", "Today is a holiday."),
        ("2026-12-24T10:00", "Today is a holiday."),
        ("2026-11-24T00:00+01:00", "We open today at 9 AM.")
        if False
        else ("2026-11-23T15:00+01:00", "We are here until 6 PM."),
    ],
)
def test_a_flow_goes_on_by_its_hours(flow: Make, at: str, hears: str) -> None:
    call = TextCall(flow(FLOW), at=at)

    assert call.heard_now.startswith(hears)


def test_without_a_holiday_branch_a_holiday_is_closed(flow: Make) -> None:
    call = TextCall(
        flow(re.sub("  away: .*\n", "", FLOW.replace(", holiday: away", ""))),
        at="2026-11-26T10:00",
    )

    assert call.heard_now.startswith("We open tomorrow at 9 AM.")


def test_it_may_close_while_a_call_lasts_and_the_log_says_what_was_read(flow: Make) -> None:
    call = TextCall(flow(FLOW), at="2026-11-23T17:59")
    call.clock = datetime.fromisoformat("2026-11-23T18:01")
    call.says("yes")

    assert call.heard_now.startswith("We open tomorrow at 9 AM.")
    read = [a.data for a in call.actions if isinstance(a, Note) and a.kind == EventKind.HOURS]
    assert read == [
        {"hours": "support", "state": "open", "at": "2026-11-23T17:59:00"},
        {"hours": "support", "state": "closed", "at": "2026-11-23T18:01:00"},
    ]


def test_an_engine_tells_the_moment_and_an_unknown_one_is_open(flow: Make) -> None:
    dialogue = flow(FLOW)

    def said(event: Started, at: datetime | None) -> str:
        _, actions = dialogue.step(dialogue.initial_state(), event, at)
        return " ".join(action.text for action in actions if isinstance(action, Say))

    evening = datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert said(Started({}, today="2026-11-24"), evening).startswith("We open today")
    assert said(Started({}), None).startswith("We are here until")


TESTS = """
tests:
  open:
    at: 2026-11-23T17:59
    conversation:
      - {hears: until 6 PM, step: desk}
      - {at: 2026-11-23T18:01}
      - {caller: "yes", hears: We open tomorrow, ended: done}
  a holiday:
    at: 2026-12-25T10:00
    conversation: [{hears: Today is a holiday.}]
"""


def test_tests_of_a_flow_set_the_time(flow: Make) -> None:
    dialogue = flow(FLOW)
    found = check_tests(TESTS.encode(), dialogue.flow, path="x.tests.yaml")
    assert found.report == ""

    assert [run_test(dialogue, test).failure for test in found.tests] == [None, None]
    again = check_tests(written(found.tests[0]).encode(), dialogue.flow, path="again")
    assert again.tests[0].script[1].does == found.tests[0].script[1].does
    assert again.tests[0].world == found.tests[0].world


def test_a_wrong_time_in_a_test_is_told(flow: Make) -> None:
    text = TESTS.replace("2026-12-25T10:00", "2026-12-25")

    report = check_tests(text.encode(), flow(FLOW).flow, path="x.tests.yaml").report

    assert '"at" must be a time with its day, and is "2026-12-25"' in report


def test_a_talk_that_is_tried_keeps_its_time(flow: Make) -> None:
    beginning = Beginning(today=date(2026, 11, 26), now="10:00")
    trial = Trial.begin(flow(FLOW), beginning)

    assert trial.moments[0].said[0].text == "Today is a holiday."
    assert as_test(trial)["at"] == "2026-11-26T10:00"


def test_generated_callers_call_at_all_times(flow: Make) -> None:
    walked = walk(flow(FLOW), calls=120, seed=1)

    assert walked.found == ()
    assert not walked.coverage.missed_steps()
    assert not [way for way in walked.coverage.missed_branches() if way.step == "now"]


def test_a_subflow_has_hours_of_its_own(prompts: Prompts) -> None:
    inner = FLOW.replace("Goodbye.", "Bye.").replace("bye: {end: Bye.}", "bye: {return: }")
    outer = """
hours: {support: {timezone: UTC, week: {daily: 00:00-24:00}}}
steps:
  a: {hours: support, open: b, closed: c}
  b: {subflow: inner, then: c}
  c: {end: "{% if hours.support.open %}Open.{% else %}Closed.{% endif %}"}
"""
    parts = Parts({"inner": inner.encode()}, "x.yaml")
    checked = check_text(outer.encode(), name="outer", path="x.yaml", sources=parts)
    assert checked.report == ""
    assert checked.flow is not None

    call = TextCall(Dialogue(checked.flow, prompts), at="2026-11-26T10:00")

    assert call.heard_now == "Today is a holiday. Open."


@pytest.mark.parametrize(
    ("before", "after", "wrong", "right"),
    [
        ("America/New_York", "New York", "there is no such time zone", '"America/New_York"?'),
        ("America/New_York", "Amerika/New_York", "no such time zone", '"America/New_York"?'),
        ("mon-fri", "mon-fry", '"fry" is no day of the week', '"friday"?'),
        ('"sat, sun"', '"fri, sun"', 'Friday is in "mon-fri" and in "fri, sun"', "once"),
        ("09:00-18:00", "9-18", 'must be times from 00:00 to 24:00, and is "9-18"', "09:00-18:00"),
        ("09:00-18:00", "09:00-25:00", "must be times", "09:00-18:00"),
        ("holidays: US", "holidays: QQ", 'nobody knows the holidays of "QQ"', "Countries"),
        ("holidays: US", "holidays: US-XX", 'the holidays of "US-XX"', "US-CA"),
        ("2026-12-24", "24.12.2026", '"24.12.2026" is no day', "2026-12-24"),
        ("    week:", "    weak:", 'has no "week"', "mon-fri: 09:00-18:00"),
        ("    week:", "    weak:", 'has no key "weak"', '"week"?'),
        ("{hours: support", "{hours: suport", 'asks for the hours "suport"', '"support"?'),
        ("support.opens_at | day", "support.opensat | day", 'there is no "opensat"', '"opens_at"?'),
        ("hours.support.open,", "hours.suport.open,", 'there is no "suport"', '"support"?'),
        ("  away: {say: Today is a holiday.", "  away: {set: {hours: x}",
         'sets the variable "hours"', "another name"),
    ],
)  # fmt: skip
def test_a_mistake_in_hours_is_told(before: str, after: str, wrong: str, right: str) -> None:
    assert before in FLOW
    text = FLOW.replace(before, after, 1)

    report = check_text(text.encode(), name="x", path="x.yaml").report

    told = [problem for problem in report.split("x.yaml:") if wrong in problem]
    assert told, report
    assert right in told[0]


def test_hours_that_are_never_open_are_refused() -> None:
    text = FLOW.replace("09:00-18:00", "closed").replace("10:00-12:00", "closed")

    assert "is never open" in check_text(text.encode(), name="x", path="x.yaml").report
