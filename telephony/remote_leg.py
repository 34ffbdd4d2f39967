"""A call leg at a line, driven from the engine."""

import logging
import traceback
from collections.abc import Callable, Mapping

from telephony.legs import Ended, LegEvent, LegListener, TransferProgress
from telephony.messages import (
    MAX_PCM_BYTES,
    Adopt,
    Answer,
    Clear,
    FromEngine,
    Hangup,
    Hold,
    Keep,
    Live,
    LiveAudio,
    Pause,
    Play,
    Reject,
    Resume,
    Ring,
    SendDigits,
    Transfer,
)
from telephony.sip_uri import check_sip_uri
from telephony.wire_events import LegMessage, leg_event, pcm_to_wire
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import Direction, EndCause, Invite, LegId, UtteranceId
from voxdesk.kernel.errors import TelephonyError

_log = logging.getLogger(__name__)
_BAD_REQUEST = 400
_KEEP_AT_MOST = 256 * 1024  # characters; far below a message's limit, whatever they are


def log_failure(what: str, error: Exception) -> None:
    """Where an error came from, without its message: that may hold a caller's words."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s: %s at %s:%s", what, type(error).__name__, where.filename, where.lineno)


class RemoteLeg:
    """`Leg` by messages to a line.

    Args:
        leg_id: unique among all legs.
        number: its name between engine and line.
        send: takes messages for the line; never waits.
        later: runs a function in the loop's next round.
    """

    def __init__(
        self,
        leg_id: LegId,
        number: int,
        direction: Direction,
        invite: Invite | None,
        *,
        send: Callable[[FromEngine], None],
        later: Callable[[Callable[[], None]], object],
    ) -> None:
        self.id = leg_id
        self.direction = direction
        self.invite = invite
        self.ended = False
        self._number = number
        self._send_now = send
        self._later = later
        self._listener: LegListener | None = None
        self._fresh = True  # nobody has ever listened
        self._untold: Ended | None = None

    # ------------------------------------------------------------------ from the line

    def deliver(self, message: LegMessage) -> None:
        """What the line says of this leg."""
        self.tell(leg_event(message))

    def tell(self, event: LegEvent) -> None:
        """Pass an event on; a listener that fails harms nothing but itself."""
        if self.ended:
            return
        if isinstance(event, Ended):
            self.ended = True
            if self._fresh:
                self._untold = event
        self._tell(event)

    def _tell(self, event: LegEvent) -> None:
        if self._listener is None:
            return
        try:
            self._listener(event)
        except Exception as error:  # noqa: BLE001  anything may be wrong in a listener
            log_failure(f"leg {self.id}: its listener failed on {type(event).__name__}", error)

    def lose(self) -> None:
        """Its line is gone."""
        self.tell(Ended(EndCause.LINE_LOST))

    # ------------------------------------------------------------------ Leg

    def listen(self, listener: LegListener | None) -> None:
        """Events go here from now on.

        A caller may be gone before anybody has listened even once: that end is told late, or the
        call would wait for it for ever.
        """
        self._listener = listener
        self._fresh = False
        if listener is not None and self._untold is not None:
            ended, self._untold = self._untold, None
            self._later(lambda: self._tell(ended))

    def keep(self, text: str, *, language: str = "") -> None:
        """For the engine after this one; what is too long isn't kept, and so replaces nothing."""
        if len(text) <= _KEEP_AT_MOST:
            self._send(Keep(self._number, text, language))

    def adopt(self) -> None:
        """Its events flow."""
        self._send(Adopt(self._number))

    def ring(self, *, early_media: bool = False) -> None:
        """180 or 183."""
        self._send(Ring(self._number, early_media))

    def answer(self, headers: Mapping[str, str] | None = None) -> None:
        """200."""
        self._send(Answer(self._number, dict(headers or {})))

    def reject(self, code: int, headers: Mapping[str, str] | None = None) -> None:
        """A final 3xx-6xx."""
        self._send(Reject(self._number, code, dict(headers or {})))

    def hangup(self, headers: Mapping[str, str] | None = None) -> None:
        """End it."""
        self._send(Hangup(self._number, dict(headers or {})))

    def play(self, utterance: UtteranceId, pcm: Pcm, *, last: bool) -> None:
        """Append audio, in pieces that leave room between them for other messages."""
        if self.ended:
            return
        wire = pcm_to_wire(pcm)
        starts = range(0, max(1, len(wire)), MAX_PCM_BYTES)
        for start in starts:
            piece = wire[start : start + MAX_PCM_BYTES]
            self._send(Play(self._number, utterance, piece, last and start == starts[-1]))

    def pause(self, utterance: UtteranceId) -> None:
        """Hold playing."""
        self._send(Pause(self._number, utterance))

    def resume(self, utterance: UtteranceId) -> None:
        """Go on."""
        self._send(Resume(self._number, utterance))

    def clear(self, utterance: UtteranceId) -> None:
        """Drop the rest."""
        self._send(Clear(self._number, utterance))

    def live(self, *, on: bool) -> None:
        """Live mode."""
        self._send(Live(self._number, on))

    def send_live(self, pcm: Pcm) -> None:
        """20 ms of it."""
        self._send(LiveAudio(self._number, pcm_to_wire(pcm)))

    def send_digits(self, digits: str) -> None:
        """RFC 4733 to the far end."""
        self._send(SendDigits(self._number, digits))

    def transfer(self, target: str, *, timeout_s: float = 30.0) -> None:
        """REFER; a target that is no SIP URI fails like one that the far end refuses."""
        try:
            check_sip_uri(target)
        except TelephonyError:
            self._later(lambda: self.tell(TransferProgress(_BAD_REQUEST, final=True)))
        else:
            self._send(Transfer(self._number, target, timeout_s))

    def hold(self, *, on: bool) -> None:
        """re-INVITE."""
        self._send(Hold(self._number, on))

    def _send(self, message: FromEngine) -> None:
        if not self.ended:
            self._send_now(message)
