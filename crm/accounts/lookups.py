"""What flows may ask about a bank's customer, in plain JSON types; `client` is a verified one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from crm.accounts import repository
from crm.accounts.models import CardStatus

COUNTRY_LANGUAGES = ("en", "zh")


def find_account(session: Session, client: str) -> Mapping[str, Any] | None:
    """Their first account."""
    found = repository.client_of(session, client)
    accounts = repository.accounts_of(session, found.id) if found else []
    if not accounts:
        return None
    account = accounts[0]
    return {
        "name": account.name,
        "balance_cents": account.balance_cents,
        "currency": account.currency,
        "overdrawn": account.balance_cents < 0,
    }


def find_card(session: Session, client: str) -> Mapping[str, Any] | None:
    """Their card, one that can be used before one that can't."""
    found = repository.client_of(session, client)
    cards = repository.cards_of(session, found.id) if found else []
    if not cards:
        return None
    card = cards[0]
    return {"ending": card.ending, "kind": card.kind, "blocked": card.status != CardStatus.ACTIVE}


def find_payment(session: Session, client: str) -> Mapping[str, Any] | None:
    """Their most unusual payment that nobody has asked them about yet."""
    found = repository.client_of(session, client)
    payment = repository.suspicious_of(session, found.id) if found else None
    if payment is None:
        return None
    reasons = payment.risk_reasons.split(",")
    return {
        "reference": payment.reference,
        "amount_cents": payment.amount_cents,
        "currency": payment.currency,
        "merchant": payment.merchant,
        "made_on": payment.made_at.astimezone().date().isoformat(),
        "country": payment.country,
        **{f"country_{tag}": country_name(payment.country, tag) for tag in COUNTRY_LANGUAGES},
        "risk": payment.risk,
        "amount": "amount" in reasons,
        "abroad": "country" in reasons,
        "fast": "speed" in reasons or "travel" in reasons,
    }


def country_name(code: str, language: str) -> str:
    """A country's name, as the phone library has it; its code where it has none."""
    # Half a second: with it come the areas of all numbers.
    from phonenumbers.geodata.locale import LOCALE_DATA  # noqa: PLC0415

    names = LOCALE_DATA.get(code, {})
    name = names.get(language) or names.get("en") or code
    return names.get(name[1:], code) if name.startswith("*") else name  # "*aa": the same as in aa
