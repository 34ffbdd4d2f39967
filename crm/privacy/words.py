"""What is left of a call's log without its words, or without what was keyed in. Pure.

What is not known to be harmless goes: an event of a kind that comes later must not keep words.
"""

from collections.abc import Mapping
from typing import Any, Final

from crm.privacy.consent import ABOUT_RECORDING
from voxdesk.kernel.call import EventKind

TOLD: Final = "told"
"""Stands in a prompt in place of its words, when they spoke of recording."""

# Names that we or the flow's author gave; never anything that somebody said or that the CRM knew.
_NAMES: Final = frozenset(
    {
        "agent", "aside", "by", "callee", "cause", "codec", "code", "command", "completeness",
        "engine", "feeling", "flow", "for", "hours", "knowledge", "language", "languages",
        "mailbox", "method", "mode", "outcome", "path", "queue", "recording_path", "side",
        "sip_code", "skills", "slot", "state", "step", "stepped_back",
        "survey", "version", "voice", "what", "where", "why",
    }
)  # fmt: skip
# Those of a kind, where the same key holds words in another.
_NAMES_OF: Final[Mapping[EventKind, frozenset[str]]] = {
    EventKind.INCOMING: frozenset({"caller", "caller_name", "diverted_from", "source"}),
    EventKind.DIALLED: frozenset({"target", "caller"}),
    EventKind.TRANSFER: frozenset({"target"}),
    EventKind.AGENT_RINGING: frozenset({"target"}),
    EventKind.AGENT_MISSED: frozenset({"target"}),
    EventKind.BRIDGED: frozenset({"target"}),
    EventKind.HEARD: frozenset({"reason"}),
    EventKind.ENDED: frozenset({"reason"}),
    EventKind.SURVEY: frozenset({"question"}),
    EventKind.QUESTION: frozenset({"question"}),
}
_VALUES: Final = frozenset({"value", "digit", "text", "record", "words"})
_KEYED: Final[Mapping[EventKind, frozenset[str]]] = {
    EventKind.KEY: frozenset({"digit"}),
    EventKind.UNDERSTOOD: frozenset({"value", "text"}),
    EventKind.CONFIRM: frozenset({"value", "text"}),
    EventKind.SLOT: frozenset({"value", "text"}),
}


def without_words(kind: EventKind, data: Mapping[str, Any]) -> dict[str, Any]:
    """Names, times and figures: what was said, keyed in, asked and looked up is gone.

    Whether a caller was told of the recording stays known (`TOLD`).
    """
    names = _NAMES | _NAMES_OF.get(kind, frozenset())
    kept = {
        key: value
        for key, value in data.items()
        if (_is_figure(value) and (key not in _VALUES or kind is EventKind.SURVEY))
        or (key in names and _is_name(value))
    }
    if kind is EventKind.PROMPT and ABOUT_RECORDING.search(str(data.get("text") or "")):
        kept[TOLD] = 1
    return kept


def without_keys(kind: EventKind, data: Mapping[str, Any]) -> dict[str, Any]:
    """The same without keys that were pressed, and without what was understood of them."""
    gone = _KEYED.get(kind, frozenset())
    return {key: value for key, value in data.items() if key not in gone}


def _is_figure(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float)


def _is_name(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str)
