"""Legal holds: what nothing may delete."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.customers.models import Customer
from crm.privacy.models import LegalHold
from voxdesk.kernel.errors import VoxdeskError


class HeldBack(VoxdeskError):
    """Something is under a legal hold, and stays."""

    code = "held"


class HoldRefused(VoxdeskError):
    """A hold can't be placed like this."""

    code = "hold_refused"


def place(
    session: Session,
    *,
    by: str,
    reason: str,
    now: datetime,
    call_id: str = "",
    customer_id: int | None = None,
) -> LegalHold:
    """Hold one call, or all calls of a customer and the customer.

    Raises:
        HoldRefused: there is no such call or customer, or not one of both is named.
    """
    if bool(call_id) == (customer_id is not None):
        raise HoldRefused("a hold is of one call, or of one customer", case="hold_of_one")
    if call_id and session.get(Call, call_id) is None:
        raise HoldRefused("there is no such call", case="no_call")
    if customer_id is not None and session.get(Customer, customer_id) is None:
        raise HoldRefused("there is no such customer", case="no_customer")
    if not reason.strip():
        raise HoldRefused(
            "a hold needs a reason: the case, or who asked for it", case="hold_reason"
        )
    hold = LegalHold(
        call_id=call_id,
        customer_id=customer_id,
        reason=reason.strip(),
        placed_by=by,
        placed_at=now,
        lifted_by="",
        attempts=0,
    )
    session.add(hold)
    session.flush()
    return hold


def lift(session: Session, number: int, *, by: str, now: datetime) -> LegalHold | None:
    """End a hold; None: there is none that still holds."""
    hold = session.get(LegalHold, number)
    if hold is None or hold.lifted_at is not None:
        return None
    hold.lifted_by, hold.lifted_at = by, now
    return hold


def listed(session: Session, *, all_of_them: bool = False) -> Sequence[LegalHold]:
    """The newest first; those that were lifted only on request."""
    wanted = select(LegalHold).order_by(LegalHold.id.desc())
    if not all_of_them:
        wanted = wanted.where(LegalHold.lifted_at.is_(None))
    return session.scalars(wanted).all()


def holding(
    session: Session, *, calls: Collection[str] = (), customers: Collection[int] = ()
) -> Sequence[LegalHold]:
    """The holds on any of these, and on the customers of these calls."""
    of_calls = select(Call.customer_id).where(Call.id.in_(calls), Call.customer_id.is_not(None))
    of_customers = select(Call.id).where(Call.customer_id.in_(customers))
    wanted = select(LegalHold).where(
        LegalHold.lifted_at.is_(None),
        or_(
            LegalHold.call_id.in_(calls),
            LegalHold.customer_id.in_(customers),
            LegalHold.customer_id.in_(of_calls),
            LegalHold.call_id.in_(of_customers),
        ),
    )
    return session.scalars(wanted).all()


def attempted(holds: Sequence[LegalHold], *, now: datetime) -> None:
    """Write down that something would have deleted what these hold."""
    for hold in holds:
        hold.attempts += 1
        hold.attempted_at = now
