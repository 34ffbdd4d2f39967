"""A call leg as the engine sees it, whatever SIP stack is behind it.

All methods are called on the engine's asyncio loop. Media and signalling arrive as events, in
order, by a plain callback on the same loop; a callback must not block.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from voxdesk.kernel.audio import AudioFrame, Pcm
from voxdesk.kernel.call import Direction, EndCause, Invite, LegId, UtteranceId


@dataclass(frozen=True, slots=True)
class Answered:
    """The leg is up; audio flows from now on and offsets count from here.

    Attributes:
        codec: the name on the wire, e.g. "PCMU/8000".
        secure: whether media is SRTP.
    """

    codec: str
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Ringing:
    """An outbound leg rings; code is 180 or 183."""

    code: int


@dataclass(frozen=True, slots=True)
class AudioReceived:
    """20 ms heard from the far end, and the 20 ms that were being played to it meanwhile.

    Attributes:
        heard: what the far end said; a lost or held frame is silence, offsets never skip.
        sent: what was really handed to RTP in the same 20 ms (after every clear and pause), or
            None for silence. The recorder's right channel and the reference for our own echo.
    """

    heard: AudioFrame
    sent: Pcm | None


@dataclass(frozen=True, slots=True)
class Played:
    """How far an utterance got. Sent at its first frame, about each 200 ms, and at its end.

    Attributes:
        utterance: which.
        position_ms: how much of it the far end was sent, as counted by the line.
        finished: it was played to its end.
        at_ms: leg offset, ms since answer, at which this position was reached.
    """

    utterance: UtteranceId
    position_ms: int
    finished: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """Playing of an utterance stopped for good at this position."""

    utterance: UtteranceId
    position_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Digit:
    """One key, once, however the phone sent it. method: "rfc4733" or "info"."""

    digit: str
    method: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Held:
    """The far end put us on hold, or took us back."""

    on: bool


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """A blind transfer's NOTIFY; after the final one nothing more comes.

    Attributes:
        code: SIP status of the new call, e.g. 180, 200, 486, 603; 408 when we gave up waiting.
        final: nothing follows. 2xx: the leg may be hung up; else the call is still ours.
    """

    code: int
    final: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The leg is gone; no event follows, and every method on it is a harmless no-op.

    Attributes:
        cause: why.
        sip_code: status or 0.
        by_us: whether we ended it.
        lost_frames: audio frames from the far end that never came.
    """

    cause: EndCause
    sip_code: int = 0
    by_us: bool = False
    lost_frames: int = 0


LegEvent = (
    Answered | Ringing | AudioReceived | Played | Cleared | Digit | Held | TransferProgress | Ended
)
LegListener = Callable[[LegEvent], None]


class Leg(Protocol):
    """One SIP call at one line. No method blocks or raises on an ended leg."""

    id: LegId
    direction: Direction
    invite: Invite | None  # of an inbound leg
    ended: bool

    def listen(self, listener: LegListener | None) -> None:
        """From now on events go to this callback; only one at a time. None: they are dropped."""

    def keep(self, text: str, *, language: str = "") -> None:
        """What the engine after this one needs to go on with the call; the newest counts.

        Without it the leg ends with its engine. `language` is what the caller hears meanwhile.
        """

    def ring(self, *, early_media: bool = False) -> None:
        """180; or 183 with media, so that what is played is heard before the answer."""

    def answer(self, headers: Mapping[str, str] | None = None) -> None:
        """200. `Answered` follows when media is up."""

    def reject(self, code: int, headers: Mapping[str, str] | None = None) -> None:
        """A final 3xx-6xx; the leg ends. A chosen 486 is marked so that no front door retries."""

    def hangup(self, headers: Mapping[str, str] | None = None) -> None:
        """End it, in whatever state it is (CANCEL, reject or BYE)."""

    def play(self, utterance: UtteranceId, pcm: Pcm, *, last: bool) -> None:
        """Append audio (16 kHz) to an utterance; utterances play in the order of first append.

        `last` closes it. An id (0 to 2**32 - 1) is used once in a leg's life: what comes for a
        cleared or finished utterance is dropped. Nothing plays before the answer, unless there is
        early media, nor on hold; it waits.
        """

    def pause(self, utterance: UtteranceId) -> None:
        """Hold playing at once, keeping what is queued."""

    def resume(self, utterance: UtteranceId) -> None:
        """Go on from where it was paused."""

    def clear(self, utterance: UtteranceId) -> None:
        """Drop what of this utterance isn't played yet. `Cleared` follows, once for each id."""

    def live(self, *, on: bool) -> None:
        """Live mode: `send_live` feeds a playout of at most 40 ms, oldest dropped and counted.

        Utterances go first; live audio is heard while none plays.
        """

    def send_live(self, pcm: Pcm) -> None:
        """20 ms for live mode."""

    def send_digits(self, digits: str) -> None:
        """RFC 4733 digits to the far end."""

    def transfer(self, target: str, *, timeout_s: float = 30.0) -> None:
        """Blind transfer (REFER). `TransferProgress` follows until its final one."""

    def hold(self, *, on: bool) -> None:
        """Put the far end on hold by re-INVITE, or take it back."""


class AdoptableLeg(Leg, Protocol):
    """A leg that an earlier engine had."""

    def adopt(self) -> None:
        """Take it over: what it plays is dropped, and its events come from now on.

        First come the keys and the end that nobody heard of. `listen` before.
        """


@dataclass(frozen=True, slots=True)
class KeptLeg:
    """A call that outlived its engine; `leg.adopt()` goes on with it, `leg.hangup()` ends it.

    Attributes:
        leg: answered.
        text: what the earlier engine kept; see `Leg.keep`.
        codec: as in `Answered`.
        secure: as in `Answered`.
        lost_ms: leg offset at which the earlier engine was lost, ms since answer.
        now_ms: leg offset when this was said.
        utterance: the highest id that was used; the next must be higher.
        held: the far end holds us.
    """

    leg: AdoptableLeg
    text: str
    codec: str
    secure: bool
    lost_ms: int
    now_ms: int
    utterance: int = 0
    held: bool = False


class Lines(Protocol):
    """What the engine needs from telephony: incoming legs, and a way to dial out."""

    def on_incoming(self, handler: Callable[[Leg], None]) -> None:
        """`handler` is called for each new INVITE; nothing is answered before it says so."""

    def dial(
        self,
        uri: str,
        *,
        caller: str | None = None,
        caller_name: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> Leg:
        """Start an outbound call; progress comes as events of the leg.

        Raises:
            NoLegFree: every leg is in use.
            TelephonyError: the URI can't be dialled.
        """
