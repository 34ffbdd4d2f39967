"""Lists of calls out of the database, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from crm.calls.models import Call
from crm.customers.models import Customer
from crm.facts.models import CallFacts, CallStep
from crm.facts.repository import facts_id
from crm.finding import expressions
from crm.finding.cursors import Cursor
from crm.finding.models import CallText
from crm.finding.query import Query, negated
from crm.finding.query import wanted as positive
from crm.finding.wanted import Sort, State, Wanted

MOST_COUNTED: Final = 1000
"""Above, a total is "more than so many"."""
_words = table("call_words", column("rowid", Integer), column("call_words"))
_Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class FoundCall:
    """A line of a list; facts are None while a call goes on, and shortly after."""

    call: Call
    facts: CallFacts | None
    customer: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and where the next one begins; None at the end."""

    calls: Sequence[FoundCall]
    next: Cursor | None


def page(session: Session, wanted: Wanted, *, after: Cursor | None, limit: int) -> Page:
    """Calls in the order that is wanted, behind `after`."""
    value, number = _keys(wanted, session)
    query = _joined(wanted, session).add_columns(value, number)
    for condition in _conditions(wanted, session):
        query = query.where(condition)
    if after is not None:
        query = query.where(_behind(wanted, value, number, after))
    for key in (value, number) if value is not number else (value,):
        query = query.order_by(key.asc() if wanted.ascending else key.desc())
    rows = session.execute(query.limit(limit + 1)).all()
    calls = [FoundCall(row[0], row[1], row[2] or "") for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(calls, None if last is None else Cursor(wanted.sort, last[3], last[4]))


def count(session: Session, wanted: Wanted) -> int:
    """How many calls there are, at most `MOST_COUNTED` + 1."""
    query = _joined(wanted, session).with_only_columns(literal(1))
    for condition in _conditions(wanted, session):
        query = query.where(condition)
    return (
        session.scalar(select(func.count()).select_from(query.limit(MOST_COUNTED + 1).subquery()))
        or 0
    )


def _joined(wanted: Wanted, session: Session) -> Any:
    query: Any = select(Call, CallFacts, Customer.display_name)
    if not wanted.needs_facts:
        query = query.select_from(Call).outerjoin(CallFacts, CallFacts.call_id == Call.id)
    elif not _searches_words(wanted):
        query = query.select_from(CallFacts).join(Call, Call.id == CallFacts.call_id)
    else:
        index = CallText if _is_postgresql(session) else _words
        number = CallText.facts_id if _is_postgresql(session) else _words.c.rowid
        query = (
            query.select_from(index)
            .join(CallFacts, CallFacts.id == number)
            .join(Call, Call.id == CallFacts.call_id)
        )
    return query.outerjoin(Customer, Customer.id == Call.customer_id)


def _searches_words(wanted: Wanted) -> bool:
    return any(term.wanted for term in wanted.text.terms)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _keys(wanted: Wanted, session: Session) -> tuple[Any, Any]:
    """What the list is ordered by, and what tells equals apart; the same where one is enough."""
    if not wanted.needs_facts:
        return Call.started_at, Call.id
    number: Any = CallFacts.id
    if _searches_words(wanted):
        number = CallText.facts_id if _is_postgresql(session) else _words.c.rowid
    columns: dict[Sort, Any] = {
        Sort.DURATION: CallFacts.duration_ms,
        Sort.SILENCE: CallFacts.longest_silence_ms,
        Sort.NO_MATCHES: CallFacts.no_matches,
        Sort.LATENCY: func.coalesce(CallFacts.latency_max_ms, 0),
    }
    return columns.get(wanted.sort, number), number


def _behind(wanted: Wanted, value: Any, number: Any, after: Cursor) -> _Condition:
    beyond: ColumnElement[bool]
    if value is number:
        beyond = number > after.number if wanted.ascending else number < after.number
        return beyond
    if wanted.ascending:
        return or_(value > after.value, and_(value == after.value, number > after.number))
    return or_(value < after.value, and_(value == after.value, number < after.number))


def _conditions(wanted: Wanted, session: Session) -> list[_Condition]:
    return [
        *_of_call(wanted),
        *_of_times(wanted, session),
        *_of_figures(wanted),
        *_of_words(wanted.text, session),
    ]


def _of_call(wanted: Wanted) -> list[_Condition]:
    found: list[_Condition] = []
    equal: tuple[tuple[SQLCoreOperations[Any], Any], ...] = (
        (Call.customer_id, wanted.customer_id),
        (Call.flow_name, wanted.flow or None),
        (Call.cause, wanted.cause or None),
        (Call.agent, wanted.agent or None),
        (Call.language, wanted.language or None),
    )
    found += [name == value for name, value in equal if value is not None]
    if wanted.call:
        found.append(Call.id.startswith(wanted.call, autoescape=True))
    if wanted.versions:
        of_versions = (Call.flow_version.startswith(v, autoescape=True) for v in wanted.versions)
        found.append(or_(*of_versions))
    if wanted.outcome:
        by_cause = and_(Call.disposition == "", Call.cause == wanted.outcome)
        found.append(or_(Call.disposition == wanted.outcome, by_cause))
    if wanted.caller:
        number = Call.caller.contains(wanted.caller, autoescape=True)
        found.append(or_(number, Call.caller_name.icontains(wanted.caller, autoescape=True)))
    if wanted.customer:
        name = Customer.display_name.icontains(wanted.customer, autoescape=True)
        found.append(Call.customer_id.in_(select(Customer.id).where(name)))
    if wanted.recorded is not None:
        has = Call.recording_path != ""
        found.append(has if wanted.recorded else ~has)
    if wanted.transferred is not None:
        was = Call.disposition == "transferred"
        found.append(was if wanted.transferred else ~was)
    if wanted.state is not State.ANY:
        live = Call.ended_at.is_(None)
        found.append(live if wanted.state is State.LIVE else ~live)
    return found


def _of_times(wanted: Wanted, session: Session) -> list[_Condition]:
    """By the key that the list is ordered by, so that its index is enough."""
    if not wanted.needs_facts:
        since = None if wanted.since is None else Call.started_at >= wanted.since
        until = None if wanted.until is None else Call.started_at < wanted.until
    else:
        _, number = _keys(wanted, session)
        since = None if wanted.since is None else number >= facts_id(wanted.since)
        until = None if wanted.until is None else number < facts_id(wanted.until)
    return [one for one in (since, until) if one is not None]


def _of_figures(wanted: Wanted) -> list[_Condition]:
    least: tuple[tuple[SQLCoreOperations[Any], int | None], ...] = (
        (CallFacts.longest_silence_ms, wanted.silence_ms),
        (CallFacts.no_matches, wanted.no_matches),
        (CallFacts.no_inputs, wanted.no_inputs),
        (CallFacts.slow_turns, wanted.slow_turns),
        (CallFacts.latency_max_ms, wanted.latency_ms),
    )
    found: list[_Condition] = [figure >= value for figure, value in least if value is not None]
    if wanted.feeling:
        found.append(CallFacts.feeling == wanted.feeling)
    if wanted.consent:
        found.append(CallFacts.consent == wanted.consent)
    if wanted.step:
        steps = select(CallStep.facts_id).where(CallStep.step == wanted.step)
        found.append(CallFacts.id.in_(steps))
    return found


def _of_words(query: Query, session: Session) -> list[_Condition]:
    found: list[_Condition] = []
    there, absent = positive(query), negated(query)
    if _is_postgresql(session):
        if there.terms:
            found.append(CallText.words.op("@@")(cast(expressions.tsquery(there), TSQUERY)))
        if absent.terms:
            for term in absent.terms:
                of_term = cast(expressions.tsquery(Query((term,))), TSQUERY)
                has = select(CallText.facts_id).where(CallText.words.op("@@")(of_term))
                found.append(CallFacts.id.not_in(has))
        return found
    if there.terms:
        match = text("call_words MATCH :there").bindparams(there=expressions.fts5(there))
        found.append(match)  # type: ignore[arg-type]
    for number, term in enumerate(absent.terms):
        name = f"absent{number}"
        none_of = text(
            f"call_facts.id NOT IN (SELECT rowid FROM call_words WHERE call_words MATCH :{name})"  # noqa: S608  our name
        ).bindparams(**{name: expressions.fts5(Query((term,)))})
        found.append(none_of)  # type: ignore[arg-type]
    return found
