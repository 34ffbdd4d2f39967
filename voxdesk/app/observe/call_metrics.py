"""What happened in calls, as counters and histograms, from the events of the call log.

It runs on the call log's thread, so nothing of a call waits for it; it keeps a few numbers for
each call in progress and no word of it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from crm.calls.entries import LoggedEvent
from crm.calls.turn_timings import turn_timings
from voxdesk.app.observe import catalogue as names
from voxdesk.app.observe.catalogue import Metric
from voxdesk.kernel.call import CallEvent, Direction, EndCause, EventKind
from voxdesk.kernel.errors import VoxdeskError

MOST_CALLS: Final = 10_000
LABEL_VALUES_AT_MOST: Final = 50
OTHER: Final = "other"

# Whatever of this follows a turn shows that its words made sense.
_UNDERSTOOD: Final = frozenset({
    EventKind.UNDERSTOOD, EventKind.CONFIRM, EventKind.SLOT, EventKind.STEP, EventKind.LOOKUP,
    EventKind.TRANSFER, EventKind.QUEUED, EventKind.MESSAGE_LEFT,
})  # fmt: skip


@dataclass(slots=True)
class _Call:
    """What is remembered of a call in progress."""

    direction: str = "unknown"
    answered: bool = False
    heard: CallEvent | None = None  # times of the last turn, until it is answered
    open_turn: bool = False  # it has no outcome yet
    queued_ms: int | None = None


@dataclass(slots=True)
class BoundedLabel:
    """Values of a label that we don't choose; from the fiftieth on they are "other"."""

    known: set[str] = field(default_factory=set)

    def __call__(self, value: object) -> str:
        """The value, or "other"."""
        text = str(value)[:60]
        if text not in self.known:
            if len(self.known) >= LABEL_VALUES_AT_MOST:
                return OTHER
            self.known.add(text)
        return text


