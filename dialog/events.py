"""What goes into the dialogue and what comes out: two closed sets of plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voxdesk.kernel.speech import BargeIn, Expectation, Transcript, Understood

# ------------------------------------------------------------------ in


@dataclass(frozen=True, slots=True)
class Started:
    """The call was answered.

    Attributes:
        caller: what the CRM knows: plain JSON types.
        callee: the number or name that was called.
        today: the ISO date where the call centre is; what "tomorrow" counts from.
        now: the ISO time there; what "in two hours" counts from.
    """

    caller: Mapping[str, Any]
    callee: str = ""
    today: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller said something that was meant.

    Attributes:
        transcript: N-best.
        over_prompt: it was said while a prompt was playing, which it stopped.
        prompt_heard: share of that prompt that the caller had heard, 0..1 (1 after its end).
    """

    transcript: Transcript
    over_prompt: bool = False
    prompt_heard: float = 1.0


@dataclass(frozen=True, slots=True)
class Pressed:
    """One key. Several make up a number; the dialogue gathers them."""

    digit: str


@dataclass(frozen=True, slots=True)
class DigitsTimedOut:
    """No further key came within the step's inter-digit time."""


@dataclass(frozen=True, slots=True)
class NoInput:
    """The caller said and pressed nothing within the step's time."""


@dataclass(frozen=True, slots=True)
class PromptFinished:
    """Everything that was to be said has been played to its end."""


@dataclass(frozen=True, slots=True)
class LookupDone:
    """The answer to a `Lookup`: `found` False leaves `record` empty."""

    token: int
    found: bool
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookupFailed:
    """The lookup couldn't be done (time-out, database away)."""

    token: int
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """A question of the knowledge base that words may ask.

    Attributes:
        question: "shop/returns": its file's name and its own.
        confidence: how likely it is the one that was meant, 0..1.
    """

    question: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SearchDone:
    """The answer to a `Search`: questions, the likeliest first; none when nothing is like it."""

    token: int
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchFailed:
    """The search couldn't be done."""

    token: int
    reason: str


@dataclass(frozen=True, slots=True)
class ActDone:
    """The answer to an `Act`.

    Attributes:
        token: of the `Act`.
        outcome: "done", "refused" (it may not be done) or "failed" (nobody knows).
        record: what came of it.
        reason: why not, in one word; empty when done.
    """

    token: int
    outcome: str
    record: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """The caller has heard nothing for a while: what was looked up or done takes long.

    Attributes:
        token: of the `Lookup` or `Act`.
        count: the how-manieth time, from 0.
    """

    token: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class TransferDone:
    """How a transfer or a queue ended.

    Attributes:
        outcome: "connected" (the person hung up; the caller is still here), "busy", "no_answer",
            "refused", "failed", "no_agents", "left_queue" (pressed the key), "timed_out".
    """

    outcome: str


@dataclass(frozen=True, slots=True)
class MessageDone:
    """A `RecordMessage` ended.

    Attributes:
        recorded: False when nothing was said, or too little to be a message.
        duration_s: of what is kept.
        skipped: the caller pressed a key instead of saying something.
    """

    recorded: bool
    duration_s: float = 0.0
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Resumed:
    """The machine was away for a moment and has this call again: say so, and go on."""


Event = (
    Started
    | Resumed
    | Heard
    | Pressed
    | DigitsTimedOut
    | NoInput
    | PromptFinished
    | LookupDone
    | LookupFailed
    | SearchDone
    | SearchFailed
    | ActDone
    | StillWaiting
    | TransferDone
    | MessageDone
)

# ------------------------------------------------------------------ out


