from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.figures.pictures import Unit, end_of, figures_of, pictures, start_of
from crm.figures.tally import (
    DaySum,
    EndedCall,
    Outcome,
    added,
    latency_class,
    outcome_of,
    percentile_of,
    reasons_of,
    tally_of,
)
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
MENUS = {"menu": {"status", "return"}}


def event(kind: EventKind, **data: object) -> CallEvent:
    return CallEvent(CallId("c"), kind, AT, data=data)


def ended(cause: str = "hung_up", *, answered: bool = True, seconds: int = 60) -> EndedCall:
    end = AT + timedelta(seconds=seconds)
    return EndedCall("inbound", AT, AT if answered else None, end, cause)


UNDERSTOOD = event(EventKind.UNDERSTOOD, step="menu", value="status")
TALK = [
    event(EventKind.STEP, step="menu", flow="shop"),
    event(EventKind.HEARD, turn=1, speech_end_ms=1000),
    event(EventKind.NO_MATCH, step="menu"),
    event(EventKind.HEARD, turn=2, speech_end_ms=5000),
    UNDERSTOOD,
    event(EventKind.STEP, step="wants_status", flow="shop"),
    event(EventKind.PROMPT, turn=2, first_audio_ms=5800),
    event(EventKind.SURVEY, survey="csat", state="offered"),
    event(EventKind.SURVEY, survey="csat", question="satisfaction", value=2),
    event(EventKind.SURVEY, survey="csat", question="satisfaction", value=5),
]


@pytest.mark.parametrize(
    ("outcome", "call", "log"),
    [
        (Outcome.NOT_ANSWERED, ended("cancelled", answered=False), []),
        (Outcome.PERSON, ended(), [event(EventKind.QUEUED), event(EventKind.BRIDGED)]),
        (Outcome.PERSON, ended(), [event(EventKind.TRANSFER, outcome="connected")]),
        (Outcome.PERSON, ended("transferred"), []),
        (Outcome.MESSAGE, ended(), [event(EventKind.QUEUED), event(EventKind.MESSAGE_LEFT)]),
        (Outcome.NO_PERSON, ended("caller_hung_up"), [UNDERSTOOD, event(EventKind.QUEUED)]),
        (Outcome.NO_PERSON, ended(), [event(EventKind.TRANSFER, outcome="busy")]),
        (Outcome.TROUBLE, ended("line_lost"), [UNDERSTOOD]),
        (Outcome.GAVE_UP, ended("caller_hung_up"), TALK[:3]),
        (Outcome.SERVED, ended("caller_hung_up"), [UNDERSTOOD]),
        (Outcome.SERVED, ended(), []),
    ],
)
def test_what_became_of_a_call(outcome: Outcome, call: EndedCall, log: list[CallEvent]) -> None:
    assert outcome_of(call, log) is outcome


def test_a_call_is_counted_by_all_that_pictures_show() -> None:
    found = tally_of(ended(), TALK, MENUS, hour=11)

    assert found == {
        "calls": 1, "answered": 1, "seconds": 60, "hour/11": 1, "outcome/served": 1,
        f"latency/{latency_class(800)}": 1, "reason/menu/status": 1, "turns/menu": 2,
        "no_match/menu": 1, "csat_offered": 1, "csat/5": 1,
    }  # fmt: skip
    shown = figures_of(found)
    assert (shown.containment, shown.no_match, shown.csat) == (1.0, 0.5, 1.0)
    assert shown.latency_p50_ms == pytest.approx(800, rel=0.026)


def test_a_choice_that_is_taken_back_is_no_reason() -> None:
    other = event(EventKind.UNDERSTOOD, step="menu", value="return")
    secret = event(EventKind.UNDERSTOOD, step="number", value="4711")
    step = event(EventKind.STEP, step="next")

    assert reasons_of([UNDERSTOOD, other, step, step], MENUS) == ["menu/return"]
    assert reasons_of([UNDERSTOOD], MENUS) == [], "never gone on with"
    assert reasons_of([secret, step], {**MENUS, "number": set()}) == []
    aside = event(EventKind.UNDERSTOOD, step="number", aside="hours")
    asked = [event(EventKind.QUESTION, question="shop/returns"), event(EventKind.QUESTION)]
    assert reasons_of([aside, *asked, aside], MENUS) == [
        "anywhere/hours", "question/shop/returns", "question/unknown",
    ]  # fmt: skip


