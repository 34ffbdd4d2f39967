"""What the call log writes, as plain values that survive a trip through a file."""

import enum
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict

from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that begins; the columns of `crm.calls.models.Call` that are known then."""

    call_id: CallId
    direction: Direction
    started_at: datetime
    caller: str = ""
    caller_name: str = ""
    callee: str = ""
    diverted_from: str = ""
    customer_id: int | None = None
    flow_name: str = ""
    flow_version: str = ""
    language: str = ""
    node: str = ""


class CallColumns(TypedDict, total=False):
    """The columns that become known later."""

    customer_id: int | None
    flow_name: str
    flow_version: str
    language: str
    answered_at: datetime
    ended_at: datetime
    cause: str
    disposition: str
    agent: str
    recording_path: str


TIME_COLUMNS = frozenset({"started_at", "answered_at", "ended_at"})


@dataclass(frozen=True, slots=True)
class Opening:
    """Make the call's row, unless it is there."""

    call_id: str
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """Set columns of the call's row."""

    call_id: str
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A line of a call's log with its place in it.

    Attributes:
        seq: from 0, without gaps within one run of the engine.
        event: what happened.
    """

    seq: int
    event: CallEvent

    @property
    def call_id(self) -> str:
        """Which call."""
        return self.event.call_id


Entry = Opening | Change | LoggedEvent


def opening(call: NewCall) -> Opening:
    """The entry that opens a call."""
    return Opening(
        call.call_id,
        {
            name: plain(getattr(call, name)) if name not in TIME_COLUMNS else getattr(call, name)
            for name in NewCall.__slots__
            if name != "call_id"
        },
    )


def change(call_id: str, columns: CallColumns) -> Change:
    """The entry that sets columns of a call's row."""
    return Change(
        call_id,
        {name: value if name in TIME_COLUMNS else plain(value) for name, value in columns.items()},
    )


def plain(value: Any) -> Any:  # noqa: PLR0911  one return a type
    """The value in JSON's own types, as both databases take them.

    PostgreSQL refuses NUL and lone surrogates in texts, and NaN in JSON.
    """
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(plain(str(key))): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        return plain(value.tolist())
    return plain(str(value))


def encode(entry: Entry) -> str:
    """One line of JSON, without its line break."""
    body: dict[str, Any]
    match entry:
        case LoggedEvent(seq=seq, event=event):
            body = {
                "event": event.call_id,
                "seq": seq,
                "kind": event.kind.value,
                "at": event.at.isoformat(),
                "audio_ms": event.audio_ms,
                "data": plain(event.data),
            }
        case Opening(call_id=call_id, columns=columns):
            body = {"open": call_id, "columns": plain(columns)}
        case Change(call_id=call_id, columns=columns):
            body = {"change": call_id, "columns": plain(columns)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def decode(line: str) -> Entry:
    """The entry of one line.

    Raises:
        ValueError: the line is not one of ours; it was torn, or edited.
    """
    try:
        body = json.loads(line)
        if "event" in body:
            event = CallEvent(
                call_id=CallId(body["event"]),
                kind=EventKind(body["kind"]),
                at=datetime.fromisoformat(body["at"]),
                audio_ms=int(body["audio_ms"]),
                data=dict(body["data"]),
            )
            return LoggedEvent(int(body["seq"]), event)
        columns = {
            name: datetime.fromisoformat(value) if name in TIME_COLUMNS and value else value
            for name, value in body["columns"].items()
        }
        if "open" in body:
            return Opening(str(body["open"]), columns)
        return Change(str(body["change"]), columns)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a line of a call log: {type(error).__name__} {error}") from error
