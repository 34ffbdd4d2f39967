"""What callers can have done with an order: cancelled, changed, sent back, paid back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from crm.acts.once import DONE, Outcome, Wanted, refused
from crm.customers.models import Customer
from crm.lookups import order_record
from crm.orders.models import Order, OrderStatus
from crm.orders.repository import by_number
from crm.tickets.models import Ticket, TicketKind
from crm.tickets.repository import NewTicket, open_of_order, open_ticket

RETURN_WITHIN_DAYS = 30
_NO_WORDS = {"", "no", "false", "0"}
_CLOSED = (OrderStatus.CANCELLED, OrderStatus.RETURNED)


def cancel(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """An order that isn't on its way yet is cancelled."""
    del now
    order = _theirs(session, wanted)
    if isinstance(order, Outcome):
        return order
    if order.status != OrderStatus.PROCESSING:
        return refused(order.status)
    order.status = OrderStatus.CANCELLED.value
    session.flush()
    customer = session.get(Customer, order.customer_id) if order.customer_id else None
    return Outcome(DONE, dict(order_record(order, customer)))


def change(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """Another day of delivery, or another quantity: a ticket, since people have to see to it."""
    order = _theirs(session, wanted)
    if isinstance(order, Outcome):
        return order
    if order.status in {*_CLOSED, OrderStatus.DELIVERED}:
        return refused(order.status)
    details = {key: wanted.given[key] for key in ("date", "quantity") if wanted.given.get(key)}
    if not details and not wanted.given.get("note"):
        return refused("nothing")
    return _ticket(session, wanted, TicketKind.CHANGE, order, details, now)


def send_back(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """A delivered order may be sent back: the ticket's number authorises it."""
    order = _theirs(session, wanted)
    if isinstance(order, Outcome):
        return order
    if order.status in _CLOSED:
        return refused(order.status)
    if order.status != OrderStatus.DELIVERED:
        return refused("not_delivered")
    within = _whole(wanted.given.get("within_days"), RETURN_WITHIN_DAYS)
    delivered = order.delivered_on or order.placed_at.date()
    if now.astimezone().date() - delivered > timedelta(days=within):
        return refused("too_late")
    return _ticket(session, wanted, TicketKind.RETURN, order, {}, now)


def refund(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """Money back is asked for: a ticket, since people decide about money."""
    order = _theirs(session, wanted)
    if isinstance(order, Outcome):
        return order
    details = {"amount": wanted.given["amount"]} if wanted.given.get("amount") else {}
    return _ticket(session, wanted, TicketKind.REFUND, order, details, now)


def ticket(session: Session, wanted: Wanted, now: datetime) -> Outcome:
    """Anything else that somebody has to do."""
    order = None
    if number := wanted.given.get("number", ""):
        order = by_number(session, number)
        if order is None:
            return refused("unknown")
    return _ticket(session, wanted, TicketKind.OTHER, order, {}, now)


def _theirs(session: Session, wanted: Wanted) -> Order | Outcome:
    """The order, when the caller may have something done with it.

    Whoever knows a number could cancel the order of a stranger: so it must be the caller's own, by
    the number that they call from, or the flow says that it has verified the caller.
    """
    order = by_number(session, wanted.given.get("number", ""))
    if order is None:
        return refused("unknown")
    verified = wanted.given.get("verified", "").strip().lower() not in _NO_WORDS
    session.refresh(order, with_for_update=True)  # what is decided now stays true until it is done
    own = order.customer_id is not None and order.customer_id == wanted.customer_id
    return order if own or verified else refused("not_theirs")


def _ticket(  # noqa: PLR0917  what a ticket is made of
    session: Session,
    wanted: Wanted,
    kind: TicketKind,
    order: Order | None,
    details: Mapping[str, Any],
    now: datetime,
) -> Outcome:
    """A ticket about it; an order has one of each kind at a time."""
    if order and kind is not TicketKind.OTHER and open_of_order(session, order.id, kind):
        return refused("already")
    about = f"{kind} of order {order.number}" if order else ""
    opened = open_ticket(
        session,
        NewTicket(
            kind,
            subject=wanted.given.get("subject", "") or about,
            note=wanted.given.get("note", ""),
            details=details,
            order_id=order.id if order else None,
            customer_id=order.customer_id if order else wanted.customer_id,
            call_id=wanted.call_id,
        ),
        now=now,
    )
    return Outcome(DONE, _record(opened, order))


def _record(opened: Ticket, order: Order | None) -> dict[str, Any]:
    return {
        "ticket": opened.number,
        "number": order.number if order else "",
        "item": order.item if order else "",
    }


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else otherwise