def test_calls_that_we_make_are_counted_apart() -> None:
    call = EndedCall("outbound", AT, AT, AT, "hung_up")
    assert tally_of(call, TALK, MENUS, hour=1) == {"outbound": 1}


@given(st.lists(st.integers(1, 400_000), min_size=1, max_size=200), st.floats(0.01, 1.0))
def test_percentiles_of_classes_are_nearly_those_of_values(values: list[int], part: float) -> None:
    classes = Counter(latency_class(value) for value in values)
    exact = sorted(values)[max(0, -int(-part * len(values) // 1) - 1)]
    found = percentile_of(classes, part)
    assert found is not None
    assert abs(found - exact) <= 0.026 * exact


@st.composite
def some_sums(draw: st.DrawFn) -> tuple[date, date, list[DaySum]]:
    first, length = draw(DAYS), draw(st.integers(0, 70))
    last = first + timedelta(days=length)
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        day = first + timedelta(days=draw(st.integers(0, length)))
        calls = draw(st.integers(1, 9))
        tally = {"calls": calls, "answered": calls, f"hour/{draw(st.integers(0, 23))}": calls}
        rows.append(DaySum(day, "shop", draw(st.sampled_from("ab")), "en", tally))
    return first, last, rows


@given(some_sums(), st.sampled_from(Unit))
def test_no_call_is_lost_or_counted_twice(
    case: tuple[date, date, list[DaySum]], unit: Unit
) -> None:
    first, last, rows = case
    calls = sum(row.tally["calls"] for row in rows)

    found = pictures(
        rows, None, first=first, last=last, unit=unit, today=date(2030, 1, 1), first_ever=first
    )

    assert found.total.calls == calls
    assert sum(period.figures.calls for period in found.periods) == calls
    assert sum(map(sum, found.heat.calls)) == calls
    assert sum(found.heat.days) == (last - first).days + 1
    assert found.periods[0].first == first
    assert found.periods[-1].last == last
    for before, after in zip(found.periods, found.periods[1:], strict=False):
        assert after.first == before.last + timedelta(days=1)
    for period in found.periods:
        assert start_of(period.first, unit) == start_of(period.last, unit)
        whole = (period.first, period.last) == (
            start_of(period.first, unit), end_of(period.first, unit),
        )  # fmt: skip
        assert period.partial is not whole


def test_a_time_that_is_not_over_is_partial_and_the_future_is_not_shown() -> None:
    first, today = date(2026, 3, 2), date(2026, 3, 4)

    def shown(unit: Unit, last: date) -> list[tuple[int, int, bool]]:
        found = pictures([], None, first=first, last=last, unit=unit, today=today, first_ever=None)
        return [(one.first.day, one.last.day, one.partial) for one in found.periods]

    assert shown(Unit.DAY, date(2026, 3, 9)) == [(2, 2, False), (3, 3, False), (4, 4, True)]
    assert shown(Unit.WEEK, date(2026, 3, 8)) == [(2, 4, True)]
    empty = figures_of({})
    assert (empty.containment, empty.latency_p95_ms, empty.csat, empty.no_match) == (None,) * 4


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 9))))
def test_what_is_added_and_taken_off_leaves_nothing(tallies: list[dict[str, int]]) -> None:
    off = [{name: -count for name, count in tally.items()} for tally in tallies]
    assert added([*tallies, *off]) == {}


def test_who_calls_again_was_not_served() -> None:
    shown = figures_of({"calls": 4, "answered": 4, "outcome/served": 3, "again": 1})
    assert shown.containment == 0.5