@dataclass(frozen=True, slots=True)
class Say:
    """Speak this text (not yet normalized for speech) after what is already being said.

    Attributes:
        text: one or more sentences.
        language: BCP 47.
        barge_in: what may stop it.
        sensitive: never cached on disk, never sent to a cloud voice.
    """

    text: str
    language: str = "en"
    barge_in: BargeIn = BargeIn.SPEECH
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for the caller, from now on (speech over the prompt counts where it may stop it).

    It stays in force until another `Listen` or another kind of waiting replaces it: a key that
    only adds to a number comes back without any action.

    Attributes:
        step: the flow's step, for the log.
        expectation: what is waited for.
        no_input_s: silence after the prompt's end that makes `NoInput`.
        inter_digit_s: silence after a key that makes `DigitsTimedOut`.
        max_speech_s: a turn is cut there.
        gathering: keys of a number came already, so `inter_digit_s` runs from now on.
    """

    step: str
    expectation: Expectation
    no_input_s: float = 5.0
    inter_digit_s: float = 2.5
    max_speech_s: float = 20.0
    gathering: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """Ask the CRM or a service. `token` comes back with the answer; older tokens are stale."""

    token: int
    what: str  # "order", "customer", "warehouse.stock"
    by: Mapping[str, str]  # e.g. {"number": "4711"}
    timeout_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Search:
    """Look for a question in the knowledge of the call's flow.

    Attributes:
        token: as of `Lookup`.
        texts: readings of the caller's words, best first.
        language: primary tag of what is spoken.
        knowledge: names of the files to look in.
        today: ISO date: only what holds on this day is found; empty: whatever is there.
        timeout_s: then it counts as failed.
    """

    token: int
    texts: tuple[str, ...]
    language: str
    knowledge: tuple[str, ...]
    today: str = ""
    timeout_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Act:
    """Have something done, once: the same step with the same values is the same thing.

    Attributes:
        token: comes back with the answer; older tokens are stale.
        what: "order.cancel", "warehouse.reserve".
        given: the values for it.
        step: that wants it.
        customer_id: of the caller, as far as the CRM knows.
        timeout_s: so long it may take.
    """

    token: int
    what: str
    given: Mapping[str, str]
    step: str
    customer_id: int | None = None
    timeout_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Give the call to a SIP target. mode: "blind" (REFER) or "bridged" (second leg)."""

    target: str
    mode: str = "bridged"
    timeout_s: float = 30.0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Put the caller in a queue of people.

    Attributes:
        queue: its name.
        skills: all that the agent must have.
        priority: higher is served first.
        whisper: one short line that the agent hears on answering (who, why).
        max_wait_s: then `TransferDone("timed_out")`.
        leave_key: the key that leaves the queue, to leave a message.
        leave_wording: the wording that tells of it.
    """

    queue: str
    skills: tuple[str, ...] = ()
    priority: int = 0
    whisper: str = ""
    max_wait_s: float = 600.0
    leave_key: str = "*"
    leave_wording: str = "queue_leave"


@dataclass(frozen=True, slots=True)
class RecordMessage:
    """Record what the caller says now as a message, until silence, `#`, or `max_s`.

    Attributes:
        mailbox: whose message it is.
        max_s: the longest one.
        language: that it is spoken in.
        transcribe: its words are written down after the call.
    """

    mailbox: str
    max_s: float = 120.0
    language: str = "en"
    transcribe: bool = True


@dataclass(frozen=True, slots=True)
class HangUp:
    """Say what is queued to its end, then hang up."""

    reason: str = "done"


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the call's log: kind is an `EventKind` value."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


Action = Say | Listen | Lookup | Search | Act | Transfer | Enqueue | RecordMessage | HangUp | Note

__all__ = [
    "Act",
    "ActDone",
    "Action",
    "DigitsTimedOut",
    "Enqueue",
    "Event",
    "HangUp",
    "Heard",
    "Listen",
    "Lookup",
    "LookupDone",
    "LookupFailed",
    "Match",
    "MessageDone",
    "NoInput",
    "Note",
    "Pressed",
    "PromptFinished",
    "RecordMessage",
    "Resumed",
    "Say",
    "Search",
    "SearchDone",
    "SearchFailed",
    "Started",
    "StillWaiting",
    "Transfer",
    "TransferDone",
    "Understood",
]
