"""A call's log as a conversation on a terminal, line by line as it happens. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from voxdesk.app.terminal import clean, offset
from voxdesk.kernel.call import CallEvent, EventKind

US = "Voxdesk"
CALLER = "Caller"
QUICK_MS = 1000
SLOW_MS = 2000

NOT_KEPT = Text("(not kept)", "dim")
"""Stands for what was said or keyed at a sensitive step."""

_Data = Mapping[str, Any]


class CallView:
    """Turns the events of one call, in order, into lines.

    It remembers when the caller last stopped speaking, so that an answer can show its latency.
    """

    def __init__(self, *, details: bool = False, prefix: str = "") -> None:
        """`details`: also what the machine did in between. `prefix`: stands before each line."""
        self._details = details
        self._prefix = prefix
        self._speech_end_ms: dict[int, float] = {}

    def line(self, event: CallEvent) -> RenderableType | None:
        """This event's line, or None when there is nothing to show."""
        match event.kind:
            case EventKind.HEARD:
                self._remember(event.data)
                return self._row(event, CALLER, _said(event.data), _heard_note(event.data))
            case EventKind.KEY:
                return self._row(event, CALLER, _key(event.data))
            case EventKind.PROMPT:
                return self._row(event, US, _said(event.data), self._latency(event.data))
        describe = _HAPPENINGS.get(event.kind) or (
            _DETAILS.get(event.kind) if self._details else None
        )
        if describe is None or not (text := describe(event.data)):
            return None
        style = "red" if event.kind is EventKind.ERROR else "dim"
        return self._row(event, "", Text(text, style))

    def _remember(self, data: _Data) -> None:
        turn, end = data.get("turn"), data.get("speech_end_ms")
        if isinstance(turn, int) and isinstance(end, int | float):
            self._speech_end_ms[turn] = end

    def _latency(self, data: _Data) -> Text:
        """Milliseconds since the caller's last sound, on the first prompt after a turn."""
        turn, first = data.get("turn"), data.get("first_audio_ms")
        cached = ", cached" if data.get("cached") else ""
        end = self._speech_end_ms.pop(turn, None) if isinstance(turn, int) else None
        if end is None or not isinstance(first, int | float):
            return Text(cached.removeprefix(", "), "dim")
        waited = first - end
        style = "green" if waited <= QUICK_MS else "yellow" if waited <= SLOW_MS else "red"
        return Text(f"after {waited:.0f} ms", style).append(cached, "dim")

    def _row(
        self, event: CallEvent, who: str, text: Text, note: Text | None = None
    ) -> RenderableType:
        row = Table.grid(padding=(0, 1), expand=True)
        if self._prefix:
            row.add_column(style="dim", no_wrap=True)
        row.add_column(justify="right", style="dim", width=9, no_wrap=True)
        row.add_column(width=8, no_wrap=True)
        row.add_column(ratio=1, overflow="fold")
        row.add_column(justify="right", no_wrap=True)
        label = Text(who, "bold cyan" if who == CALLER else "bold")
        cells = (offset(event.audio_ms), label, text, note or Text())
        row.add_row(*((self._prefix,) if self._prefix else ()), *cells)
        return row


def render_events(events: Iterable[CallEvent], *, details: bool = False) -> RenderableType:
    """A whole call."""
    view = CallView(details=details)
    return Group(*(line for event in events if (line := view.line(event)) is not None))


def _get(data: _Data, key: str, default: str = "") -> str:
    value = data.get(key)
    return default if value is None or value == "" else clean(value)


def _said(data: _Data) -> Text:
    return Text(_get(data, "text")) if data.get("text") else NOT_KEPT


def _key(data: _Data) -> Text:
    return Text(f"[{_get(data, 'digit')}]") if data.get("digit") else NOT_KEPT


def _heard_note(data: _Data) -> Text:
    confidence = data.get("confidence")
    sure = f"{confidence:.0%}" if isinstance(confidence, int | float) else ""
    return Text(" ".join(part for part in (sure, _get(data, "engine")) if part), "dim")


def _incoming(data: _Data) -> str:
    name = f" ({_get(data, 'caller_name')})" if data.get("caller_name") else ""
    via = f", diverted from {_get(data, 'diverted_from')}" if data.get("diverted_from") else ""
    return f"call from {_get(data, 'caller', 'withheld')}{name} to {_get(data, 'callee')}{via}"


def _answered(data: _Data) -> str:
    encrypted = ", encrypted" if data.get("secure") else ""
    return f"answered, {_get(data, 'codec', 'sound')}{encrypted}"


def _stopped(data: _Data) -> str:
    heard, total = data.get("heard_ms"), data.get("total_ms")
    of = f" of {total / 1000:.1f}" if isinstance(total, int | float) else ""
    after = f" after {heard / 1000:.1f}{of} s" if isinstance(heard, int | float) else ""
    return f"prompt stopped by {_get(data, 'by', 'the caller')}{after}"


