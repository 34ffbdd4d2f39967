"""What flows can have done in the CRM, by name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from crm.accounts import actions as bank
from crm.acts.once import Outcome, Wanted, once
from crm.callbacks.asking import REQUEST, Asking
from crm.callbacks.policy import Rules
from crm.orders import actions
from voxdesk.db import Database
from voxdesk.kernel.errors import FlowError

Work = Callable[[Session, Wanted, datetime], Outcome]
ACTS: Mapping[str, Work] = {
    "order.cancel": actions.cancel,
    "order.change": actions.change,
    "order.return": actions.send_back,
    "order.refund": actions.refund,
    "ticket.open": actions.ticket,
    "bank.verify": bank.check_caller,
    "bank.block_card": bank.block_card,
    "bank.review": bank.review_payment,
    "bank.book": bank.book,
}
UNKEPT = frozenset({"bank.verify"})
"""Nothing is noted of these: a PIN could be worked out from the note's key, and each try counts."""


class Acts:
    """The CRM's doings. Thread-safe; every method blocks."""

    def __init__(self, database: Database, rules: Rules | None = None) -> None:
        """`rules`: whom we call back."""
        self._database = database
        self._works: Mapping[str, Work] = {**ACTS, REQUEST: Asking(rules or Rules())}

    def do(self, wanted: Wanted, *, now: datetime) -> Outcome:
        """Do it, once.

        Raises:
            FlowError: nothing of that name can be done.
            DatabaseError: the database is away; nothing was done.
        """
        work = self._works.get(wanted.what)
        if work is None:
            raise FlowError(f'can\'t do "{wanted.what}"; known are: {", ".join(self._works)}')
        if wanted.what in UNKEPT:
            with self._database.transaction() as session:
                return work(session, wanted, now)
        return once(
            self._database, wanted, partial(_do, work=work, wanted=wanted, now=now), now=now
        )


def _do(session: Session, *, work: Work, wanted: Wanted, now: datetime) -> Outcome:
    return work(session, wanted, now)
