"""What callers of a bank can have done: be verified, block a card, answer for a payment, come by.

Whoever calls `verify` first and goes on with the client that it gives acts for that customer alone.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts import appointments, repository
from crm.accounts.models import BankCard, BankClient, BankPayment, Review
from crm.accounts.verification import verify
from crm.acts.once import DONE, REFUSED, Outcome, Wanted, refused
from crm.customers.models import Customer
from crm.tickets.models import TicketKind
from crm.tickets.repository import NewTicket, open_ticket

_YES = "yes"


def check_caller(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """Who it is, by customer number and PIN; each try counts."""
    verdict = verify(session, wanted.given["number"], wanted.given["pin"], now=now)
    if verdict.client is None:
        return refused(str(verdict.refusal))
    customer = session.get_one(Customer, verdict.client.customer_id)
    record = {
        "client": verdict.client.number,
        "display_name": customer.display_name,
        "first_name": customer.first_name,
    }
    return Outcome(DONE, record)


def block_card(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """Their card is blocked at once, and a new one is on its way: a ticket."""
    client = _client(session, wanted)
    if client is None:
        return refused("unknown")
    cards = repository.cards_of(session, client.id)
    if not cards:
        return refused("no_card")
    card = cards[0]
    if not repository.block_card(session, card, reason=wanted.given.get("reason", ""), now=now):
        return Outcome(REFUSED, {"ending": card.ending, "ticket": ""}, "already")
    number = _new_card(session, wanted, client, card, now)
    return Outcome(DONE, {"ending": card.ending, "ticket": number})


def review_payment(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """The customer says whether they made a payment; if not, its card is blocked."""
    client = _client(session, wanted)
    payment = session.scalar(
        select(BankPayment).where(BankPayment.reference == wanted.given["reference"])
    )
    card = session.get(BankCard, payment.card_id) if payment else None
    if client is None or payment is None or card is None or card.client_id != client.id:
        return refused("unknown")
    made = wanted.given["made"] == _YES
    payment.review = (Review.CONFIRMED if made else Review.DENIED).value
    session.flush()
    record = {"ending": card.ending, "ticket": "", "blocked": "no"}
    if not made:
        repository.block_card(session, card, reason="payment not made by its owner", now=now)
        about = f"payment {payment.reference} denied, risk {payment.risk}: {payment.risk_reasons}"
        record |= {"ticket": _new_card(session, wanted, client, card, now, about), "blocked": "yes"}
    return Outcome(DONE, record)


def book(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """An appointment; where there is none, the nearest time that is free."""
    client = _client(session, wanted)
    if client is None:
        return refused("unknown")
    here = now.astimezone()
    try:
        wish = datetime.fromisoformat(wanted.given["at"]).replace(tzinfo=here.tzinfo)
    except ValueError:
        return refused("unknown")
    topic = wanted.given.get("topic", "")
    offer = appointments.book(session, client.id, wish, topic=topic, now=here)
    nearest = offer.nearest.strftime("%Y-%m-%dT%H:%M") if offer.nearest else ""
    if offer.refusal is None:
        return Outcome(DONE, {"at": wanted.given["at"], "nearest": ""})
    return Outcome(REFUSED, {"at": "", "nearest": nearest}, str(offer.refusal))


def _client(session: Session, wanted: Wanted) -> BankClient | None:
    return repository.client_of(session, wanted.given["client"])


def _new_card(  # noqa: PLR0917  what a ticket is made of
    session: Session,
    wanted: Wanted,
    client: BankClient,
    card: BankCard,
    now: datetime,
    note: str = "",
) -> str:
    ticket = NewTicket(
        TicketKind.OTHER,
        subject=f"new card instead of the one ending in {card.ending}",
        note=note or wanted.given.get("reason", ""),
        customer_id=client.customer_id,
        call_id=wanted.call_id,
    )
    return open_ticket(session, ticket, now=now).number
