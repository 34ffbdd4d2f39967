"""The loop of the work: one piece after the other, the newest calls first."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from crm.jobs import repository
from crm.jobs.repository import BATCH, Claimed
from voxdesk.app.jobs.house import Hopeless, JobsHouse
from voxdesk.app.jobs.kinds import Every, Kind, Source
from voxdesk.app.logs import during_call
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import DatabaseError, RecordingMissing, VoxdeskError
from voxdesk.kernel.worded import worded

LOOK_EVERY_S: Final = 3.0
ALL_EVERY_S: Final = 900.0
"""So often all calls there ever were are looked through, not only those of the last days."""
RECENT: Final = timedelta(days=2)
SETTLED: Final = timedelta(seconds=3)
"""So long after its end a call's recording is closed."""
DATABASE_AWAY_S: Final = 15.0
LEASE_LONGER_S: Final = 120.0
HUNG: Final = 70
"""Exit code of a process whose work hung."""

log = logging.getLogger(__name__)


class Stopped(BaseException):
    """Raised in the middle of anything when we are told to stop."""


class Worker:
    """Works through what is there."""

    def __init__(
        self,
        house: JobsHouse,
        kinds: Sequence[Kind],
        every: Sequence[Every],
        sources: Sequence[Source] = (),
    ) -> None:
        self._house = house
        self._kinds = {kind.name: kind for kind in kinds}
        self._every = tuple(every)
        self._sources = tuple(sources)
        self._source_is_next = False
        self._looked_at_all_s = -ALL_EVERY_S
        self._more_to_make = False

    def begin(self) -> None:
        """What we had in our hands when we last died is free again; newer versions are due.

        Raises:
            DatabaseError: it is away.
        """
        house, now = self._house, self._house.clock.now()
        versions = {kind.name: kind.version for kind in self._kinds.values()}
        with house.database.transaction() as session:
            repository.release(session, worker=house.node, now=now)
            repository.renew(session, versions, now=now)
            names = [each.name for each in self._every]
            repository.make_periodic(session, names, node=house.node, now=now)
        for source in self._sources:
            source.release(house)

    def run(self) -> None:
        """Until `Stopped`."""
        away = False
        begun = False
        while True:
            try:
                if not begun:
                    self.begin()
                    begun = True
                if not self.work_once():
                    time.sleep(LOOK_EVERY_S)
                away = False
            except DatabaseError as error:
                if not away:
                    log.warning("work after calls waits: %s", error)
                away, begun = True, False  # what was in our hands then is ours no more
                time.sleep(DATABASE_AWAY_S)

    def run_once(self) -> int:
        """Do what waits now; how many pieces were begun."""
        self.begin()
        count = 0
        while self.work_once(settled=timedelta(0)):
            count += 1
        return count

    def work_once(self, *, settled: timedelta = SETTLED) -> bool:
        """Do one piece of work, if there is one.

        Raises:
            DatabaseError: it is away.
        """
        self._make(settled)
        if self._one_periodic():
            return True
        # Turn by turn, so that neither many calls nor many recordings keep the other waiting.
        self._source_is_next = not self._source_is_next
        if self._source_is_next:
            return self._one_of_a_source() or self._one_call()
        return self._one_call() or self._one_of_a_source()

    # ------------------------------------------------------------------ finding work

    def _make(self, settled: timedelta) -> None:
        house, now = self._house, self._house.clock.now()
        if not self._kinds:
            return
        at_s = time.monotonic()
        everything = self._more_to_make or at_s - self._looked_at_all_s >= ALL_EVERY_S
        versions = {kind.name: kind.version for kind in self._kinds.values()}
        with house.database.transaction() as session:
            repository.expire(session, now=now)
            made = repository.make_missing(
                session,
                versions,
                ended_before=now - settled,
                started_since=None if everything else now - RECENT,
                now=now,
            )
        if everything:
            self._looked_at_all_s = at_s
            self._more_to_make = made >= BATCH

    # ------------------------------------------------------------------ doing it

    def _one_periodic(self) -> bool:
        house = self._house
        for each in self._every:
            now = house.clock.now()
            with house.database.transaction() as session:
                due = repository.begin_periodic(
                    session, each.name, node=house.node, period=each.period, now=now
                )
            if not due:
                continue
            why: VoxdeskError | str = ""
            try:
                with _bounded(each.name, each.at_most_s):
                    each.do(house)
            except Exception as problem:  # noqa: BLE001  whatever it is, the rest must go on
                why = _told(problem)
                _note(each.name, problem)
            with house.database.transaction() as session:
                repository.end_periodic(
                    session, each.name, node=house.node, why=why, now=house.clock.now()
                )
            return True
        return False

    def _one_of_a_source(self) -> bool:
        for source in self._sources:
            with _bounded(source.name, source.at_most_s):
                if source.do_one(self._house):
                    return True
        return False

    def _one_call(self) -> bool:
        house = self._house
        if not self._kinds:
            return False
        longest_s = max(kind.at_most_s for kind in self._kinds.values())
        with house.database.transaction() as session:
            claimed = repository.claim(
                session,
                list(self._kinds),
                worker=house.node,
                now=house.clock.now(),
                lease=timedelta(seconds=longest_s + LEASE_LONGER_S),
                node=None if house.alone else house.node,
            )
        if claimed is None:
            return False
        with during_call(CallId(claimed.call_id)):
            self._do(claimed)
        return True

    def _do(self, claimed: Claimed) -> None:
        house, kind = self._house, self._kinds[claimed.kind]
        try:
            with _bounded(kind.name, kind.at_most_s):
                kind.do(house, CallId(claimed.call_id))
        except Stopped:
            with contextlib.suppress(DatabaseError), house.database.transaction() as session:
                repository.give_back(session, claimed, now=house.clock.now())
            raise
        except Exception as problem:  # noqa: BLE001  other calls must come through
            _note(kind.name, problem)
            self._failed(claimed, problem)
        else:
            with house.database.transaction() as session:
                repository.finish(session, claimed, now=house.clock.now())

    def _failed(self, claimed: Claimed, problem: Exception) -> None:
        hopeless = isinstance(problem, Hopeless | RecordingMissing)
        with self._house.database.transaction() as session:
            repository.fail(
                session, claimed, _told(problem), now=self._house.clock.now(), hopeless=hopeless
            )


def _told(problem: Exception) -> VoxdeskError | str:
    """For people; what isn't ours may quote a caller, so that only its kind is told."""
    if isinstance(problem, VoxdeskError):
        return problem
    kind = type(problem).__name__
    return worded("a mistake in the program ({kind}); its log says more", kind=kind)


def _note(name: str, problem: Exception) -> None:
    if isinstance(problem, VoxdeskError):
        log.warning("%s: %s", name, problem)
        return
    frame = problem.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    code = frame.tb_frame.f_code if frame is not None else None
    where = f"{code.co_filename}:{frame.tb_lineno}" if code is not None and frame else "?"
    log.error("%s: %s at %s", name, type(problem).__name__, where)


@contextlib.contextmanager
def _bounded(name: str, seconds: float) -> Iterator[None]:
    """Whoever hangs is ended with the process; the row says how often that happened."""

    def end() -> None:
        log.error("%s: still at it after %.0f s; this process ends", name, seconds)
        os._exit(HUNG)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
