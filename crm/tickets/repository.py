"""Tickets in the database."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.tickets.models import FIRST_NUMBER, Ticket, TicketKind, TicketStatus


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket that is to be opened; fields as of `Ticket`."""

    kind: TicketKind
    subject: str = ""
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    order_id: int | None = None
    customer_id: int | None = None
    call_id: str = ""


def open_ticket(session: Session, new: NewTicket, *, now: datetime) -> Ticket:
    """Add one; its number follows from its place in the table."""
    ticket = Ticket(
        number=f"new {secrets.token_hex(8)}",  # until the database has given it a place
        kind=new.kind.value,
        status=TicketStatus.OPEN.value,
        subject=new.subject,
        note=new.note,
        details=dict(new.details),
        order_id=new.order_id,
        customer_id=new.customer_id,
        call_id=new.call_id,
        opened_at=now,
        resolution="",
    )
    session.add(ticket)
    session.flush()
    ticket.number = str(FIRST_NUMBER - 1 + ticket.id)
    session.flush()
    return ticket


def open_of_order(session: Session, order_id: int, kind: TicketKind) -> Ticket | None:
    """The open ticket of that kind about this order, if there is one."""
    return session.scalar(
        select(Ticket)
        .where(
            Ticket.order_id == order_id,
            Ticket.kind == kind.value,
            Ticket.status == TicketStatus.OPEN.value,
        )
        .order_by(Ticket.id)
        .limit(1)
    )


def by_number(session: Session, number: str) -> Ticket | None:
    """The ticket of this number."""
    return session.scalar(select(Ticket).where(Ticket.number == number.strip().lstrip("#")))


def list_tickets(
    session: Session,
    *,
    kind: TicketKind | None = None,
    all_: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[Ticket]:
    """Open tickets, or all of them, the newest first."""
    query = select(Ticket).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    query = query.limit(limit).offset(offset)
    if kind is not None:
        query = query.where(Ticket.kind == kind.value)
    if not all_:
        query = query.where(Ticket.status == TicketStatus.OPEN.value)
    return list(session.scalars(query))


def close(ticket: Ticket, *, resolution: str, now: datetime) -> bool:
    """Close it; False when it was closed already, and then nothing is changed."""
    if ticket.status == TicketStatus.CLOSED.value:
        return False
    ticket.status = TicketStatus.CLOSED.value
    ticket.closed_at = now
    ticket.resolution = resolution
    return True


def reopen(ticket: Ticket) -> bool:
    """Open it again, as if it had never been closed; False when it is open."""
    if ticket.status == TicketStatus.OPEN.value:
        return False
    ticket.status, ticket.closed_at, ticket.resolution = TicketStatus.OPEN.value, None, ""
    return True
