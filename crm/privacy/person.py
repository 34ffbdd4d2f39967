"""Everything the database has of one person: found, given out, erased.

It is found by the columns that name calls, customers and telephone numbers, in whatever table; so
that a table which comes later is not forgotten.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.customers.models import Customer
from crm.finding import index
from crm.finding.models import SavedSearch
from crm.orders.models import Order
from crm.privacy.models import Erasure, LegalHold
from voxdesk.db import Base

_NUMBERS: Final = ("phone",)
_NOT_OF_PEOPLE: Final = frozenset({"queue_agents", LegalHold.__tablename__})
_BLOBS: Final = frozenset({"waveforms", "call_texts"})


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about.

    Attributes:
        numbers: their telephone numbers, in every spelling that may stand in a row.
        calls: from them, and to them.
    """

    customers: tuple[int, ...] = ()
    numbers: frozenset[str] = frozenset()
    calls: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is anything of them."""
        return bool(self.customers or self.calls)


NOBODY: Final = Person()


@dataclass(frozen=True, slots=True)
class Belongings:
    """What there is of a person.

    Attributes:
        rows: by table.
        recordings: names.
        going_on: calls that haven't ended.
    """

    rows: Mapping[str, int]
    recordings: tuple[str, ...]
    going_on: tuple[str, ...] = field(default=())


def find(
    session: Session, *, numbers: frozenset[str] = frozenset(), customer_id: int | None = None
) -> Person:
    """A person, by their numbers or by a customer's.

    Args:
        session: of the database.
        numbers: of one telephone, in every spelling.
        customer_id: or this customer, with the number that is theirs.
    """
    wanted: list[ColumnElement[bool]] = []
    if customer_id is not None:
        wanted.append(Customer.id == customer_id)
    if numbers:
        wanted.append(Customer.phone.in_(numbers))
    if not wanted:
        return Person()
    customers = session.scalars(select(Customer).where(or_(*wanted))).all()
    numbers |= {one.phone for one in customers if one.phone}
    ids = tuple(one.id for one in customers)
    theirs = select(Call.id).where(
        or_(
            Call.customer_id.in_(ids),
            Call.caller.in_(numbers),
            Call.callee.in_(numbers),
            Call.diverted_from.in_(numbers),
        )
    )
    calls = tuple(session.scalars(theirs.order_by(Call.started_at)))
    return Person(ids, numbers, calls)


def belongings(session: Session, person: Person) -> Belongings:
    """How much there is, and what stands in the way of erasing it."""
    rows = {
        table.name: len(found)
        for table in Base.metadata.sorted_tables
        if (found := _rows(session, table, person))
    }
    going_on = select(Call.id).where(Call.id.in_(person.calls), Call.ended_at.is_(None))
    return Belongings(rows, recordings_of(session, person), tuple(session.scalars(going_on)))


def recordings_of(session: Session, person: Person) -> tuple[str, ...]:
    """Names of every recording, those of messages included."""
    found: set[str] = set()
    for name in ("calls", "messages"):
        for row in _rows(session, Base.metadata.tables[name], person):
            found.add(str(row["recording_path"] or ""))
    return tuple(sorted(found - {""}))


def everything(session: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Their rows, by table."""
    return {
        table.name: [dict(row) for row in found]
        for table in Base.metadata.sorted_tables
        if table.name not in _BLOBS and (found := _rows(session, table, person))
    }


def erase(session: Session, person: Person, *, by: str, now: datetime) -> Erasure:
    """Delete their rows; orders stay for the books, without saying whose.

    The log of a call goes with its call. Recordings and other files are the caller's to delete.
    """
    counts = dict(belongings(session, person).rows)
    for call_id in person.calls:
        index.forget(session, call_id)
    session.execute(
        update(Order)
        .where(Order.customer_id.in_(person.customers))
        .values(customer_id=None, tracking_code="")
    )
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in {"orders", "customers", "calls"} or (how := whose(table, person)) is None:
            continue
        if table.name != "call_events":
            session.execute(delete(table).where(how))
    session.execute(delete(Call).where(Call.id.in_(person.calls)))
    session.execute(delete(Customer).where(Customer.id.in_(person.customers)))
    for number in person.numbers:
        digits = number.lstrip("+")
        if digits:
            session.execute(delete(SavedSearch).where(SavedSearch.query.contains(digits)))
    session.execute(delete(LegalHold).where(LegalHold.customer_id.in_(person.customers)))
    session.execute(delete(LegalHold).where(LegalHold.call_id.in_(person.calls)))
    receipt = Erasure(id=secrets.token_hex(8), at=now, by=by, counts=counts)
    session.add(receipt)
    session.flush()
    return receipt


def _rows(session: Session, table: Table, person: Person) -> list[Mapping[str, Any]]:
    how = whose(table, person)
    if how is None:
        return []
    return [dict(row) for row in session.execute(select(table).where(how)).mappings()]


def whose(table: Table, person: Person) -> ColumnElement[bool] | None:
    """How rows of a table are known as theirs; None: none can be."""
    if table.name in _NOT_OF_PEOPLE:
        return None
    if table.name == "calls":
        return table.c.id.in_(person.calls)
    if table.name == "customers":
        return table.c.id.in_(person.customers)
    ways = list(_ways(table, person))
    return or_(*ways) if ways else None


def _ways(table: Table, person: Person) -> Iterator[ColumnElement[bool]]:
    if "call_id" in table.c:
        yield table.c.call_id.in_(person.calls)
    if "customer_id" in table.c:
        yield table.c.customer_id.in_(person.customers)
    for name in _NUMBERS:
        if name in table.c:
            yield table.c[name].in_(person.numbers)
    for column in table.c:
        for key in column.foreign_keys:
            owner = key.column.table
            if owner.name in {"calls", "customers", table.name}:
                continue
            how = whose(owner, person)
            belongs = key.ondelete == "CASCADE"
            if how is not None and belongs:
                yield column.in_(select(key.column).where(how))
