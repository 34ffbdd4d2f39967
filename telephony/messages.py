"""What a line and the engine can say to each other. `protocol` puts it into bytes.

PCM is mono int16 little-endian at 16 kHz. Legs are numbered within one line: odd numbers are
given by the line to incoming calls, even ones by the engine to calls that it dials.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SAMPLE_RATE_HZ: Final = 16_000
FRAME_MS: Final = 20
BYTES_PER_MS: Final = SAMPLE_RATE_HZ * 2 // 1000
FRAME_BYTES: Final = FRAME_MS * BYTES_PER_MS
MAX_PCM_BYTES: Final = 64_000
"""How much PCM (2 s) one `Play` should carry; longer audio is sent in several."""
MAX_CLIP_BYTES: Final = 960_000
"""How much PCM (30 s) a `Clip` may have."""
MOMENT: Final = "moment"
SORRY: Final = "sorry"


def clip_name(what: str, language: str) -> str:
    """What a `Clip` is called: MOMENT or SORRY, and the primary tag of its language."""
    return f"{what}.{language}"


# ------------------------------------------------------------------ line → engine


@dataclass(frozen=True, slots=True)
class Hello:
    """The line is up and can take calls.

    Attributes:
        version: `PROTOCOL_VERSION` of the line.
        line: its name, as given at its start.
        capacity: how many legs its SIP library can hold.
        pid: its process.
        addresses: SIP URIs that it can be dialled at, the preferred one first.
    """

    version: int
    line: str
    capacity: int
    pid: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The line of that name can't start; it exits after this. Says what to do about it."""

    line: str
    message: str


@dataclass(frozen=True, slots=True)
class Alive:
    """Sent each second, whatever else is going on.

    Attributes:
        legs: how many are in use.
        cpu_s: processor time that the line has used.
        dropped_live: live frames dropped so far because they came too late.
    """

    legs: int
    cpu_s: float
    dropped_live: int = 0


@dataclass(frozen=True, slots=True)
class Registration:
    """Whether the trunk knows us. code: SIP status of the last answer, 0 before any."""

    registered: bool
    code: int
    expires_s: int = 0


@dataclass(frozen=True, slots=True)
class LegKept:
    """A call that went on without an engine, offered to the engine that has come.

    Sent after `Welcome`, before anything else of that leg. Its sound, keys and end wait at the
    line until `Adopt`.

    Attributes:
        keep: what the engine before wanted kept; see `Keep`.
        outbound: we had dialled it.
        codec: as in `LegAnswered`.
        secure: as in `LegAnswered`.
        lost_ms: position at which the engine was lost, since answer.
        now_ms: position now.
        utterance: the highest name that was given to an utterance; the next must be higher.
        held: the far end holds us.
    """

    leg: int
    keep: str
    outbound: bool
    codec: str
    secure: bool
    lost_ms: int
    now_ms: int
    utterance: int = 0
    held: bool = False


@dataclass(frozen=True, slots=True)
class LegsKept:
    """Every `LegKept` there is was sent: so many."""

    count: int


@dataclass(frozen=True, slots=True)
class LegIncoming:
    """A new INVITE; see `voxdesk.kernel.call.Invite` for the fields."""

    leg: int
    caller: str
    callee: str
    caller_name: str = ""
    diverted_from: str = ""
    source: str = ""
    sip_call_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LegRinging:
    """180 or 183 came."""

    leg: int
    code: int


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The leg is up."""

    leg: int
    codec: str
    secure: bool = False


@dataclass(frozen=True, slots=True)
class LegAudio:
    """20 ms heard, and the 20 ms sent meanwhile (empty: silence); offset in samples."""

    leg: int
    offset: int
    heard: bytes
    sent: bytes = b""


@dataclass(frozen=True, slots=True)
class LegPlayed:
    """How far an utterance got."""

    leg: int
    utterance: int
    position_ms: int
    finished: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class LegCleared:
    """An utterance was dropped at this position."""

    leg: int
    utterance: int
    position_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class LegDigit:
    """A key, once."""

    leg: int
    digit: str
    method: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class LegHeld:
    """The far end held us, or took us back."""

    leg: int
    on: bool


@dataclass(frozen=True, slots=True)
class LegTransfer:
    """Progress of a blind transfer."""

    leg: int
    code: int
    final: bool


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The leg is gone; its number is never used again. cause: value of an `EndCause`."""

    leg: int
    cause: str
    sip_code: int = 0
    by_us: bool = False
    lost_frames: int = 0


# ------------------------------------------------------------------ engine → line


@dataclass(frozen=True, slots=True)
class Welcome:
    """The engine has read the line's `Hello` and takes its calls."""

    version: int


@dataclass(frozen=True, slots=True)
class Clip:
    """Something to say when no engine is there; at most `MAX_CLIP_BYTES` of PCM.

    Attributes:
        name: "moment.en", "sorry.en": what, and in which language.
    """

    name: str
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep this for the engine that comes after, if this one dies: the newest counts.

    A leg with nothing kept ends with its engine.

    Attributes:
        text: means nothing to the line.
        language: of the clips that the leg hears meanwhile.
    """

    leg: int
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Adopt:
    """The engine takes a `LegKept` over: what the leg was playing is dropped, its sound flows."""

    leg: int


@dataclass(frozen=True, slots=True)
class Ring:
    """180; with early media 183."""

    leg: int
    early_media: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """200, with these headers."""

    leg: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """A final 3xx-6xx, with these headers."""

    leg: int
    code: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the leg in whatever state it is."""

    leg: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Play:
    """Append PCM to an utterance; last closes it."""

    leg: int
    utterance: int
    pcm: bytes
    last: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold an utterance where it is."""

    leg: int
    utterance: int


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with it."""

    leg: int
    utterance: int


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop the rest of it."""

    leg: int
    utterance: int


@dataclass(frozen=True, slots=True)
class Live:
    """Live mode on or off."""

    leg: int
    on: bool


@dataclass(frozen=True, slots=True)
class LiveAudio:
    """20 ms for live mode."""

    leg: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class SendDigits:
    """RFC 4733 digits to the far end."""

    leg: int
    digits: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """REFER to target."""

    leg: int
    target: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Put the far end on hold, or take it back."""

    leg: int
    on: bool


@dataclass(frozen=True, slots=True)
class Dial:
    """Start an outbound call under this (even) number."""

    leg: int
    uri: str
    caller: str = ""
    caller_name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Register:
    """Hold the registration at the trunk from now on (asking for it at once), or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Hang up what is left, and exit."""


FromLine = (
    Hello
    | Failed
    | Alive
    | Registration
    | LegKept
    | LegsKept
    | LegIncoming
    | LegRinging
    | LegAnswered
    | LegAudio
    | LegPlayed
    | LegCleared
    | LegDigit
    | LegHeld
    | LegTransfer
    | LegEnded
)
FromEngine = (
    Welcome
    | Clip
    | Keep
    | Adopt
    | Ring
    | Answer
    | Reject
    | Hangup
    | Play
    | Pause
    | Resume
    | Clear
    | Live
    | LiveAudio
    | SendDigits
    | Transfer
    | Hold
    | Dial
    | Register
    | Shutdown
)
Message = FromLine | FromEngine
