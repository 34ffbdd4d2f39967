"""Tickets over HTTP: what callers want somebody to do, and that it is done."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.customers.models import Customer
from crm.orders.models import Order
from crm.tickets import repository
from crm.tickets.models import Ticket, TicketKind, TicketStatus
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Scorer
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.lists import Limit, Offset
from voxdesk.app.http.shown import shown

router = APIRouter(tags=["tickets"])


class TicketOut(BaseModel):
    """One thing that somebody of the house has to do."""

    number: str = Field(description="What the caller was told.")
    kind: TicketKind
    state: TicketStatus
    subject: str
    note: str = Field(description="In the caller's words, or the flow's.")
    details: dict[str, Any] = Field(description="What was wanted: a date, a quantity, an amount.")
    order: str = Field(description="Number of the order; empty without one.")
    customer: str = Field(description="Their name; empty where nobody is known.")
    call_id: str = Field(description="The call that it comes from; empty without one.")
    opened_at: datetime
    closed_at: datetime | None
    resolution: str = Field(description="What was done about it.")

    @classmethod
    def of(cls, session: Session, ticket: Ticket) -> "TicketOut":
        """From its row."""
        order = session.get(Order, ticket.order_id) if ticket.order_id else None
        customer = session.get(Customer, ticket.customer_id) if ticket.customer_id else None
        language = customer.language if customer else ""
        return cls(
            number=ticket.number,
            kind=TicketKind(ticket.kind),
            state=TicketStatus(ticket.status),
            subject=ticket.subject,
            note=shown(ticket.note, language),
            details={
                key: shown(value, language) if isinstance(value, str) else value
                for key, value in ticket.details.items()
            },
            order=order.number if order else "",
            customer=customer.display_name if customer else "",
            call_id=ticket.call_id,
            opened_at=ticket.opened_at,
            closed_at=ticket.closed_at,
            resolution=ticket.resolution,
        )


class TicketChange(BaseModel):
    """How far it is now."""

    state: TicketStatus
    resolution: str = Field(
        "", max_length=2000, description="What was done about it, when it is closed."
    )


@router.get("/tickets")
def list_tickets(
    house: AHouse,
    staff: Listener,
    *,
    kind: TicketKind | None = None,
    closed: Annotated[bool, Query(description="Closed ones too.")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> list[TicketOut]:
    """Open tickets, the newest first."""
    with house.database.transaction() as session:
        looked(session, staff, Act.READ, of="tickets", now=house.clock.now())
        found = repository.list_tickets(session, kind=kind, all_=closed, limit=limit, offset=offset)
        return [TicketOut.of(session, ticket) for ticket in found]


@router.get("/tickets/{number}")
def get_ticket(number: str, house: AHouse, staff: Listener) -> TicketOut:
    """One ticket."""
    with house.database.transaction() as session:
        ticket = _found(session, number)
        looked(session, staff, Act.READ, of=f"ticket {ticket.number}", now=house.clock.now())
        return TicketOut.of(session, ticket)


@router.patch("/tickets/{number}")
def change_ticket(number: str, change: TicketChange, house: AHouse, staff: Scorer) -> TicketOut:
    """Close it, or open it again. One that is so already stays as it is."""
    now = house.clock.now()
    with house.database.transaction() as session:
        ticket = _found(session, number)
        if change.state is TicketStatus.CLOSED:
            changed = repository.close(ticket, resolution=change.resolution.strip(), now=now)
        else:
            changed = repository.reopen(ticket)
        if changed:
            noted(session, staff, Act.CHANGED, of=f"ticket {ticket.number}", now=now)
        return TicketOut.of(session, ticket)


def _found(session: Session, number: str) -> Ticket:
    ticket = repository.by_number(session, number)
    if ticket is None:
        raise NotThere(f"There is no ticket {json.dumps(number[:40])}.")
    return ticket
