"""Measured word times are taken where they fit the text, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.transcripts.measured import with_times
from crm.transcripts.model import Segment, Side
from crm.transcripts.words import pieces, spread

pytestmark = pytest.mark.unit


def said(text: str) -> Segment:
    return Segment(3, Side.CALLER, 1000, 2000, text, spread(text, 1000, 2000))


def test_words_have_the_times_that_were_measured() -> None:
    [segment] = with_times(
        [said("call me, 订单")], {3: [[1000, 1100], [1150, 1300], [1400, 1500], [1500, 1600]]}
    )

    assert [(word.text, word.start_ms) for word in segment.words] == [
        ("call", 1000), ("me,", 1150), ("订", 1400), ("单", 1500),
    ]  # fmt: skip
    assert segment.text == "call me, 订单"


@pytest.mark.parametrize(
    "times",
    [
        [],
        [[1000, 1100]],
        [[1000, 1100], [900, 950]],
        [[1000, 1100], [1200, 1100]],
        [[1000, 1100], ["x", None]],
        [[1000, 1100], 5],
    ],
)
def test_times_that_dont_fit_leave_the_words_as_they_were(times: list[object]) -> None:
    assert with_times([said("call me")], {3: times}) == (said("call me"),)  # type: ignore[dict-item]


def test_what_was_not_kept_stays_unkept() -> None:
    hidden = Segment(3, Side.CALLER, 0, 10, "", (), sensitive=True)
    assert with_times([hidden], {3: []}) == (hidden,)


@given(st.text(max_size=40), st.lists(st.lists(st.integers(), max_size=3), max_size=12))
def test_whatever_is_stored_the_text_is_whole_and_in_order(
    text: str, times: list[list[int]]
) -> None:
    [segment] = with_times([said(text)], {3: times})
    assert [word.text for word in segment.words] == pieces(text)
    starts = [word.start_ms for word in segment.words]
    assert starts == sorted(starts)
