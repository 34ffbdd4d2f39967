"""The tables of a bank's customers: only what callers ask about, the books are elsewhere."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class CardStatus(enum.StrEnum):
    """Whether a card can be used."""

    ACTIVE = "active"
    BLOCKED = "blocked"


class Review(enum.StrEnum):
    """What became of a payment that the risk watch looked at."""

    NONE = ""  # nothing about it is unusual
    OPEN = "open"  # unusual, and nobody has asked its owner yet
    CONFIRMED = "confirmed"  # they made it
    DENIED = "denied"  # they did not


_CARD_STATUSES = ", ".join(f"'{status}'" for status in CardStatus)
_REVIEWS = ", ".join(f"'{review}'" for review in Review)


class BankClient(Base):
    """A customer of the bank.

    Attributes:
        number: the customer number, digits.
        pin: see `crm.accounts.pins`; never the PIN itself.
        failed_tries: wrong PINs in a row, over all calls.
        locked_at: since when no PIN is taken any more; None: it is.
        home_country: ISO 3166, where payments are usual.
    """

    __tablename__ = "bank_clients"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), index=True
    )
    pin: Mapped[str] = mapped_column(Text)
    failed_tries: Mapped[int] = mapped_column(Integer, default=0)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    home_country: Mapped[str] = mapped_column(Text, default="US")


class BankAccount(Base):
    """An account.

    Attributes:
        name: as its owner calls it: "checking", "savings".
        balance_cents: in the hundredth of the currency; may be negative.
    """

    __tablename__ = "bank_accounts"
    __table_args__ = (Index("uq_bank_accounts_client_name", "client_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("bank_clients.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    balance_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(Text, default="USD")


class BankCard(Base):
    """A card; `ending` is its last four digits, all that is kept of its number."""

    __tablename__ = "bank_cards"
    __table_args__ = (
        CheckConstraint(f"status IN ({_CARD_STATUSES})", name="status"),
        Index("uq_bank_cards_client_ending", "client_id", "ending", unique=True),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("bank_clients.id", ondelete="CASCADE"))
    ending: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="debit")
    status: Mapped[str] = mapped_column(Text, default=CardStatus.ACTIVE.value)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_for: Mapped[str] = mapped_column(Text, default="")


class BankPayment(Base):
    """A payment with a card.

    Attributes:
        country: ISO 3166, where it was made.
        risk: 0 to 100, see `crm.accounts.risk`.
        risk_reasons: why, in words of `crm.accounts.risk.Reason` with commas.
        review: a `Review`.
    """

    __tablename__ = "bank_payments"
    __table_args__ = (
        CheckConstraint(f"review IN ({_REVIEWS})", name="review"),
        Index("ix_bank_payments_card_made_at", "card_id", "made_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("bank_cards.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text, default="USD")
    merchant: Mapped[str] = mapped_column(Text, default="")
    country: Mapped[str] = mapped_column(Text, default="US")
    risk: Mapped[int] = mapped_column(Integer, default=0)
    risk_reasons: Mapped[str] = mapped_column(Text, default="")
    review: Mapped[str] = mapped_column(Text, default=Review.NONE.value)


class BankAppointment(Base):
    """A talk with an adviser; one at a time begins at each `starts_at`."""

    __tablename__ = "bank_appointments"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(
        ForeignKey("bank_clients.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, unique=True)
    topic: Mapped[str] = mapped_column(Text, default="")
