"""From the call log to a trace collector: events are kept a call, and sent when it is over."""

import contextlib
import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from crm.calls.entries import LoggedEvent
from voxdesk.app.observe.spans import KEPT, Trace, kept, trace_of
from voxdesk.app.observe_settings import ObserveSettings
from voxdesk.app.services import Services
from voxdesk.kernel.call import CallEvent, EventKind

MOST_CALLS: Final = 1_000  # whose events are kept
MOST_EVENTS: Final = 5_000  # of one call
MOST_WAITING: Final = 256  # traces
AT_ONCE: Final = 32
TRIES: Final = 4
RETRY_FIRST_S: Final = 0.5
CLOSE_WITHIN_S: Final = 3.0

log = logging.getLogger(__name__)


class Tracing:
    """Does nothing unless a collector is set. `start`, and `close` at the end.

    Attributes:
        sent: traces that the collector took.
        dropped: traces that it didn't.
    """

    def __init__(self, settings: ObserveSettings) -> None:
        self.sent = 0
        self.dropped = 0
        self._settings = settings
        self._calls: OrderedDict[str, list[CallEvent]] = OrderedDict()
        self._waiting: queue.Queue[list[CallEvent] | None] = queue.Queue(MOST_WAITING)
        self._closing = threading.Event()
        self._told = False
        self._node = ""
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self, services: Services) -> None:
        """Begin to listen, if there is somewhere to send to."""
        if not self._settings.otlp_endpoint:
            return
        self._node = services.node
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)
        self._thread.start()
        self._unsubscribe = services.call_log.subscribe(self._keep)

    def close(self, timeout_s: float = CLOSE_WITHIN_S) -> None:
        """Send what waits, for so long at most. Harmless twice."""
        if self._thread is None:
            return
        self._unsubscribe()
        self._closing.set()
        with contextlib.suppress(queue.Full):  # the thread looks at `_closing` after each batch
            self._waiting.put_nowait(None)
        self._thread.join(timeout_s)
        self._thread = None

    # ------------------------------------------------------------------ the call log's thread

    def _keep(self, logged: LoggedEvent) -> None:
        event = logged.event
        if event.kind not in KEPT:
            return
        events = self._calls.setdefault(event.call_id, [])
        if len(events) < MOST_EVENTS or event.kind is EventKind.ENDED:
            events.append(kept(event))
        if event.kind is EventKind.ENDED:
            del self._calls[event.call_id]
            try:
                self._waiting.put_nowait(events)
            except queue.Full:
                self.dropped += 1
        elif len(self._calls) > MOST_CALLS:
            self._calls.popitem(last=False)

    # ------------------------------------------------------------------ our own

    def _run(self) -> None:
        while True:
            batch, more = self._collect()
            traces = [trace for events in batch if (trace := trace_of(events)) is not None]
            if traces:
                self._send(traces)
            if not more or (self._closing.is_set() and self._waiting.empty()):
                return

    def _collect(self) -> tuple[list[list[CallEvent]], bool]:
        """The next ones that wait, as many as go into one request; False: the last ones."""
        batch: list[list[CallEvent]] = []
        item = self._waiting.get()
        while item is not None:
            batch.append(item)
            if len(batch) >= AT_ONCE:
                return batch, True
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _send(self, traces: list[Trace]) -> None:
        # Loaded here: most installations trace nothing, and protobuf costs some megabytes.
        from voxdesk.app.observe import otlp  # noqa: PLC0415

        body = otlp.encode(traces, node=self._node)
        pause_s = RETRY_FIRST_S
        for attempt in range(1, TRIES + 1):
            try:
                otlp.post(self._settings.otlp_endpoint, body, self._settings.otlp_headers)
            except OSError as error:
                last = attempt == TRIES or self._closing.is_set()
                if last or not otlp.may_succeed_later(error):
                    self._drop(len(traces), error)
                    return
                self._closing.wait(pause_s)
                pause_s *= 2
            else:
                self._note_sent(len(traces))
                return

    def _drop(self, count: int, error: OSError) -> None:
        self.dropped += count
        if not self._told:
            why = getattr(error, "code", None) or getattr(error, "reason", None) or error
            log.warning(
                "traces: %s takes none (%s); they are dropped until it does",
                self._settings.otlp_endpoint,
                why,
            )
        self._told = True

    def _note_sent(self, count: int) -> None:
        self.sent += count
        if self._told:
            log.warning("traces: the collector takes them again")
        self._told = False
