"""Where a person is still mentioned: looked for in every text of every table.

What is theirs goes when they are erased; this finds the rest: what others said or wrote of them.
And it is the proof afterwards, by another way than the one by which it was deleted.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import JSON, Column, ColumnElement, Table, Text, cast, not_, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from crm.customers.models import Customer
from crm.finding.tokens import tokens
from crm.privacy.person import Person, whose
from voxdesk.db import Base

MOST_CALLS: Final = 20
FEWEST_DIGITS: Final = 7
"""A shorter number stands in too many texts to mean anybody."""
_LONGEST_S: Final = 120
# Which call was looked at stays known; the id alone says nothing of anybody any more. A hold of a
# call is told apart, and goes with it.
_NOT_LOOKED_IN: Final = {
    ("audit_entries", "of"),
    ("call_texts", "words"),
    ("legal_holds", "call_id"),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """Rows of one table that have something of a person and aren't theirs.

    Attributes:
        kind: the table.
        calls: of which calls they are, where they are of calls; at most `MOST_CALLS`.
    """

    kind: str
    rows: int
    calls: tuple[str, ...]


def needles_of(session: Session, person: Person) -> tuple[str, ...]:
    """What to look for: full names, numbers and ids of calls; before anything is erased."""
    names = session.scalars(
        select(Customer.display_name).where(Customer.id.in_(person.customers))
    ).all()
    digits = ("".join(sign for sign in number if sign.isdigit()) for number in person.numbers)
    texts = {name.strip() for name in names if len(name.split()) > 1 or _is_long(name)}
    return tuple(
        sorted(texts | {one for one in digits if len(one) >= FEWEST_DIGITS}) + list(person.calls)
    )


def _is_long(name: str) -> bool:
    """A name in one word that stands for one person: a Chinese full name, hardly a first name."""
    return not name.isascii() and len(name.strip()) > 2  # noqa: PLR2004  two may be a word


def mentions(session: Session, needles: Sequence[str], *, beside: Person) -> list[Mention]:
    """Every table's rows with any of this, without those that are the person's own anyway.

    It reads every text there is: seconds with a hundred thousand calls.
    """
    if not needles:
        return []
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL statement_timeout = '{_LONGEST_S}s'"))
    found = []
    for table in Base.metadata.sorted_tables:
        has = _has(table, needles)
        if has is None:
            continue
        own = whose(table, beside)
        wanted = select(*_names(table)).where(has)
        if own is not None:
            wanted = wanted.where(not_(own))
        rows = session.execute(wanted).all()
        if rows:
            calls = dict.fromkeys(str(row[0]) for row in rows if row[0])
            found.append(Mention(table.name, len(rows), tuple(calls)[:MOST_CALLS]))
    indexed = _indexed(session, needles, beside)
    return [*found, Mention("call_words", indexed, ())] if indexed else found


def _names(table: Table) -> tuple[ColumnElement[Any]]:
    name = "id" if table.name == "calls" else "call_id"
    return (table.c[name] if name in table.c else cast(None, Text),)


def _has(table: Table, needles: Sequence[str]) -> ColumnElement[bool] | None:
    ways = [
        cast(column, Text).icontains(needle, autoescape=True)
        for column in table.c
        if (table.name, column.name) not in _NOT_LOOKED_IN
        for needle in _spelled(column, needles)
    ]
    return or_(*ways) if ways else None


def _spelled(column: Column[Any], needles: Sequence[str]) -> Iterator[str]:
    """As they would stand in it: SQLite's JSON has signs outside of ASCII as escapes."""
    if isinstance(column.type, JSON | JSONB):
        yield from {one for needle in needles for one in (needle, json.dumps(needle)[1:-1])}
    elif isinstance(column.type, Text):
        yield from needles


def _indexed(session: Session, needles: Sequence[str], beside: Person) -> int:
    """Calls in the text index with any of it, that aren't theirs."""
    phrases = [words for needle in needles if (words := tokens(needle))]
    if session.get_bind().dialect.name == "postgresql":
        query = " | ".join("(" + " <-> ".join(f"'{word}'" for word in one) + ")" for one in phrases)
        found = text(
            "SELECT f.call_id FROM call_texts t JOIN call_facts f ON f.id = t.facts_id "
            "WHERE t.words @@ CAST(:query AS tsquery)"
        )
    else:
        query = " OR ".join('"' + " ".join(one) + '"' for one in phrases)
        found = text(
            "SELECT f.call_id FROM call_words w JOIN call_facts f ON f.id = w.rowid "
            "WHERE call_words MATCH :query"
        )
    if not phrases:
        return 0
    theirs = set(beside.calls)
    return sum(row[0] not in theirs for row in session.execute(found, {"query": query}))
