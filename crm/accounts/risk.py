"""How unusual a payment is: plain rules, each of which can be told to whom it concerns.

Three things are looked at: the amount, beside what this card usually pays; the country; and how
fast payments follow one another. The points are set by hand, not learned, so that a decision can
be traced to its reasons. Nothing about the person counts (age, name, language).
"""

import enum
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOK_BACK = timedelta(days=90)
HIGH = 50
"""From so many points on a payment is looked at by its owner, and by a person."""
_USUAL_COUNT = 5  # payments from which "usual" means something
_LARGE, _VERY_LARGE = 3.0, 10.0  # times the usual amount
_LARGE_WITHOUT_HISTORY_CENTS = 100_000
_FAST = timedelta(minutes=10)
_FAST_COUNT = 3
_TRAVEL = timedelta(hours=2)
_MOST = 100


class Reason(enum.StrEnum):
    """Why a payment is unusual."""

    AMOUNT = "amount"
    COUNTRY = "country"
    SPEED = "speed"
    TRAVEL = "travel"


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as far as the rules look at it; all of one card, in one currency."""

    at: datetime
    amount_cents: int
    country: str


@dataclass(frozen=True, slots=True)
class Risk:
    """0 (usual) to 100, and why."""

    score: int
    reasons: tuple[Reason, ...] = ()

    @property
    def is_high(self) -> bool:
        """Whether somebody should look at it."""
        return self.score >= HIGH


def risk_of(payment: Paid, others: Sequence[Paid], home_country: str) -> Risk:
    """How unusual a payment is beside the others of its card; later ones don't count."""
    before = [
        other
        for other in others
        if payment.at - LOOK_BACK <= other.at < payment.at and other is not payment
    ]
    found = (
        (Reason.AMOUNT, _amount(payment, before)),
        (Reason.COUNTRY, _country(payment, before, home_country)),
        (Reason.SPEED, _speed(payment, before)),
        (Reason.TRAVEL, _travel(payment, before)),
    )
    points = sum(points for _, points in found)
    return Risk(min(_MOST, points), tuple(reason for reason, points in found if points))


def _amount(payment: Paid, before: Sequence[Paid]) -> int:
    if len(before) < _USUAL_COUNT:
        return 25 if payment.amount_cents >= _LARGE_WITHOUT_HISTORY_CENTS else 0
    times = payment.amount_cents / max(1.0, statistics.median(b.amount_cents for b in before))
    return 45 if times >= _VERY_LARGE else 25 if times >= _LARGE else 0


def _country(payment: Paid, before: Sequence[Paid], home_country: str) -> int:
    known = {home_country, *(other.country for other in before)}
    return 0 if payment.country in known else 30


def _speed(payment: Paid, before: Sequence[Paid]) -> int:
    just_now = sum(payment.at - other.at <= _FAST for other in before)
    return 30 if just_now >= _FAST_COUNT else 0


def _travel(payment: Paid, before: Sequence[Paid]) -> int:
    """Nobody is in two countries within two hours, card in hand."""
    elsewhere = (
        other.country != payment.country and payment.at - other.at <= _TRAVEL for other in before
    )
    return 40 if any(elsewhere) else 0
