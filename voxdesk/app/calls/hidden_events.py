"""A call's log as it may be seen: event by event, while it goes on or afterwards. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from crm.facts.markers import is_alone
from crm.transcripts.model import Side
from recordings.redaction import Memory, Turn, redact
from voxdesk.kernel.call import CallEvent, EventKind

HIDDEN_KEY: Final = "•"
_SIDES: Final = {EventKind.HEARD: Side.CALLER, EventKind.PROMPT: Side.VOXDESK}
# Names and addresses that the log needs to be read at all; whoever may read it sees them anyway.
_AS_THEY_ARE: Final = frozenset(
    {
        EventKind.INCOMING,
        EventKind.STARTED,
        EventKind.DIALLED,
        EventKind.STEP,
        EventKind.RECORDING,
        EventKind.MESSAGE_LEFT,
        EventKind.TRANSFER,
        EventKind.BRIDGED,
        EventKind.ENDED,
    }
)


class EventsShown:
    """Hides what transcripts hide, and digits of longer numbers, in the events of one call."""

    def __init__(self, language: str, keys_ms: Sequence[int] | None = None) -> None:
        """`keys_ms`: when keys were pressed in all of the call; None: it goes on, none is shown."""
        self._language = language
        self._keys_ms = keys_ms
        self._memory = Memory()

    def shown(self, event: CallEvent) -> CallEvent:
        """The next event, as it may be seen."""
        if event.kind in _AS_THEY_ARE:
            return event
        if event.kind is EventKind.KEY:
            alone = self._keys_ms is not None and is_alone(event.audio_ms, self._keys_ms)
            hide = bool(event.data.get("digit")) and not alone
            return replace(event, data={**event.data, "digit": HIDDEN_KEY}) if hide else event
        data = {name: self._value(value) for name, value in event.data.items()}
        said = event.data.get("text")
        if event.kind in _SIDES and isinstance(said, str):
            turn = Turn(_SIDES[event.kind], said, self._language)
            data["text"] = self._memory.redact(turn).text
        return replace(event, data=data)

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            known = self._memory.known(value, self._language)
            return known if known != value else redact(value, self._language).text
        if isinstance(value, Mapping):
            return {name: self._value(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(one) for one in value]
        return value


def key_times(events: Sequence[CallEvent]) -> list[int]:
    """When keys were pressed."""
    return [one.audio_ms for one in events if one.kind is EventKind.KEY]
