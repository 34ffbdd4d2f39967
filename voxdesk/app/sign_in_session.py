"""An agent dials in and signs in or out by keys."""

import asyncio
import logging

from dialog.events import Say
from telephony.legs import Answered, AudioReceived, Cleared, Digit, Ended, Leg, LegEvent, Played
from telephony.queue.sign_in import (
    Begun,
    Changed,
    Check,
    Checked,
    Failed,
    HangUp,
    Key,
    Prompt,
    SetStatus,
    SignIn,
    SignInAction,
    SignInEvent,
    Waited,
    step,
)
from voxdesk.app.services import Services
from voxdesk.app.speaking import Speaking
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.errors import DatabaseError

log = logging.getLogger(__name__)

WAIT_MS = 6_000  # silence after a prompt or a key that counts as `Waited`
AT_MOST_S = 180.0


class SignInSession:
    """Made for an incoming leg; `run` is its whole life."""

    def __init__(self, leg: Leg, services: Services) -> None:
        self._leg = leg
        self._services = services
        self._state = SignIn()
        self._over = asyncio.Event()
        self._now_ms = 0
        self._quiet_since_ms = 0
        self._leaving = False
        self._tasks = CallTasks(self._on_task_error)
        self._speaking = Speaking(
            leg, speech=services.speech, now_ms=lambda: self._now_ms, tasks=self._tasks
        )

    async def run(self) -> None:
        """From INVITE to hang-up; bounded."""
        self._leg.listen(self._on_event)
        self._leg.answer()
        try:
            await asyncio.wait_for(self._over.wait(), AT_MOST_S)
        except TimeoutError:
            log.info("an agent's sign-in call lasted too long and was ended")
        finally:
            self._leg.hangup()
            self._leg.listen(None)
            self._speaking.close()
            await self._tasks.close()

    def _on_event(self, event: LegEvent) -> None:
        match event:
            case Answered():
                self._dispatch(Begun())
            case Digit():
                self._quiet_since_ms = self._now_ms
                self._speaking.stop()
                self._dispatch(Key(event.digit))
            case AudioReceived():
                self._on_frame(event)
            case Played():
                self._speaking.on_played(event)
            case Cleared():
                self._speaking.on_cleared(event)
            case Ended():
                self._over.set()
            case _:
                pass

    def _on_frame(self, event: AudioReceived) -> None:
        self._now_ms = round(event.heard.end_s * 1000)
        if self._speaking.busy:
            self._quiet_since_ms = self._now_ms
        elif self._leaving:
            self._over.set()
        elif self._now_ms - self._quiet_since_ms >= WAIT_MS:
            self._quiet_since_ms = self._now_ms
            self._dispatch(Waited())

    def _dispatch(self, event: SignInEvent) -> None:
        self._state, actions = step(self._state, event)
        for action in actions:
            self._do(action)

    def _do(self, action: SignInAction) -> None:
        match action:
            case Prompt():
                language = self._services.settings.calls.language
                text = self._services.prompts.get(action.key, language)
                self._speaking.say(Say(text, language=language))
            case Check():
                self._tasks.start(self._check(action), "agent look-up")
            case SetStatus():
                self._tasks.start(self._change(action), "agent status")
            case HangUp():
                self._leaving = True

    async def _check(self, check: Check) -> None:
        try:
            agent = await self._services.queue.find_agent(check.code, check.pin)
        except DatabaseError:
            self._dispatch(Failed())
        else:
            self._dispatch(Checked(agent.id if agent is not None else None))

    async def _change(self, change: SetStatus) -> None:
        try:
            done = await self._services.queue.set_available(
                change.agent_id, available=change.available
            )
        except DatabaseError:
            done = False
        self._dispatch(Changed() if done else Failed())

    def _on_task_error(self, name: str, error: Exception) -> None:
        log.error("an agent's sign-in call: %s failed with %s", name, type(error).__name__)
        self._over.set()
