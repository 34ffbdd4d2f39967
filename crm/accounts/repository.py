"""Accounts, cards and payments in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm.accounts.models import BankAccount, BankCard, BankClient, BankPayment, CardStatus, Review
from crm.accounts.risk import HIGH, LOOK_BACK, Paid, risk_of


def client_of(session: Session, number: str) -> BankClient | None:
    """The customer of this number."""
    return session.scalar(select(BankClient).where(BankClient.number == number))


def accounts_of(session: Session, client_id: int) -> Sequence[BankAccount]:
    """Their accounts, the first one first."""
    query = select(BankAccount).where(BankAccount.client_id == client_id)
    return list(session.scalars(query.order_by(BankAccount.id)))


def cards_of(session: Session, client_id: int) -> Sequence[BankCard]:
    """Their cards, those that can be used first."""
    query = select(BankCard).where(BankCard.client_id == client_id)
    cards = session.scalars(query.order_by(BankCard.id))
    return sorted(cards, key=lambda card: card.status != CardStatus.ACTIVE)


def block_card(session: Session, card: BankCard, *, reason: str, now: datetime) -> bool:
    """Block it; False when it was blocked already. Two callers at once block it once."""
    blocked = session.execute(
        update(BankCard)
        .where(BankCard.id == card.id, BankCard.status == CardStatus.ACTIVE.value)
        .values(status=CardStatus.BLOCKED.value, blocked_at=now, blocked_for=reason)
        .execution_options(synchronize_session=False)
    )
    session.refresh(card)
    return bool(blocked.rowcount)  # type: ignore[attr-defined]


def add_payment(session: Session, payment: BankPayment, home_country: str) -> BankPayment:
    """Add a payment with its risk, or give back the one of that reference.

    The risk is reckoned when it arrives, from what was known then.
    """
    there = session.scalar(select(BankPayment).where(BankPayment.reference == payment.reference))
    if there is not None:
        return there
    query = select(BankPayment).where(
        BankPayment.card_id == payment.card_id,
        BankPayment.currency == payment.currency,
        BankPayment.made_at >= payment.made_at - LOOK_BACK,
        BankPayment.made_at < payment.made_at,
    )
    risk = risk_of(_paid(payment), [_paid(each) for each in session.scalars(query)], home_country)
    payment.risk = risk.score
    payment.risk_reasons = ",".join(risk.reasons)
    payment.review = Review.OPEN.value if risk.is_high else Review.NONE.value
    session.add(payment)
    session.flush()
    return payment


def suspicious_of(session: Session, client_id: int) -> BankPayment | None:
    """Their riskiest payment that nobody has asked about yet."""
    query = (
        select(BankPayment)
        .join(BankCard, BankCard.id == BankPayment.card_id)
        .where(BankCard.client_id == client_id, BankPayment.risk >= HIGH)
        .where(BankPayment.review == Review.OPEN.value)
        .order_by(BankPayment.risk.desc(), BankPayment.made_at.desc())
    )
    return session.scalar(query.limit(1))


def latest_of(session: Session, client_id: int, *, limit: int = 3) -> Sequence[BankPayment]:
    """Their last payments, the newest first."""
    query = (
        select(BankPayment)
        .join(BankCard, BankCard.id == BankPayment.card_id)
        .where(BankCard.client_id == client_id)
        .order_by(BankPayment.made_at.desc(), BankPayment.id.desc())
    )
    return list(session.scalars(query.limit(limit)))


def _paid(payment: BankPayment) -> Paid:
    return Paid(payment.made_at, payment.amount_cents, payment.country)
