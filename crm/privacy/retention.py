"""How long things are kept, by rules: what is due, and how much."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from crm.audit.models import AuditEntry
from crm.callbacks.models import Callback
from crm.calls.models import Call, Message
from crm.privacy.models import LegalHold
from crm.tickets.models import Ticket


class Keep(enum.StrEnum):
    """What a rule is about, in the order in which it is done."""

    CALLS = "calls"  # all of a call
    RECORDINGS = "recordings"  # the sound of calls
    MESSAGES = "messages"  # what callers left: sound and words
    WORDS = "words"  # all that was said and keyed in; figures and times stay
    KEYS = "keys"  # keys pressed, and values understood
    CALLBACKS = "callbacks"  # that are over
    TICKETS = "tickets"  # that are closed
    AUDIT = "audit"  # who looked at what


OF_CALLS: Final = frozenset({Keep.CALLS, Keep.RECORDINGS, Keep.MESSAGES, Keep.WORDS, Keep.KEYS})
"""Counted from a call's end, and may be narrowed by its flow, outcome and direction."""
_LEFT: Final[dict[Keep, ColumnElement[bool]]] = {
    Keep.CALLS: true(),
    Keep.RECORDINGS: Call.recording_path != "",
    Keep.MESSAGES: exists().where(Message.call_id == Call.id),
    Keep.WORDS: Call.words_removed_at.is_(None),
    Keep.KEYS: Call.words_removed_at.is_(None) & Call.keys_removed_at.is_(None),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """The first rule that fits says how long something is kept.

    Attributes:
        keep: a `Keep`.
        days: since the end: of the call, of the callback; since a ticket was closed, or an entry
            was written.
        flow: only calls of this flow; the same for outcome and direction. Empty: any.
    """

    keep: str
    days: int
    flow: str = ""
    outcome: str = ""
    direction: str = ""

    @property
    def fits(self) -> ColumnElement[bool]:
        """Whether it is about a call."""
        parts = [
            column == value
            for column, value in (
                (Call.flow_name, self.flow),
                (Call.disposition, self.outcome),
                (Call.direction, self.direction),
            )
            if value
        ]
        return and_(true(), *parts)


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time is over.

    Attributes:
        id: of the call; number of the callback, ticket or entry.
        rule: its number, from 1.
        held: a legal hold keeps it.
    """

    id: str
    keep: str
    rule: int
    ended_at: datetime
    held: bool


@dataclass(frozen=True, slots=True)
class HowMuch:
    """What a rule would delete now.

    Attributes:
        due: calls, callbacks, tickets or entries.
        held: that a legal hold keeps, beside them.
        oldest: of what is due.
    """

    due: int
    held: int
    oldest: datetime | None


def how_much(session: Session, rules: Sequence[Rule], *, now: datetime) -> list[HowMuch]:
    """For each rule."""
    found = []
    for number in range(len(rules)):
        rows = _wanted(rules, number, now).subquery()
        free = not_(rows.c.held)
        count = select(
            func.count().filter(free),
            func.count().filter(rows.c.held),
            func.min(rows.c.ended_at).filter(free),
        ).select_from(rows)
        due_now, held, oldest = session.execute(count).one()
        found.append(HowMuch(due_now, held, oldest))
    return found


def due(
    session: Session, rules: Sequence[Rule], *, now: datetime, limit: int | None = None
) -> Iterator[Due]:
    """What is to go now, whole calls first and of each rule the oldest first.

    Calls that haven't ended are never among it.

    Args:
        session: of the database.
        rules: all of them.
        now: the time.
        limit: at most so many of each rule.
    """
    order = list(Keep)
    for number in sorted(range(len(rules)), key=lambda one: order.index(Keep(rules[one].keep))):
        rows = _wanted(rules, number, now)
        query = rows.order_by(rows.selected_columns.ended_at, rows.selected_columns.id)
        for one in session.execute(query.limit(limit)):
            yield Due(one.id, rules[number].keep, number + 1, one.ended_at, bool(one.held))


def _wanted(rules: Sequence[Rule], number: int, now: datetime) -> Select[Any]:
    """Rows of id, ended_at, held."""
    rule = rules[number]
    keep, until = Keep(rule.keep), now - timedelta(days=rule.days)
    earlier = [one for one in rules[:number] if one.keep == rule.keep]
    if keep in OF_CALLS:
        wanted = and_(_call_is_due(rule, earlier, until), _LEFT[keep])
        if keep is not Keep.CALLS:
            wanted &= not_(_whole_call_is_due(rules, now))
        return _rows(Call.id, Call.ended_at, _held(Call.id, Call.customer_id)).where(wanted)
    if earlier:  # nothing narrows it: the first one counts
        return _rows(Call.id, Call.ended_at, false()).where(false())
    if keep is Keep.CALLBACKS:
        held = _held(Callback.call_id, Callback.customer_id)
        return _rows(Callback.id, Callback.ended_at, held).where(Callback.ended_at < until)
    if keep is Keep.TICKETS:
        held = _held(Ticket.call_id, Ticket.customer_id)
        return _rows(Ticket.id, Ticket.closed_at, held).where(Ticket.closed_at < until)
    of_held = exists().where(
        LegalHold.lifted_at.is_(None),
        LegalHold.call_id != "",
        AuditEntry.of == literal("call ") + LegalHold.call_id,
    )
    return _rows(AuditEntry.id, AuditEntry.at, of_held).where(AuditEntry.at < until)


def _rows(
    name: InstrumentedAttribute[Any],
    ended_at: InstrumentedAttribute[Any],
    held: ColumnElement[bool],
) -> Select[Any]:
    return select(cast(name, Text).label("id"), ended_at.label("ended_at"), held.label("held"))


def _call_is_due(rule: Rule, earlier: Sequence[Rule], until: datetime) -> ColumnElement[bool]:
    return and_(Call.ended_at < until, rule.fits, *(not_(one.fits) for one in earlier))


def _whole_call_is_due(rules: Sequence[Rule], now: datetime) -> ColumnElement[bool]:
    of_calls = [rule for rule in rules if rule.keep == Keep.CALLS]
    return or_(
        false(),
        *(
            _call_is_due(rule, of_calls[:place], now - timedelta(days=rule.days))
            for place, rule in enumerate(of_calls)
        ),
    )


def _held(
    call_id: InstrumentedAttribute[Any], customer_id: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    return exists().where(
        LegalHold.lifted_at.is_(None),
        or_(
            and_(LegalHold.call_id != "", LegalHold.call_id == call_id),
            LegalHold.customer_id == customer_id,
        ),
    )
