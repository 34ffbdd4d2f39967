"""Everything that the console's live pages show, followed once a process for all who watch.

    engine's socket ──▶ thread "live engine" ───┐
                                                ├─▶ Board ─▶ rows ─▶ changes ─▶ Ring ─▶ readers
    database ────────▶ thread "live database" ──┘

The engine of this machine says everything as it happens, and words before they are final; the
database has it a little later, for every machine, and also what was missed.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from crm.calls.entries import LoggedEvent
from crm.calls.follow import FollowedCalls
from crm.calls.repository import CallFilter, events_of, list_calls
from crm.live.board import Board
from crm.live.call import LiveCall
from crm.live.repository import events_of_calls, nodes_of
from voxdesk.app.live.day import Day
from voxdesk.app.live.engine_link import EngineLink, Hello, Said, SoFar
from voxdesk.app.live.ring import Ring
from voxdesk.app.live.server import live_socket_path
from voxdesk.app.live.view import Shown, changes, row_of, without_words
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import Clock
from voxdesk.kernel.errors import DatabaseError

TICK_S: Final = 0.15
"""Changes are collected for so long: a page needs no more than seven a second."""
TRY_AGAIN_S: Final = 0.5
POLL_EVERY_S: Final = 1.0
MOST_CALLS: Final = 5_000
FULL_POLL: Final = 500
REMEMBERED_TEXTS: Final = 4_000
LATE: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


class LiveHub:
    """Starts with the first reader.

    Attributes:
        ring: what readers read.
    """

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, *, shown: Shown
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._shown = lru_cache(REMEMBERED_TEXTS)(shown)  # rows change more often than words
        self.ring = Ring()
        self._board = Board()
        self._rows: dict[str, dict[str, Any]] = {}
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._lock = threading.RLock()
        self._link = EngineLink(live_socket_path(settings.state_dir))
        self._node = ""
        self._state = {"engine": "away", "database": "away"}
        self._day = Day(settings, database, clock)
        self._started = False
        self._closing = threading.Event()
        self._first_look = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Follow from now on. Harmless twice."""
        with self._lock:
            if self._started or self._closing.is_set():
                return
            self._started = True
            for name, work in (("live engine", self._engine), ("live database", self._follow)):
                thread = threading.Thread(target=self._guarded(work), name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._first_look.wait(2.0)  # whoever comes first sees calls, not an empty page

    def close(self) -> None:
        """Streams end, threads too. Harmless twice."""
        self._closing.set()
        self.ring.close()
        for thread in self._threads:
            thread.join(5.0)

    # ------------------------------------------------------------ reading

    def snapshot(self, *, words: bool) -> tuple[int, str]:
        """The whole picture as JSON, and the message that it is up to."""
        with self._lock:
            rows = list(self._rows.values())
            body = {
                "calls": rows if words else [without_words(row) for row in rows],
                "state": self._state,
                **self._day.as_data(),
            }
            return self.ring.number, _json(body)

    def call(self, call_id: str) -> LiveCall | None:
        """One call, while it is here."""
        with self._lock:
            return self._board.find(call_id)

    def lines_of(self, call_id: str, *, after: int) -> list[Any] | None:
        """What was said in a call after the event `after`; None when there is no such call."""
        with self._lock:
            call = self._board.find(call_id)
            return None if call is None else [line for line in call.lines if line.seq > after]

    @property
    def node(self) -> str:
        """The machine whose engine is reached; empty while there is none."""
        return self._node if self._link.is_open else ""

    def look_again(self) -> None:
        """Somebody changed an alarm: everybody is told now."""
        self._tell_day(self._day.alarms_changed())

    # ------------------------------------------------------------ the engine's thread

    def _guarded(self, work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            while not self._closing.is_set():
                try:
                    work()
                except Exception as error:  # noqa: BLE001  a live page must not go dark for good
                    log.error(  # noqa: TRY400  a traceback may show what was said
                        "the live view stumbled over %s", type(error).__name__
                    )
                    self._closing.wait(TRY_AGAIN_S)

        return run

    def _engine(self) -> None:
        if not self._link.is_open and not self._link.connect():
            self._told("engine", "away")
            self._publish()
            self._closing.wait(TRY_AGAIN_S)
            return
        ticked_s = time.monotonic()
        while self._link.is_open and not self._closing.is_set():
            self._take(self._link.read(TICK_S))
            if time.monotonic() - ticked_s >= TICK_S:
                ticked_s = time.monotonic()
                self._publish()
        self._link.close()

    def _take(self, all_said: Iterable[Said]) -> None:
        with self._lock:
            for said in all_said:
                match said:
                    case Hello(node=node):
                        self._node = node
                        self._told("engine", "there")
                        self._changed |= set(self._board.calls)  # they can be listened to again
                    case SoFar(call_id=call_id, words=words):
                        self._note(self._board.hear(call_id, words))
                    case LoggedEvent():
                        self._note(self._board.take(said, node=self._node))

    def _note(self, call_id: str | None) -> None:
        if call_id is not None:
            self._changed.add(call_id)

    def _told(self, part: str, how: str) -> None:
        with self._lock:
            if self._state[part] == how:
                return
            self._state = {**self._state, part: how}
            if part == "engine":
                self._changed |= set(self._board.calls)
        text = _json(self._state)
        self.ring.put("state", text, text)

    def _publish(self) -> None:
        """One message with all that changed since the last."""
        with self._lock:
            now = self._clock.now()
            longest = timedelta(seconds=self._settings.sip.max_call_s) + LATE
            self._gone |= set(self._board.drop_old(now, open_since=now - longest))
            new = [patch for id_ in self._changed if (patch := self._patch(id_))]
            gone = [id_ for id_ in self._gone if self._rows.pop(id_, None) is not None]
            self._changed, self._gone = set(), set()
            if new or gone:
                bare = [patch for patch in map(without_words, new) if len(patch) > 1]
                self.ring.put(
                    "calls",
                    _json({"changed": new, "gone": gone}),
                    _json({"changed": bare, "gone": gone}),
                )

    def _patch(self, call_id: str) -> dict[str, Any]:
        call = self._board.find(call_id)
        if call is None:
            return {}
        before = self._rows.get(call_id)
        row = self._rows[call_id] = row_of(call, shown=self._shown, here=self.node)
        return changes(before, row)

    # ------------------------------------------------------------ the database's thread

    def _follow(self) -> None:
        try:
            follower = FollowedCalls(self._database)  # first: nothing may fall in between
            self._load()
            self._told("database", "there")
            while not self._closing.is_set():
                self._catch_up(follower)
                self._told("database", "there")
                self._tell_day(self._day.look())
                self._first_look.set()
                self._publish()
                self._closing.wait(POLL_EVERY_S)
        except DatabaseError:
            self._told("database", "away")
            self._first_look.set()
            self._publish()
            self._closing.wait(POLL_EVERY_S)

    def _load(self) -> None:
        longest = timedelta(seconds=self._settings.sip.max_call_s) + LATE
        wanted = CallFilter(live=True, since=self._clock.now() - longest, limit=MOST_CALLS)
        with self._database.reading() as session:
            nodes = {call.id: call.node for call in list_calls(session, wanted)}
            logged = events_of_calls(session, list(nodes))
        with self._lock:
            open_here = set(self._board.calls) - set(nodes)
            for one in logged:
                self._note(self._board.take(one, node=nodes[one.call_id]))
        self._complete(open_here)

    def _catch_up(self, follower: FollowedCalls) -> None:
        while True:
            new = follower.poll()
            with self._lock:
                for logged in new:
                    self._note(self._board.take(logged))
            if len(new) < FULL_POLL:
                break
        with self._lock:
            calls = self._board.calls
        self._complete(id_ for id_ in calls if not self._board.is_whole(id_))
        strangers = [id_ for id_, call in calls.items() if not call.node]
        if strangers:
            with self._database.reading() as session:
                nodes = nodes_of(session, strangers)
            self._place(nodes)

    def _complete(self, call_ids: Iterable[str]) -> None:
        """Calls whose beginning was missed: all of their log, as far as the database has it."""
        for call_id in call_ids:
            with self._database.reading() as session:
                logged = events_of(session, call_id)
            with self._lock:
                for one in logged:
                    self._note(self._board.take(one))

    def _place(self, nodes: Mapping[str, str]) -> None:
        with self._lock:
            for call_id, node in nodes.items():
                call = self._board.find(call_id)
                if call is not None and node:
                    call.node = node
                    self._changed.add(call_id)

    def _tell_day(self, news: Mapping[str, Any]) -> None:
        for name, body in news.items():
            text = _json(body)
            self.ring.put(name, text, text)


def _json(body: object) -> str:
    """On one line, as an event's data must be."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
