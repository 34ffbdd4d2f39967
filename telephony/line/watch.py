"""When a leg must end though nobody says so. Pure; time comes in, in seconds that only grow."""

from dataclasses import dataclass

from telephony.line.settings import LineSettings
from voxdesk.kernel.call import EndCause


@dataclass(frozen=True, slots=True)
class Overdue:
    """Why a leg ends now, and the SIP status to say or to note (0: none)."""

    cause: EndCause
    sip_code: int = 0


NO_REACTION = Overdue(EndCause.ERROR, 503)
RANG_TOO_LONG = Overdue(EndCause.NO_ANSWER, 480)
NO_ACK = Overdue(EndCause.FAILED, 408)
NOT_ANSWERED = Overdue(EndCause.NO_ANSWER, 408)
MEDIA_LOST = Overdue(EndCause.MEDIA_LOST)
TOO_LONG = Overdue(EndCause.TOO_LONG)


class LegWatch:
    """The time limits of one leg.

    Args:
        limits: of the line.
        now_s: when the leg began.
        dial_timeout_s: for an outbound leg; None for an inbound one.
    """

    def __init__(
        self, limits: LineSettings, now_s: float, dial_timeout_s: float | None = None
    ) -> None:
        self._limits = limits
        self._outbound = dial_timeout_s is not None
        wait_s = limits.react_timeout_s if dial_timeout_s is None else dial_timeout_s
        self._verdict = NO_REACTION if dial_timeout_s is None else NOT_ANSWERED
        self._deadline_s = now_s + wait_s
        self._packets = -1
        self._heard_s: float | None = None  # None while nothing need be heard

    def ringing(self, now_s: float) -> None:
        """The engine has seen the call and lets it ring."""
        if not self._outbound and self._verdict is NO_REACTION:
            self._wait(RANG_TOO_LONG, now_s + self._limits.ring_timeout_s)

    def answering(self, now_s: float) -> None:
        """We have sent 200 and wait for ACK."""
        self._wait(NO_ACK, now_s + self._limits.ack_timeout_s)

    def up(self, now_s: float) -> None:
        """Media flows."""
        self._wait(TOO_LONG, now_s + self._limits.max_call_s)
        self._heard_s = now_s

    def packets(self, count: int, now_s: float) -> None:
        """So many RTP packets have come since the stream began."""
        if count != self._packets:
            self._packets = count
            if self._heard_s is not None:
                self._heard_s = now_s

    def held(self, now_s: float, *, on: bool) -> None:
        """Silence is expected from now on, or no longer."""
        self._heard_s = None if on else now_s

    def due(self, now_s: float) -> Overdue | None:
        """Why the leg must end now, if it must."""
        if now_s >= self._deadline_s:
            return self._verdict
        if self._heard_s is not None and now_s - self._heard_s >= self._limits.media_timeout_s:
            return MEDIA_LOST
        return None

    def _wait(self, verdict: Overdue, deadline_s: float) -> None:
        self._verdict, self._deadline_s = verdict, deadline_s
