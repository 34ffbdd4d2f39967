"""When somebody is called back, how often, and whom we call at all. Pure."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers

from crm.customers.phone import normalize_phone, plan_of

ATTEMPTS = 3
RETRY_AFTER = timedelta(minutes=15)
LATEST_AFTER = timedelta(days=1)
"""So long after the wish nobody expects the call any more."""
FARTHEST = timedelta(days=60)


class Outcome(enum.StrEnum):
    """What came of an attempt."""

    TALKED = "talked"  # with somebody of ours
    DECLINED = "declined"  # they don't want to any more
    NO_PERSON = "no_person"  # a machine, or nobody who says yes
    NO_AGENT = "no_agent"  # they were there, and nobody of ours
    HUNG_UP = "hung_up"  # they did, before anybody was there
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    FAILED = "failed"


FINAL = frozenset({Outcome.TALKED, Outcome.DECLINED})
"""After these nobody is called again."""

# Numbers that cost whoever calls them: a stranger could have us call their own, all night long.
_DEAR = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.UAN,
    }
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Of an installation.

    Attributes:
        country: whose national numbers people use; its numbers are called.
        countries: whose numbers are called too.
        attempts: calls at most.
        retry_after: the pause after the first attempt; twice as long after the second …
    """

    country: str = "US"
    countries: tuple[str, ...] = ()
    attempts: int = ATTEMPTS
    retry_after: timedelta = RETRY_AFTER


def number_to_call(raw: str, *, own: str, rules: Rules) -> str | None:
    """The canonical number to be called back; None for one that we don't call.

    Args:
        raw: as it was said or given.
        own: the number that the call came from, canonical; it is trusted as far as it is one of
            the countries that are called, or an extension of the house.
        rules: of this installation.
    """
    number = normalize_phone(raw, plan_of(rules.country))
    if number is None:
        return None
    if not number.startswith("+"):
        return number if number == own else None  # an extension of the house
    codes = {plan_of(country).calling_code for country in (rules.country, *rules.countries)}
    if not any(number.startswith(f"+{code}") for code in codes):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.number_type(parsed) in _DEAR:
        return None
    return number if number == own or phonenumbers.is_possible_number(parsed) else None


def after_attempt(
    outcome: Outcome, attempts: int, *, wished_at: datetime, now: datetime, rules: Rules
) -> datetime | None:
    """When to try again; None: never.

    Args:
        outcome: of the attempt that has just ended.
        attempts: how many there were, this one included.
        wished_at: when they wanted to be called.
        now: the time.
        rules: of this installation.
    """
    if outcome in FINAL or attempts >= rules.attempts:
        return None
    again = now + rules.retry_after * max(1, attempts)
    return again if again - wished_at <= LATEST_AFTER else None


def due(wished: str, *, now: datetime) -> datetime | None:
    """What time a wish means; None when it makes no sense.

    Args:
        wished: "soon", or ISO time in this machine's zone, "2026-11-24T10:00"; one that has passed
            is now.
        now: aware.
    """
    if wished in {"", "soon"}:
        return now
    try:
        local = datetime.fromisoformat(wished)
    except ValueError:
        return None
    moment = local.astimezone() if local.tzinfo is None else local
    if moment - now > FARTHEST:
        return None
    return max(moment, now)
