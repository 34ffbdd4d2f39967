"""Deleting what no rule keeps any longer.

Sound goes before rows, so that a disk or a store that is away leaves everything to be tried again.
Whatever a legal hold keeps stays, and the attempt is noted with the hold.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crm.audit.models import AuditEntry
from crm.callbacks.models import Callback
from crm.calls.models import Call, Message
from crm.finding import index
from crm.privacy import holds, removing, retention
from crm.privacy.models import Deletion
from crm.privacy.person import Person, recordings_of
from crm.privacy.retention import OF_CALLS, Due, HowMuch, Keep, Rule
from crm.tickets.models import Ticket
from recordings.library import RecordingLibrary
from recordings.waveforms.models import Waveform
from voxdesk.app.scrubbing import overwrite_what_is_deleted, scrub_database, scrub_files
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.errors import RecordingUnreadable

BATCH: Final = 50
"""Calls in one transaction: others write between them."""
_WITH_WORDS: Final = frozenset({Keep.WORDS, Keep.CALLS})
_ROWS: Final[dict[Keep, type[Callback | Ticket | AuditEntry]]] = {
    Keep.CALLBACKS: Callback,
    Keep.TICKETS: Ticket,
    Keep.AUDIT: AuditEntry,
}


@dataclass(slots=True)
class Retaining:
    """The rules of an installation, and what they are about."""

    settings: Settings
    database: Database
    library: RecordingLibrary
    _done: Counter[int] = field(default_factory=Counter)
    _held: int = 0

    @property
    def rules(self) -> list[Rule]:
        """As the settings have them."""
        return [rule.rule() for rule in self.settings.privacy.retention]

    def how_much(self, *, now: datetime) -> list[HowMuch]:
        """What each rule would delete now; nothing is."""
        with self.database.reading() as session:
            return retention.how_much(session, self.rules, now=now)

    def due(self, *, now: datetime, limit: int | None = None) -> list[Due]:
        """What would be deleted now, at most so many of each rule; nothing is."""
        with self.database.reading() as session:
            return list(retention.due(session, self.rules, now=now, limit=limit))

    def delete(self, *, now: datetime, by: str) -> Iterator[Due]:
        """Delete what is due, and write down how much; what is held is told, and stays.

        Raises:
            RecordingUnreadable: disk or store don't let one go; what went before is written down.
            DatabaseError: the database is away.
        """
        found = self.due(now=now)
        self._done, self._held = Counter(), 0
        with self.database.transaction() as session:
            cut_off = session.scalar(
                select(Deletion.id).where(Deletion.ended_at.is_(None)).limit(1)
            )
            number = self._began(session, now=now, by=by) if found else None
        trouble: RecordingUnreadable | None = None
        try:
            for keep, group in itertools.groupby(found, lambda one: Keep(one.keep)):
                while batch := list(itertools.islice(group, BATCH)):
                    try:
                        self._delete(keep, batch, now=now)
                    except RecordingUnreadable as error:  # other kinds need no sound to go
                        trouble = error
                        break
                    self._note(number)
                    yield from batch
            if trouble is not None:
                raise trouble
        finally:
            if number is not None or cut_off is not None:
                self._leave_nothing(found, now=now)
                self._note(number, ended_at=now)

    def _delete(self, keep: Keep, batch: Sequence[Due], *, now: datetime) -> None:
        done, held = self._done.copy(), self._held
        try:
            self._delete_all(keep, batch, now=now)
        except BaseException:
            self._done, self._held = done, held  # nothing of it was committed
            raise

    def _delete_all(self, keep: Keep, batch: Sequence[Due], *, now: datetime) -> None:
        with self.database.transaction() as session:
            overwrite_what_is_deleted(session)
            for one in batch:
                if one.held:
                    self._hold_back(session, one, now=now)
                elif keep in OF_CALLS:
                    self._of_call(session, keep, one, now=now)
                else:
                    row = _ROWS[keep]
                    session.execute(delete(row).where(row.id == int(one.id)))
                    self._done[one.rule] += 1

    def _of_call(self, session: Session, keep: Keep, one: Due, *, now: datetime) -> None:
        if holds.holding(session, calls=[one.id]):  # placed just now
            self._hold_back(session, one, now=now)
            return
        if session.get(Call, one.id) is None:  # erased meanwhile
            return
        match keep:
            case Keep.CALLS:
                for name in recordings_of(session, Person(calls=(one.id,))):
                    self.library.delete(name)
                removing.remove_call(session, one.id)
            case Keep.RECORDINGS:
                call = session.get_one(Call, one.id)
                self.library.delete(call.recording_path)
                call.recording_path = ""
                session.execute(delete(Waveform).where(Waveform.call_id == one.id))
            case Keep.MESSAGES:
                names = select(Message.recording_path).where(Message.call_id == one.id)
                for name in set(session.scalars(names)) - {""}:
                    self.library.delete(name)
                removing.remove_messages(session, one.id)
            case Keep.WORDS:
                removing.remove_words(session, one.id, now=now)
            case _:
                removing.remove_keys(session, one.id, now=now)
        self._done[one.rule] += 1

    def _hold_back(self, session: Session, one: Due, *, now: datetime) -> None:
        if one.keep in OF_CALLS:
            holds.attempted(holds.holding(session, calls=[one.id]), now=now)
        self._held += 1

    # ------------------------------------------------------------------------- what is left of it

    def _leave_nothing(self, found: Sequence[Due], *, now: datetime) -> None:
        """Index, log of the database and files beside it keep words that rows no longer have."""
        with_words = [one.id for one in found if one.keep in _WITH_WORDS and not one.held]
        if with_words or not found:  # nothing found: what an earlier run was kept from
            with self.database.transaction() as session:
                overwrite_what_is_deleted(session)
                index.scrub(session)
            since = [rule.days for rule in self.rules if rule.keep in _WITH_WORDS]
            before = now - timedelta(days=min(since, default=36_500))
            scrub_files(self.settings.state_dir, with_words, prompts_before=before)
        scrub_database(self.database)

    def _began(self, session: Session, *, now: datetime, by: str) -> int:
        row = Deletion(begun_at=now, by=by, counts=[], held=0)
        session.add(row)
        session.flush()
        return row.id

    def _note(self, number: int | None, *, ended_at: datetime | None = None) -> None:
        rules = self.rules
        counts = [
            asdict(rules[rule - 1]) | {"count": count} for rule, count in sorted(self._done.items())
        ]
        with self.database.transaction() as session:
            if ended_at is not None:  # of runs that were cut off, too: they are cleaned up after
                session.execute(
                    update(Deletion).where(Deletion.ended_at.is_(None)).values(ended_at=ended_at)
                )
            if number is None:
                return
            row = session.get_one(Deletion, number)
            row.counts, row.held = counts, self._held
            if ended_at is not None and not counts:  # only held things were there
                session.delete(row)
