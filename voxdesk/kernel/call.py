"""A call, its legs, and the log of what happened in it."""

import enum
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

CallId = NewType("CallId", str)
LegId = NewType("LegId", str)
UtteranceId = NewType("UtteranceId", int)


def new_call_id() -> CallId:
    """A short random id that is safe to read aloud, log and put in a file name."""
    return CallId(secrets.token_hex(6))


class EndCause(enum.StrEnum):
    """Why a call or a leg ended."""

    CALLER_HUNG_UP = "caller_hung_up"
    HUNG_UP = "hung_up"  # we did, as the flow said
    TRANSFERRED = "transferred"
    REJECTED = "rejected"
    CANCELLED = "cancelled"  # the caller gave up while it rang
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"  # the other end said no
    FAILED = "failed"  # SIP or network error
    MEDIA_LOST = "media_lost"
    TOO_LONG = "too_long"
    LINE_LOST = "line_lost"
    SHUTDOWN = "shutdown"
    ERROR = "error"  # ours


class Direction(enum.StrEnum):
    """Who called whom; or the recording comes from elsewhere, and nobody called us."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Invite:
    """What an incoming INVITE says, already cleaned of control characters and cut to size.

    Attributes:
        caller: the user part of P-Asserted-Identity or From: a number, or a name.
        caller_name: display name, may be empty.
        callee: the user part of the request URI.
        diverted_from: user part of the first Diversion or History-Info, or empty.
        source: "ip:port" that the packet came from.
        sip_call_id: the Call-ID header.
        headers: every header that is neither routing nor credentials, name as sent, first value.
    """

    caller: str
    callee: str
    caller_name: str = ""
    diverted_from: str = ""
    source: str = ""
    sip_call_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class EventKind(enum.StrEnum):
    """Every kind of line that a call's log can have; the log is append-only."""

    INCOMING = "incoming"
    DIALLED = "dialled"
    STARTED = "started"  # what the dialogue began with
    ANSWERED = "answered"
    STEP = "step"  # step, flow
    PROMPT = "prompt"  # text, utterance, cached, first_audio_ms …
    PROMPT_PAUSED = "prompt_paused"
    PROMPT_RESUMED = "prompt_resumed"
    PROMPT_STOPPED = "prompt_stopped"  # heard_ms of total_ms, by speech or key
    PROMPT_FINISHED = "prompt_finished"
    SPEECH_STARTED = "speech_started"
    HEARD = "heard"  # text, n_best, confidence, engine, latencies
    IGNORED = "ignored"  # backchannel, noise or echo, and why
    KEY = "key"
    UNDERSTOOD = "understood"  # slot, value, confidence
    LANGUAGE = "language"  # the language that the caller asked for and is spoken to in now
    FEELING = "feeling"  # feeling, strength, of the words that were just heard; none where calm
    NO_INPUT = "no_input"
    NO_MATCH = "no_match"
    CONFIRM = "confirm"
    LOOKUP = "lookup"
    ACT = "act"  # something was done outside, or wasn't
    SURVEY = "survey"  # a question on how content the caller is, and its answer
    HOURS = "hours"  # whether a place is open, when a flow asked for it
    SEARCHED = "searched"  # which questions of the knowledge base the caller's words may ask
    QUESTION = "question"  # what a caller wanted to know, and whether there was an answer
    SLOT = "slot"
    QUEUED = "queued"
    QUEUE_POSITION = "queue_position"
    AGENT_RINGING = "agent_ringing"
    AGENT_MISSED = "agent_missed"
    BRIDGED = "bridged"
    MESSAGE_LEFT = "message_left"
    TRANSFER = "transfer"
    HELD = "held"
    RECORDING = "recording"
    TRANSCRIBED = "transcribed"  # side, speaker, text, words: of a recording from elsewhere
    ERROR = "error"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One line of a call's log.

    Attributes:
        call_id: which call.
        kind: what happened.
        at: wall time, aware, UTC.
        audio_ms: where in the recording, milliseconds since answer; 0 before it.
        data: details, plain JSON types only. Personal data belongs here (it is the CRM's),
            never in a program's log.
    """

    call_id: CallId
    kind: EventKind
    at: datetime
    audio_ms: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
