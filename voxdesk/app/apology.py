"""A call that can't be served hears so and is let go. It costs a leg and a cached sentence."""

import asyncio
import logging
from collections.abc import Callable

from dialog.events import Say
from telephony.legs import Answered, AudioReceived, Cleared, Ended, Leg, LegEvent, Played
from voxdesk.app.logs import in_call
from voxdesk.app.services import Services
from voxdesk.app.speaking import Speaking
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.call import CallId, EndCause, EventKind
from voxdesk.kernel.speech import BargeIn

log = logging.getLogger(__name__)

WORDING = "full"
AT_MOST_S = 15.0


class Apology:
    """Made for an incoming leg; `run` is its whole life. Nobody listens to the caller."""

    def __init__(
        self, call_id: CallId, leg: Leg, services: Services, note: Callable[..., None]
    ) -> None:
        """`note` adds an event to the call's record."""
        self._id = call_id
        self._leg = leg
        self._services = services
        self._note = note
        self._now_ms = 0
        self._ended: Ended | None = None
        self._said = asyncio.Event()
        self._tasks = CallTasks(self._on_task_error)
        self._speaking = Speaking(
            leg, speech=services.speech, now_ms=lambda: self._now_ms, tasks=self._tasks
        )

    async def run(self) -> None:
        """From INVITE to hang-up; bounded."""
        in_call(self._id)
        self._leg.listen(self._on_event)
        self._leg.answer()
        try:
            await asyncio.wait_for(self._said.wait(), AT_MOST_S)
        except TimeoutError:
            log.warning("call %s: the apology took more than %g s", self._id, AT_MOST_S)
        finally:
            self._leg.hangup()
            self._leg.listen(None)
            self._speaking.close()
            await self._tasks.close()
            ended = self._ended or Ended(EndCause.REJECTED, by_us=True)
            self._note(
                EventKind.ENDED,
                self._now_ms,
                cause=EndCause.REJECTED.value,
                sip_code=ended.sip_code,
                by_us=ended.by_us,
                lost_frames=ended.lost_frames,
            )

    def _on_event(self, event: LegEvent) -> None:
        match event:
            case Answered():
                self._note(EventKind.ANSWERED, codec=event.codec, secure=event.secure)
                self._tasks.start(self._say_so(), "apology")
            case AudioReceived():
                self._now_ms = round(event.heard.end_s * 1000)
            case Played():
                self._speaking.on_played(event)
            case Cleared():
                self._speaking.on_cleared(event)
            case Ended():
                self._ended = event
                self._said.set()
            case _:
                pass

    async def _say_so(self) -> None:
        language = self._services.settings.calls.language
        text = self._services.prompts.get(WORDING, language)
        self._speaking.say(Say(text, language=language, barge_in=BargeIn.OFF))
        await self._speaking.until_quiet()
        self._said.set()

    def _on_task_error(self, name: str, error: Exception) -> None:
        log.error("call %s: %s failed with %s", self._id, name, type(error).__name__)
        self._said.set()
