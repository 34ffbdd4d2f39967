"""A bank's customers to try the product with; days are reckoned from today.

Every PIN is 2468. Numbers of phones are of the range that is kept for fiction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts import pins
from crm.accounts.models import BankAccount, BankCard, BankClient, BankPayment
from crm.accounts.repository import add_payment, client_of
from crm.customers import repository as customers
from crm.customers.phone import DiallingPlan, normalize_phone

SAMPLE_PIN = "2468"


@dataclass(frozen=True, slots=True)
class SampleClient:
    """One customer with one account and one card."""

    number: str
    phone: str
    display_name: str
    first_name: str
    language: str
    balance_cents: int
    card_ending: str
    currency: str = "USD"
    home_country: str = "US"


@dataclass(frozen=True, slots=True)
class SamplePayment:
    """Hours count from now, backwards."""

    card_ending: str
    hours_ago: float
    amount_cents: int
    merchant: str
    country: str = "US"
    currency: str = "USD"


CLIENTS = (
    SampleClient("100200", "+15550110", "Emma Clarke", "Emma", "en", 248_075, "4417"),
    SampleClient("100201", "+15550111", "Daniel Osei", "Daniel", "en", 91_210, "8802"),
    SampleClient("100202", "+15550112", "陈静", "静", "zh", 1_536_000, "6130", "CNY", "CN"),
    SampleClient("100203", "+15550113", "Maria Keller", "Maria", "en", -12_550, "0093"),
)
_USUAL = (
    (240, 4_210, "Green Grocer"), (200, 1_890, "Corner Cafe"), (170, 6_500, "City Fuel"),
    (120, 3_425, "Green Grocer"), (90, 2_250, "Book Nook"), (60, 5_120, "Green Grocer"),
)  # fmt: skip
UNUSUAL = (
    SamplePayment("4417", 3, 89_900, "Electro Shop", "RO"),
    SamplePayment("6130", 5, 99_900, "数码商城", "TH", "CNY"),
)


def load_sample_accounts(session: Session, now: datetime, plan: DiallingPlan) -> int:
    """Add the samples where they aren't yet, with their payments; how many customers there are."""
    for sample in CLIENTS:
        if client_of(session, sample.number) is None:
            _add(session, sample, now, plan)
    for payment in UNUSUAL:
        _pay(session, payment, now)
    return len(CLIENTS)


def _add(session: Session, sample: SampleClient, now: datetime, plan: DiallingPlan) -> None:
    customer = customers.save(
        session,
        display_name=sample.display_name,
        phone=normalize_phone(sample.phone, plan),
        first_name=sample.first_name,
        language=sample.language,
        now=now,
    )
    client = BankClient(
        number=sample.number,
        customer_id=customer.id,
        pin=pins.hashed(SAMPLE_PIN),
        home_country=sample.home_country,
    )
    session.add(client)
    session.flush()
    session.add(
        BankAccount(
            client_id=client.id,
            name="checking",
            balance_cents=sample.balance_cents,
            currency=sample.currency,
        )
    )
    session.add(BankCard(client_id=client.id, ending=sample.card_ending))
    session.flush()
    for hours, cents, merchant in _USUAL:
        usual = SamplePayment(
            sample.card_ending, hours, cents, merchant, sample.home_country, sample.currency
        )
        _pay(session, usual, now)


def _pay(session: Session, sample: SamplePayment, now: datetime) -> None:
    card = session.scalar(select(BankCard).where(BankCard.ending == sample.card_ending))
    if card is None:
        return
    client = session.get_one(BankClient, card.client_id)
    reference = f"sample-{sample.card_ending}-{sample.amount_cents}-{sample.hours_ago:g}"
    payment = BankPayment(
        reference=reference,
        card_id=card.id,
        made_at=now - timedelta(hours=sample.hours_ago),
        amount_cents=sample.amount_cents,
        currency=sample.currency,
        merchant=sample.merchant,
        country=sample.country,
    )
    add_payment(session, payment, client.home_country)
