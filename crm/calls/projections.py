"""What the events of a call mean for the rows beside its log. Pure.

Every projection gives the same rows when it is applied twice, so that a spool can be replayed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm.calls.entries import Change, LoggedEvent, plain
from voxdesk.kernel.call import CallEvent, EventKind


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A row of `messages`, by its key (call, event)."""

    call_id: str
    event_seq: int
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A row of `call_transfers`, by its key (call, number).

    Attributes:
        columns: what a new row starts with.
        updates: what an existing row is set to.
    """

    call_id: str
    number: int
    columns: dict[str, Any]
    updates: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A row of `survey_answers`, by its key (call, event)."""

    call_id: str
    event_seq: int
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A row of `asked_questions`, by its key (call, event)."""

    call_id: str
    event_seq: int
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PreferredLanguage:
    """The customer of a call is spoken to in this language from now on."""

    call_id: str
    language: str


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of `message_texts`, by its key (call, event): its words are to be written down."""

    call_id: str
    event_seq: int
    language: str


Projection = (
    Change | MessageRow | TransferRow | SurveyRow | QuestionRow | PreferredLanguage | TextRow
)


def project(logged: LoggedEvent) -> tuple[Projection, ...]:
    """The rows that this event makes or changes."""
    event = logged.event
    columns: dict[str, Any] = {}
    rows: tuple[Projection, ...] = ()
    match event.kind:
        case EventKind.ANSWERED:
            columns = {"answered_at": event.at}
        case EventKind.ENDED:
            columns = {"ended_at": event.at, "cause": _text(event, "cause")}
        case EventKind.BRIDGED:
            columns = {"agent": _text(event, "agent"), "disposition": "transferred"}
        case EventKind.RECORDING if _text(event, "path"):
            columns = {"recording_path": _text(event, "path")}
        case EventKind.MESSAGE_LEFT:
            columns = {"disposition": "message_left"}
            rows = (_message(logged), *_text_of_message(logged))
        case EventKind.TRANSFER:
            rows = (_transfer(event),)
        case EventKind.SURVEY:
            rows = (_survey(logged),)
        case EventKind.QUESTION if _text(event, "question") or _text(event, "text"):
            rows = (_question(logged),)
        case EventKind.LANGUAGE if _text(event, "language"):
            rows = (PreferredLanguage(event.call_id, _text(event, "language")),)
    return (*rows, Change(event.call_id, columns)) if columns else rows


def _message(logged: LoggedEvent) -> MessageRow:
    event = logged.event
    return MessageRow(
        event.call_id,
        logged.seq,
        {
            "mailbox": _text(event, "mailbox"),
            "recording_path": _text(event, "recording_path"),
            "start_ms": int(_number(event, "start_ms")),
            "seconds": _number(event, "seconds"),
            "left_at": event.at,
        },
    )


def _survey(logged: LoggedEvent) -> SurveyRow:
    event = logged.event
    columns: dict[str, Any] = {
        name: _text(event, name) for name in ("survey", "step", "state", "question")
    }
    value = _number(event, "value") if "value" in event.data else None
    columns |= {"value": value, "comment": _text(event, "text"), "at": event.at}
    return SurveyRow(event.call_id, logged.seq, columns)


def _question(logged: LoggedEvent) -> QuestionRow:
    event = logged.event
    return QuestionRow(
        event.call_id,
        logged.seq,
        {
            "question": _text(event, "question"),
            "text": _text(event, "text") if not _text(event, "question") else "",
            "language": _text(event, "language"),
            "flow": _text(event, "flow"),
            "step": _text(event, "step"),
            "asked_at": event.at,
        },
    )


def _text_of_message(logged: LoggedEvent) -> tuple[TextRow, ...]:
    event = logged.event
    if event.data.get("transcribe") is not True:
        return ()
    return (TextRow(event.call_id, logged.seq, _text(event, "language")),)


def _transfer(event: CallEvent) -> TransferRow:
    known: dict[str, Any] = {
        name: _text(event, name)
        for name in ("mode", "target", "agent", "outcome")
        if _text(event, name)
    }
    connected_at = _at(event, "connected_ms")
    if connected_at is not None:
        known["connected_at"] = connected_at
    if "outcome" in known:
        known["ended_at"] = event.at
    started = {"mode": "", "target": "", "agent": "", "outcome": "", "started_at": event.at}
    return TransferRow(event.call_id, int(_number(event, "number")) or 1, started | known, known)


def _text(event: CallEvent, key: str) -> str:
    value = event.data.get(key)
    return "" if value is None else str(plain(str(value)))


def _number(event: CallEvent, key: str) -> float:
    value = event.data.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def _at(event: CallEvent, key: str) -> datetime | None:
    """Wall time of a position on the audio clock, reckoned from the event's own two clocks."""
    value = event.data.get(key)
    if not isinstance(value, int | float):
        return None
    return event.at + timedelta(milliseconds=value - event.audio_ms)
