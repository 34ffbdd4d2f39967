"""At the door: who comes in, and what those hear who can't. See `admission` for the rule."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from asr.workers import DecodingPool
from crm.calls.entries import NewCall
from telephony.exchange import Exchange
from telephony.legs import Leg
from voxdesk.app.admission import Admission, Door, Limits, Load, Reason
from voxdesk.app.apology import Apology
from voxdesk.app.observe.loop_watch import LoopWatch
from voxdesk.app.services import Services
from voxdesk.app.settings import CallSettings
from voxdesk.kernel.call import (
    CallEvent,
    CallId,
    Direction,
    EndCause,
    EventKind,
    Invite,
    new_call_id,
)

log = logging.getLogger(__name__)

BUSY, ELSEWHERE = 486, 503
RETRY_AFTER_S = "30"
APOLOGIES_AT_MOST = 4  # at the same time; beyond that the busy tone is the kinder answer
DRAINING = "draining"  # the engine's own reason
MACHINE_FULL = "machine_full"  # disposition of a call that was turned away


class FrontDesk:
    """One an engine; lives on its loop.

    Attributes:
        admission: the rule, and where it stands.
        refused: callers turned away since the start, by reason.
    """

    def __init__(
        self,
        settings: CallSettings,
        watch: LoopWatch,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        limits = settings.limits
        self.admission = Admission(
            Limits(
                calls=limits.calls,
                legs_free=limits.legs_free,
                loop_lag_ms=limits.loop_lag_ms,
                recognition_wait_ms=limits.recognition_wait_ms,
                recognition_queue=limits.recognition_queue,
            )
        )
        self.refused: Counter[str] = Counter(dict.fromkeys([*Reason, DRAINING], 0))
        self._when_full = settings.when_full
        self._watch = watch
        self._clock = clock
        self._apologies = 0
        self._measure: Callable[[], Load] = Load

    def open(self, exchange: Exchange, pool: DecodingPool, calls: Callable[[], int]) -> None:
        """From now on the load is measured, twice a second and for each caller."""

        def measure() -> Load:
            load, lines = pool.load, exchange.lines
            free = sum(max(0, line.capacity - line.legs) for line in lines if line.ready)
            return Load(
                calls=calls(),
                legs_free=free,
                loop_lag_ms=self._watch.lag.recent_s * 1000,
                recognition_wait_ms=load.recent_wait_ms,
                recognition_waiting=load.waiting,
                workers=load.workers,
            )

        self._measure = measure
        self._watch.on_look = self.look

    def look(self) -> None:
        """Take note of the load."""
        if self.admission.observe(self._measure(), self._clock()):
            self._tell()

    def refuses(self) -> Reason | None:
        """Why a caller who is at the door now can't come in; None: come in."""
        before = self.admission.door
        reason = self.admission.ask(self._measure(), self._clock())
        if self.admission.door is not before:
            self._tell()
        return reason

    def turn_away(
        self, leg: Leg, services: Services, reason: Reason
    ) -> Coroutine[Any, Any, None] | None:
        """Answer a caller who can't come in; what is left to do for it, when something is."""
        self.refused[reason.value] += 1
        apologize = self._when_full == "apology" and self._apologies < APOLOGIES_AT_MOST
        call_id = new_call_id()
        note = _note_down(call_id, leg.invite or Invite("", ""), services, reason)
        if apologize:
            self._apologies += 1
            return self._apologize(Apology(call_id, leg, services, note))
        code = ELSEWHERE if self._when_full == "elsewhere" else BUSY
        leg.reject(code, {"Retry-After": RETRY_AFTER_S})
        note(EventKind.ENDED, cause=EndCause.REJECTED.value, sip_code=code, by_us=True)
        return None

    async def _apologize(self, apology: Apology) -> None:
        try:
            await apology.run()
        finally:
            self._apologies -= 1

    def _tell(self) -> None:
        admission = self.admission
        if admission.door is Door.CLOSED:
            log.warning("full: new callers are turned away (%s)", admission.reason)
        elif admission.door is Door.EASING:
            log.warning("nearly full: callers come in one by one (%s)", admission.reason)
        else:
            log.info("there is room for every caller again")


def _note_down(
    call_id: CallId, invite: Invite, services: Services, reason: Reason
) -> Callable[..., None]:
    """Open the record of a call that is turned away; what adds events to it."""
    log.info("call %s: turned away, the machine is full (%s)", call_id, reason.value)
    call_log, now = services.call_log, services.clock.now()
    call_log.open_call(
        NewCall(
            call_id=call_id,
            direction=Direction.INBOUND,
            started_at=now,
            caller=invite.caller,
            caller_name=invite.caller_name,
            callee=invite.callee,
            diverted_from=invite.diverted_from,
            node=services.node,
        )
    )
    call_log.record(
        CallEvent(
            call_id,
            EventKind.INCOMING,
            now,
            data={
                "caller": invite.caller,
                "caller_name": invite.caller_name,
                "callee": invite.callee,
                "diverted_from": invite.diverted_from,
                "source": invite.source,
            },
        )
    )
    call_log.update_call(call_id, disposition=MACHINE_FULL)

    def note(kind: EventKind, audio_ms: int = 0, **data: Any) -> None:
        full = {"reason": f"full_{reason.value}"} if kind is EventKind.ENDED else {}
        call_log.record(CallEvent(call_id, kind, services.clock.now(), audio_ms, data | full))

    return note
