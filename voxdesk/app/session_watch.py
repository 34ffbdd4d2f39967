"""When a call's session must end though its line says nothing. Pure; time comes in as seconds.

The line has limits of its own (`telephony.line.watch`), and is killed when it falls silent. This is
for a leg that a living line has forgotten: no call may hang for ever, whoever is at fault.
"""

from collections.abc import Callable, Iterable
from typing import Final, Protocol

from telephony.legs import Answered, AudioReceived, Ended, LegEvent
from voxdesk.kernel.call import EndCause

RINGS_AT_MOST_S: Final = 200.0  # the line lets nobody ring for longer than 180 s
FRAMES_WITHIN_S: Final = 15.0  # a leg that is up sends one each 20 ms, of silence too
GONE_WITHIN_S: Final = 20.0  # from our hanging up to the line's word that it is over
TOO_LONG_GRACE_S: Final = 60.0  # the line ends what lasts too long by itself
LATE_S: Final = 3.0  # when nobody looked for so long, it was our own loop that stood still


class SessionWatch:
    """The time limits of one session.

    Args:
        now_s: when it began.
        max_call_s: the longest call.
    """

    def __init__(self, now_s: float, *, max_call_s: float) -> None:
        self._began_s = self._heard_s = now_s
        self._max_s = max_call_s + TOO_LONG_GRACE_S
        self._up = False
        self._hung_up_s: float | None = None
        self._ended = False

    def saw(self, event: LegEvent, now_s: float) -> None:
        """What the line said."""
        if isinstance(event, AudioReceived):
            self._heard_s = now_s
        elif isinstance(event, Answered):
            self._up = True
            self._began_s = self._heard_s = now_s
        elif isinstance(event, Ended):
            self._ended = True

    def hung_up(self, now_s: float) -> None:
        """We told the line to end it."""
        if self._hung_up_s is None:
            self._hung_up_s = now_s

    def slept(self, now_s: float) -> None:
        """Nobody could have heard anything until now."""
        self._heard_s = now_s
        if self._hung_up_s is not None:
            self._hung_up_s = now_s

    def overdue(self, now_s: float) -> EndCause | None:
        """Why the session must end now, if it must."""
        if self._ended:
            return None  # closing, which is bounded
        if self._hung_up_s is not None and now_s - self._hung_up_s >= GONE_WITHIN_S:
            return EndCause.LINE_LOST
        if not self._up:
            return EndCause.NO_ANSWER if now_s - self._began_s >= RINGS_AT_MOST_S else None
        if now_s - self._heard_s >= FRAMES_WITHIN_S:
            return EndCause.LINE_LOST
        return EndCause.TOO_LONG if now_s - self._began_s >= self._max_s else None


class Watched(Protocol):
    """What a sweep needs of a session."""

    @property
    def watch(self) -> SessionWatch:
        """Its limits."""
        ...

    def give_up(self, cause: EndCause) -> None:
        """End it without the line's word."""
        ...


class Sweep:
    """Looks at all sessions now and then. Pure."""

    def __init__(self, now_s: float) -> None:
        self._looked_s = now_s

    def look(
        self,
        sessions: Iterable[Watched],
        now_s: float,
        on_overdue: Callable[[Watched, EndCause], None],
    ) -> None:
        """Tell which must end, and why."""
        late = now_s - self._looked_s > LATE_S
        self._looked_s = now_s
        for session in list(sessions):
            if late:
                session.watch.slept(now_s)
            elif (cause := session.watch.overdue(now_s)) is not None:
                on_overdue(session, cause)
