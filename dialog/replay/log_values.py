"""What single entries of a call's log say, as the dialogue has it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dialog.events import Act, Enqueue, Lookup, RecordMessage, Search, Started, Transfer
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.kernel.speech import Hypothesis, Transcript


def place_of(wait: object) -> str:  # noqa: PLR0911  one case a kind of wait
    """Who has the call: the queue, the target, the mailbox, the CRM; empty while the caller has."""
    match wait:
        case Lookup(what=what):
            return f"lookup {what}"
        case Search():
            return "search"
        case Act(what=what):
            return f"do {what}"
        case Enqueue(queue=queue):
            return f"queue {queue}"
        case Transfer(target=target):
            return f"transfer {target}"
        case RecordMessage(mailbox=mailbox):
            return f"mailbox {mailbox}"
    return ""


def goes_on(later: Sequence[CallEvent]) -> bool:
    """Whether the dialogue was told, and went on: it entered a step."""
    return any(event.kind is EventKind.STEP for event in later)


def started(data: Mapping[str, Any]) -> Started:
    """How the call began."""
    facts = data.get("facts")
    return Started(
        caller=dict(facts) if isinstance(facts, Mapping) else {},
        callee=str(data.get("callee") or ""),
        today=str(data.get("today") or ""),
        now=str(data.get("now") or ""),
    )


def transcript_of(data: Mapping[str, Any]) -> Transcript:
    """What was heard of an utterance."""
    hypotheses = tuple(
        Hypothesis(str(entry.get("text", "")), float(entry.get("confidence") or 0.0))
        for entry in data["n_best"]
        if isinstance(entry, Mapping)
    )
    return Transcript(hypotheses, engine=str(data.get("engine") or ""))


def plain(value: object) -> str:
    """As the log's database has it."""
    return "" if value is None else str(value).replace("\0", "")
