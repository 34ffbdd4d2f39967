"""The risk watch: what is usual stays unnoticed, what isn't is told with its reasons."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.accounts.risk import HIGH, Paid, Reason, risk_of

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def paid(cents: int = 4_000, *, hours: float = 0, country: str = "US") -> Paid:
    return Paid(NOW - timedelta(hours=hours), cents, country)


USUAL = [paid(3_000 + 500 * number, hours=24 * number) for number in range(1, 9)]


def test_a_usual_payment_has_no_risk() -> None:
    assert risk_of(paid(), USUAL, "US").score == 0


@pytest.mark.parametrize(
    ("payment", "others", "reasons"),
    [
        (paid(20_000), USUAL, (Reason.AMOUNT,)),
        (paid(country="RO"), USUAL, (Reason.COUNTRY,)),
        (paid(), [*USUAL, *(paid(hours=0.01 * n) for n in (1, 2, 3))], (Reason.SPEED,)),
        (paid(200_000), [], (Reason.AMOUNT,)),
        (
            paid(country="RO"),
            [*USUAL, paid(hours=1)],
            (Reason.COUNTRY, Reason.TRAVEL),
        ),
    ],
)
def test_each_rule_names_its_reason(
    payment: Paid, others: list[Paid], reasons: tuple[Reason, ...]
) -> None:
    assert risk_of(payment, others, "US").reasons == reasons


def test_one_unusual_thing_alone_is_not_high_two_are() -> None:
    assert not risk_of(paid(country="RO"), USUAL, "US").is_high
    assert risk_of(paid(20_000, country="RO"), USUAL, "US").is_high


def test_a_country_that_was_visited_lately_is_usual() -> None:
    assert risk_of(paid(country="FR"), [*USUAL, paid(hours=50, country="FR")], "US").score == 0


def test_what_came_later_or_long_ago_does_not_count() -> None:
    others = [paid(country="FR", hours=-1), paid(country="FR", hours=24 * 200)]
    assert Reason.COUNTRY in risk_of(paid(country="FR"), others, "US").reasons


@given(
    st.lists(
        st.builds(
            paid,
            st.integers(1, 10**7),
            hours=st.floats(-100, 5000),
            country=st.sampled_from(["US", "RO", "FR"]),
        ),
        max_size=30,
    )
)
def test_points_stay_between_0_and_100_and_have_reasons(others: list[Paid]) -> None:
    risk = risk_of(paid(50_000, country="RO"), others, "US")
    assert 0 <= risk.score <= 100
    assert bool(risk.score) == bool(risk.reasons)
    assert risk.is_high == (risk.score >= HIGH)