def _ignored(data: _Data) -> str:
    words = f' "{_get(data, "text")}"' if data.get("text") else ""
    return f"ignored{words}: {_get(data, 'why', 'not meant')}"


def _slot(data: _Data) -> str:
    value = _get(data, "value") if "value" in data else NOT_KEPT.plain
    return f"{_get(data, 'slot', 'answer')} = {value}"


def _lookup(data: _Data) -> str:
    took = data.get("took_ms")
    time = f", {took:.0f} ms" if isinstance(took, int | float) else ""
    return f"looked up {_get(data, 'what')}: {_get(data, 'outcome', 'done')}{time}"


def _survey(data: _Data) -> str:
    if data.get("state") != "answered":
        return f"survey {_get(data, 'survey')}: {_get(data, 'state')}"
    answer = _get(data, "value") or _get(data, "text")
    return f"survey {_get(data, 'survey')}: {_get(data, 'question')} = {answer}"


def _question(data: _Data) -> str:
    if data.get("outcome") == "answered":
        return f"asked and answered: {_get(data, 'question') or NOT_KEPT.plain}"
    return "asked, and there was no answer"


def _act(data: _Data) -> str:
    reason = f" ({_get(data, 'reason')})" if data.get("reason") else ""
    took = data.get("took_ms")
    time = f", {took:.0f} ms" if isinstance(took, int | float) else ""
    return f"{_get(data, 'what')}: {_get(data, 'outcome', 'done')}{reason}{time}"


def _transfer(data: _Data) -> str:
    target = f"{_get(data, 'mode')} transfer to {_get(data, 'target')}".strip()
    if data.get("outcome"):
        return f"{target}: {_get(data, 'outcome')}"
    return "" if data.get("connected_ms") is not None else target


def _message(data: _Data) -> str:
    seconds = data.get("seconds")
    long = f", {seconds:.0f} s" if isinstance(seconds, int | float) else ""
    return f"message left in {_get(data, 'mailbox', 'the mailbox')}{long}"


def _recording(data: _Data) -> str:
    match data.get("state"):
        case "failed":
            return f"recording stopped, the call goes on: {_get(data, 'why')}"
        case "paused":
            return f"not recorded from here: {_get(data, 'why')}"
        case "resumed":
            return "recorded again"
    return ""


def _ended(data: _Data) -> str:
    code = f" ({data['sip_code']})" if data.get("sip_code") else ""
    return f"ended: {_get(data, 'cause', 'unknown').replace('_', ' ')}{code}"


_HAPPENINGS: dict[EventKind, Callable[[_Data], str]] = {
    EventKind.INCOMING: _incoming,
    EventKind.DIALLED: lambda data: f"calling {_get(data, 'target')}",
    EventKind.ANSWERED: _answered,
    EventKind.PROMPT_STOPPED: _stopped,
    EventKind.IGNORED: _ignored,
    EventKind.NO_INPUT: lambda _: "silence",
    EventKind.NO_MATCH: lambda _: "not understood",
    EventKind.LANGUAGE: lambda data: f"goes on in {_get(data, 'language')}",
    EventKind.FEELING: lambda data: f"sounds {_get(data, 'feeling')}",
    EventKind.SLOT: _slot,
    EventKind.LOOKUP: _lookup,
    EventKind.SURVEY: _survey,
    EventKind.QUESTION: _question,
    EventKind.ACT: _act,
    EventKind.QUEUED: lambda data: f"waits in queue {_get(data, 'queue')}",
    EventKind.QUEUE_POSITION: lambda data: f"position {_get(data, 'position')}",
    EventKind.AGENT_RINGING: lambda data: f"agent {_get(data, 'agent')} rings",
    EventKind.AGENT_MISSED: lambda data: f"agent {_get(data, 'agent')} missed: {_get(data, 'why')}",
    EventKind.BRIDGED: lambda data: f"talks to {_get(data, 'agent') or _get(data, 'target')}",
    EventKind.MESSAGE_LEFT: _message,
    EventKind.TRANSFER: _transfer,
    EventKind.HELD: lambda data: "on hold" if data.get("on") else "back from hold",
    EventKind.RECORDING: _recording,
    EventKind.ERROR: lambda data: (
        f"error {_get(data, 'code')} in {_get(data, 'where')} {_get(data, 'message')}".rstrip()
    ),
    EventKind.ENDED: _ended,
}
_DETAILS: dict[EventKind, Callable[[_Data], str]] = {
    EventKind.STEP: lambda data: f"step {_get(data, 'step')}",
    EventKind.SPEECH_STARTED: lambda _: "speech starts",
    EventKind.PROMPT_PAUSED: lambda _: "prompt paused",
    EventKind.PROMPT_RESUMED: lambda _: "prompt goes on",
    EventKind.PROMPT_FINISHED: lambda _: "prompt finished",
    EventKind.HOURS: lambda data: f"hours {_get(data, 'hours')}: {_get(data, 'state')}",
    EventKind.UNDERSTOOD: lambda data: f"understood {_slot(data)}",
    EventKind.CONFIRM: lambda data: f"asks back: {_slot(data)}",
}
