"""The call log: events go in without waiting, a thread brings them to the database in order.

    call ──record()──▶ queue ──▶ writer thread ──▶ database
                                       │ away          ▲
                                       └──▶ spool ─────┘ in order, once, also after a restart

Whatever happens to database and disk, calls go on; what is lost is counted and said.
"""

import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from crm.calls.entries import CallColumns, Change, Entry, LoggedEvent, NewCall, Opening
from crm.calls.entries import change as change_of
from crm.calls.entries import opening as opening_of
from crm.calls.repository import next_seq
from crm.calls.spool import Spool
from crm.calls.store_and_forward import StoreAndForward
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId
from voxdesk.kernel.errors import DatabaseError

BATCH_WAIT_S = 0.05
BATCH_LIMIT = 200
IDLE_S = 0.25
REMEMBERED_CALLS = 10_000
# A call that this process doesn't know, while the database can't say where its log ends: go on
# far behind every possible end. Gaps in `seq` mean nothing.
FAR_BEHIND = 1_000_000

Subscriber = Callable[[LoggedEvent], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallLogStatus:
    """How the log is doing.

    Attributes:
        pending: entries in memory.
        spooling: the database is away, or doesn't have yet what was spooled meanwhile.
        lost: entries that neither database nor disk took since the start.
        rejected: entries that the database refused for good; a file beside the spool has them.
    """

    pending: int
    spooling: bool
    lost: int
    rejected: int


class _Flush:
    """A mark in the queue: set when everything before it has left the memory."""

    def __init__(self) -> None:
        self.done = threading.Event()


class _Stop:
    """The last thing in the queue."""


class CallLog:
    """Writes the logs of all calls of this process. Its methods may be called from any thread."""

    def __init__(self, database: Database, spool_dir: Path, *, max_pending: int = 20_000) -> None:
        """Start the writer; what an earlier process left in the spool is written first.

        Args:
            database: need not be there yet.
            spool_dir: of this process alone.
            max_pending: entries held in memory when writing can't keep up.

        Raises:
            DatabaseError: the spool can't be used.
        """
        self._database = database
        self._max_pending = max_pending
        self._queue: queue.SimpleQueue[Opening | Change | CallEvent | _Flush | _Stop] = (
            queue.SimpleQueue()
        )
        spool = Spool(spool_dir)
        self._next_seq: OrderedDict[str, int] = OrderedDict(spool.next_seqs())
        self._store = StoreAndForward(database, spool, max_held=max_pending)
        self._subscribers: tuple[Subscriber, ...] = ()
        self._overflowed = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="call-log", daemon=True)
        self._thread.start()

    # -------------------------------------------------------------- what calls use

    def open_call(self, call: NewCall) -> None:
        """A call begins. Never blocks."""
        self._put(opening_of(call))

    def record(self, event: CallEvent) -> None:
        """Something happened in a call. Never blocks."""
        self._put(event)

    def update_call(self, call_id: CallId, **columns: Unpack[CallColumns]) -> None:
        """Something about the call became known. Never blocks."""
        self._put(change_of(call_id, columns))

    def close_call(self, call_id: CallId, **columns: Unpack[CallColumns]) -> None:
        """The call is over: what is known now completes its row. Never blocks.

        ANSWERED, BRIDGED, RECORDING and ENDED have set their columns already.
        """
        self.update_call(call_id, **columns)

    def _put(self, entry: Opening | Change | CallEvent) -> None:
        if not self._closed and self._queue.qsize() < self._max_pending:
            self._queue.put(entry)
            return
        if not self._overflowed:
            log.error("call log: closed, or its writer is stuck; entries are lost")
        self._overflowed += 1

    # -------------------------------------------------------------- what the program uses

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call this with each event from now on, whether the database is there or not.

        It is called on the writer's thread and must return at once (hand over to a loop or a
        queue). Returns what ends the subscription.
        """
        self._subscribers = (*self._subscribers, subscriber)

        def unsubscribe() -> None:
            self._subscribers = tuple(one for one in self._subscribers if one is not subscriber)

        return unsubscribe

    @property
    def status(self) -> CallLogStatus:
        """A glance at it."""
        return CallLogStatus(
            pending=self._queue.qsize() + self._store.held,
            spooling=self._store.behind,
            lost=self._overflowed + self._store.lost,
            rejected=self._store.rejected,
        )

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until what was logged so far is in the database or spooled; False: not in time."""
        mark = _Flush()
        self._queue.put(mark)
        return mark.done.wait(timeout_s)

    def close(self, timeout_s: float = 15.0) -> None:
        """Write what is left, to the spool if need be, and stop. Harmless twice."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(_Stop())
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.error("call log: the database kept us waiting; the last entries may be lost")

    # -------------------------------------------------------------- the writer's thread

    def _run(self) -> None:
        running = True
        while running:
            batch, marks, running = self._collect()
            entries = [self._numbered(item) for item in batch]
            self._publish(entries)
            self._store.write(entries)
            for mark in marks:
                mark.done.set()
        self._store.close()

    def _collect(self) -> tuple[list[Opening | Change | CallEvent], list[_Flush], bool]:
        """What came within a short while of the first; nothing, now and then, to retry."""
        batch: list[Opening | Change | CallEvent] = []
        marks: list[_Flush] = []
        deadline = time.monotonic() + IDLE_S
        while len(batch) < BATCH_LIMIT:
            try:
                item = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            match item:
                case _Stop():
                    return batch, marks, False
                case _Flush():
                    marks.append(item)
                    break
                case _:
                    if not batch:
                        deadline = time.monotonic() + BATCH_WAIT_S
                    batch.append(item)
        return batch, marks, True

    def _numbered(self, item: Opening | Change | CallEvent) -> Entry:
        if isinstance(item, Change):
            return item
        known = self._next_seq.get(item.call_id)
        if isinstance(item, Opening):
            self._remember(item.call_id, known or 0)
            return item
        seq = self._position(item.call_id) if known is None else known
        self._remember(item.call_id, seq + 1)
        return LoggedEvent(seq, item)

    def _position(self, call_id: str) -> int:
        """Where the log of a call goes on that another run of the engine began."""
        if self._store.behind:
            return FAR_BEHIND
        try:
            with self._database.reading() as session:
                return next_seq(session, call_id)
        except DatabaseError:
            return FAR_BEHIND

    def _remember(self, call_id: str, seq: int) -> None:
        self._next_seq[call_id] = seq
        self._next_seq.move_to_end(call_id)
        if len(self._next_seq) > REMEMBERED_CALLS:
            self._next_seq.popitem(last=False)

    def _publish(self, entries: list[Entry]) -> None:
        for entry in entries:
            if not isinstance(entry, LoggedEvent):
                continue
            for subscriber in self._subscribers:
                try:
                    subscriber(entry)
                except Exception as error:  # noqa: BLE001  whatever it is, the log goes on
                    log.error(  # noqa: TRY400  a traceback may show what was said
                        "call %s: a live view failed: %s", entry.call_id, type(error).__name__
                    )
