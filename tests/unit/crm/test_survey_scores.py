"""Scores by the usual formulas, against values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.surveys.scores import ACSI, SERVQUAL, Line, score

pytestmark = pytest.mark.unit


def lines(question: str, values: list[int], first: int = 0) -> list[Line]:
    """A call for each value."""
    return [
        Line(str(first + number), 1, "answered", question, float(value))
        for number, value in enumerate(values)
    ]


def test_csat_is_the_share_of_the_two_best() -> None:
    found = score("csat", lines("satisfaction", [5, 4, 4, 3, 1]))

    assert found.score == pytest.approx(60.0)
    assert found.means == {"satisfaction": pytest.approx(3.4)}


def test_nps_is_promoters_less_detractors() -> None:
    # 4 promoters, 3 passives, 3 detractors of 10.
    found = score("nps", lines("recommend", [10, 9, 9, 10, 8, 7, 7, 6, 0, 3]))

    assert found.score == pytest.approx(10.0)


def test_servqual_is_the_mean_of_its_dimensions() -> None:
    given_ = dict(zip(SERVQUAL, (7, 6, 5, 4, 3), strict=True))
    found = score("servqual", [x for name, value in given_.items() for x in lines(name, [value])])

    assert found.score == pytest.approx(5.0)
    assert list(found.means) == list(SERVQUAL)


def test_acsi_is_the_mean_of_its_three_from_0_to_100() -> None:
    given_ = dict(zip(ACSI, (8, 7, 6), strict=True))
    found = score("acsi", [x for name, value in given_.items() for x in lines(name, [value])])

    assert found.score == pytest.approx(100 * (7 - 1) / 9)


@pytest.mark.parametrize("survey", ["servqual", "acsi", "csat", "nps"])
def test_without_answers_to_all_that_it_needs_there_is_no_score(survey: str) -> None:
    assert score(survey, lines("speed", [5])).score is None
    assert score(survey, []).score is None


def test_of_two_answers_of_a_caller_the_last_counts() -> None:
    found = score(
        "csat",
        [
            Line("a", 3, "answered", "satisfaction", 5.0),
            Line("a", 1, "answered", "satisfaction", 1.0),
        ],
    )

    assert found.score == 100.0
    assert found.answered == 1


def test_who_was_asked_and_who_answered_is_counted_by_call() -> None:
    found = score(
        "csat",
        [
            Line("a", 0, "offered"),
            Line("b", 0, "offered"),
            Line("b", 1, "declined"),
            Line("c", 0, "offered"),
            Line("c", 1, "answered", "satisfaction", 4.0),
            Line("c", 2, "answered", "comment", None),
            Line("c", 3, "complete"),
        ],
    )

    assert (found.offered, found.answered, found.complete) == (3, 1, 1)
    assert found.response_rate == pytest.approx(1 / 3)


@given(st.lists(st.integers(0, 10), min_size=1))
def test_nps_stays_within_its_bounds_and_knows_no_order(values: list[int]) -> None:
    found = score("nps", lines("recommend", values)).score

    assert found is not None
    assert -100 <= found <= 100
    assert found == pytest.approx(score("nps", lines("recommend", values[::-1])).score)
