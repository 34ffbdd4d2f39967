"""Doing things once: what was done for the same call, step and values is only told again."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from crm.acts.models import DoneAct
from voxdesk.db import Database, is_refusal
from voxdesk.kernel.errors import DatabaseError


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a flow wants done.

    Attributes:
        what: "order.cancel".
        given: the values for it.
        call_id: the call.
        step: of the flow.
        customer_id: of the caller, as far as the CRM knows.
    """

    what: str
    given: Mapping[str, str]
    call_id: str
    step: str
    customer_id: int | None = None

    @property
    def key(self) -> str:
        """The same for the same thing, and nothing can be read from it."""
        same = [self.call_id, self.step, self.what, sorted(self.given.items())]
        return hashlib.sha256(json.dumps(same).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        outcome: "done" or "refused"; "failed" when it couldn't be, or nobody knows.
        record: what came of it, plain JSON types.
        reason: why not, in one word.
    """

    outcome: str
    record: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


DONE, REFUSED, FAILED = "done", "refused", "failed"


def refused(reason: str) -> Outcome:
    """It may not be done."""
    return Outcome(REFUSED, reason=reason)


def once(
    database: Database, wanted: Wanted, work: Callable[[Session], Outcome], *, now: datetime
) -> Outcome:
    """Do it in one transaction together with the note that it was done. Blocks.

    Raises:
        DatabaseError: the database is away; nothing was done.
    """
    try:
        return _once(database, wanted, work, now)
    except DatabaseError as error:
        if not is_refusal(error):
            raise
        # Another engine has done it at this very moment; now its answer is there.
        return _once(database, wanted, work, now)


def _once(
    database: Database, wanted: Wanted, work: Callable[[Session], Outcome], now: datetime
) -> Outcome:
    with database.transaction() as session:
        before = session.get(DoneAct, wanted.key)
        if before is not None:
            return _told(before)
        row = _row(wanted, now)
        session.add(row)
        session.flush()
        outcome = work(session)
        _note(row, outcome, now)
        return outcome


def begin(database: Database, wanted: Wanted, *, now: datetime) -> Outcome | None:
    """Note that something outside of the database is being done; what came of it, if it was.

    "failed" for something that was begun and whose end nobody knows; None: go on. Blocks.

    Raises:
        DatabaseError: the database is away; nothing may be done then.
    """
    with database.transaction() as session:
        before = session.get(DoneAct, wanted.key)
        if before is None:
            session.add(_row(wanted, now))
            return None
        return _told(before)


def finish(database: Database, wanted: Wanted, outcome: Outcome | None, *, now: datetime) -> None:
    """Note what came of it; None: surely nothing, so that it may be tried again. Blocks.

    Raises:
        DatabaseError: the database is away.
    """
    with database.transaction() as session:
        row = session.get(DoneAct, wanted.key)
        if row is None:
            return
        if outcome is None:
            session.delete(row)
        else:
            _note(row, outcome, now)


def _row(wanted: Wanted, now: datetime) -> DoneAct:
    return DoneAct(
        key=wanted.key,
        call_id=wanted.call_id,
        step=wanted.step,
        what=wanted.what,
        outcome="",
        reason="",
        record={},
        begun_at=now,
    )


def _note(row: DoneAct, outcome: Outcome, now: datetime) -> None:
    row.outcome, row.reason = outcome.outcome, outcome.reason
    row.record, row.ended_at = dict(outcome.record), now


def _told(row: DoneAct) -> Outcome:
    if not row.outcome:
        return Outcome(FAILED, reason="unfinished")
    return Outcome(row.outcome, row.record, row.reason)