class CallMetrics:
    """A subscriber of the call log."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """The metrics are registered there."""
        self._calls: OrderedDict[str, _Call] = OrderedDict()
        self._bounded: dict[str, BoundedLabel] = {}

        def counter(metric: Metric) -> Counter:
            return Counter(metric.name, metric.meaning, metric.labels, registry=registry)

        def histogram(metric: Metric) -> Histogram:
            return Histogram(
                metric.name,
                metric.meaning,
                metric.labels,
                buckets=metric.buckets,
                registry=registry,
            )

        self._ended = counter(names.CALLS_ENDED)
        self._duration = histogram(names.CALL_DURATION)
        self._lost_frames = counter(names.LOST_FRAMES)
        self._voice_to_voice = histogram(names.VOICE_TO_VOICE)
        self._parts = histogram(names.TURN_PART)
        self._turns = counter(names.TURNS)
        self._ignored = counter(names.IGNORED)
        self._stopped = counter(names.PROMPTS_STOPPED)
        self._recognized = counter(names.RECOGNIZED)
        self._wait = histogram(names.RECOGNITION_WAIT)
        self._decode = histogram(names.RECOGNITION_DECODE)
        self._prompts = counter(names.PROMPTS)
        self._synthesis = histogram(names.SYNTHESIS)
        self._queue_wait = histogram(names.QUEUE_WAIT)
        self._transfers = counter(names.TRANSFERS)
        self._lookups = counter(names.LOOKUPS)
        self._recordings = counter(names.RECORDINGS)
        self._errors = counter(names.ERRORS)
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """What is there from the start can be seen to rise; alerts would miss the first one."""
        for direction in (Direction.INBOUND, Direction.OUTBOUND):
            for cause in EndCause:
                self._ended.labels(direction.value, self._label("cause", cause.value))
        for outcome in ("understood", "no_match", "no_input", "failed", "unanswered"):
            self._turns.labels(outcome)
        for source in ("cache", "made"):
            self._prompts.labels(source)
        for state in ("started", "stopped", "failed"):
            self._recordings.labels(self._label("recording", state))
        for code in sorted(_codes(VoxdeskError)):
            self._errors.labels(self._label("code", code))

    def __call__(self, logged: LoggedEvent) -> None:
        """Count an event."""
        event = logged.event
        call = self._calls.get(event.call_id)
        if call is None:
            call = self._calls[event.call_id] = _Call()
            if len(self._calls) > MOST_CALLS:
                self._calls.popitem(last=False)
        if call.open_turn and event.kind in _UNDERSTOOD:
            self._settle(call, "understood")
        self._count(call, event, event.data)

    def _count(  # noqa: C901, PLR0912  one case a kind of event
        self, call: _Call, event: CallEvent, data: Mapping[str, Any]
    ) -> None:
        match event.kind:
            case EventKind.INCOMING:
                call.direction = Direction.INBOUND.value
            case EventKind.DIALLED:
                call.direction = Direction.OUTBOUND.value
            case EventKind.ANSWERED:
                call.answered = True
            case EventKind.HEARD:
                self._heard(call, event)
            case EventKind.NO_MATCH:
                self._settle(call, "no_match")
            case EventKind.NO_INPUT:
                self._turns.labels("no_input").inc()
            case EventKind.IGNORED:
                self._ignored.labels(self._label("why", data.get("why"))).inc()
            case EventKind.PROMPT:
                self._prompt(call, event)
            case EventKind.PROMPT_STOPPED:
                self._stopped.labels(self._label("by", data.get("by"))).inc()
            case EventKind.LOOKUP:
                self._lookups.labels(self._label("lookup", data.get("outcome"))).inc()
            case EventKind.QUEUED:
                call.queued_ms = event.audio_ms
            case EventKind.TRANSFER:
                self._transfer(call, event)
            case EventKind.RECORDING:
                self._recordings.labels(self._label("recording", data.get("state"))).inc()
            case EventKind.ERROR:
                self._errors.labels(self._label("code", data.get("code"))).inc()
                if data.get("where") == "recognition":
                    self._turns.labels("failed").inc()
            case EventKind.ENDED:
                self._end(call, event)

    def _heard(self, call: _Call, event: CallEvent) -> None:
        data = event.data
        self._settle(call, "unanswered")
        call.heard, call.open_turn = _times_of(event), True
        engine = self._label("engine", data.get("engine") or "unknown")
        why = self._label("stepped_back", data.get("stepped_back") or "")
        self._recognized.labels(engine, why).inc()
        self._wait.observe(_seconds(data.get("queued_ms")))
        self._decode.labels(engine).observe(_seconds(data.get("decode_ms")))

    def _prompt(self, call: _Call, event: CallEvent) -> None:
        data = event.data
        if data.get("first_audio_ms") is None:
            return
        cached = bool(data.get("cached"))
        self._prompts.labels("cache" if cached else "made").inc()
        if not cached:
            self._synthesis.observe(_seconds(data.get("synth_ms")))
        if call.heard is None or not data.get("turn"):
            return
        for timing in turn_timings([call.heard, event]):
            if timing.total_ms is None or not timing.answer:
                continue
            self._voice_to_voice.observe(_seconds(timing.total_ms))
            for stage in timing.stages:
                if stage.waited:
                    self._parts.labels(stage.name).observe(_seconds(stage.duration_ms))
            call.heard = None

    def _transfer(self, call: _Call, event: CallEvent) -> None:
        data = event.data
        mode, outcome = data.get("mode"), data.get("outcome")
        connected = data.get("connected_ms") is not None
        if mode == "queue" and call.queued_ms is not None and (connected or outcome):
            waited_s = _seconds(event.audio_ms - call.queued_ms)
            ended = "connected" if connected else outcome
            self._queue_wait.labels(self._label("queue", ended)).observe(waited_s)
            call.queued_ms = None
        if outcome:
            self._transfers.labels(self._label("mode", mode), self._label("outcome", outcome)).inc()

    def _end(self, call: _Call, event: CallEvent) -> None:
        data = event.data
        self._settle(call, "unanswered")
        self._ended.labels(call.direction, self._label("cause", data.get("cause"))).inc()
        if call.answered:
            self._duration.labels(call.direction).observe(_seconds(event.audio_ms))
        lost = data.get("lost_frames")
        self._lost_frames.inc(lost if isinstance(lost, int) and lost > 0 else 0)
        self._calls.pop(event.call_id, None)

    def _settle(self, call: _Call, outcome: str) -> None:
        if call.open_turn:
            self._turns.labels(outcome).inc()
            call.open_turn = False

    def _label(self, label: str, value: object) -> str:
        return self._bounded.setdefault(label, BoundedLabel())(value)


def _codes(error: type[VoxdeskError]) -> set[str]:
    return {error.code}.union(*(_codes(one) for one in error.__subclasses__()))


def _times_of(event: CallEvent) -> CallEvent:
    """The event without its words."""
    data = {key: value for key, value in event.data.items() if key == "turn" or key.endswith("_ms")}
    return CallEvent(event.call_id, event.kind, event.at, event.audio_ms, data)


def _seconds(milliseconds: object) -> float:
    return max(0.0, float(milliseconds)) / 1000 if isinstance(milliseconds, int | float) else 0.0
