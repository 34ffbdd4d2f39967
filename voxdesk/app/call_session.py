"""One call with the machine, from INVITE to its closed record. Nothing outlives it."""

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crm.acts.once import Outcome
from crm.callbacks.asking import REQUEST
from crm.calls.entries import NewCall
from dialog.dialogue import Dialogue
from dialog.events import (
    Act,
    Action,
    Enqueue,
    HangUp,
    RecordMessage,
    Resumed,
    Say,
    Started,
    Transfer,
    TransferDone,
)
from telephony.legs import (
    Answered,
    AudioReceived,
    Cleared,
    Digit,
    Ended,
    Held,
    KeptLeg,
    Leg,
    LegEvent,
    Played,
    TransferProgress,
)
from telephony.sip_uri import user_of
from voxdesk.app.call_opening import (
    caller_facts,
    prepare_greeting,
    primary,
    primary_tag,
    who_calls,
)
from voxdesk.app.call_recording import CallRecording
from voxdesk.app.callbacks.order import CallbackOrder
from voxdesk.app.conversation import Conversation
from voxdesk.app.conversation_parts import ConversationParts, Leave
from voxdesk.app.handover import HandOver, HandOverParts
from voxdesk.app.hearing import Hearing
from voxdesk.app.keeping import Kept, KeptCall, Talk
from voxdesk.app.live.ears import Ears
from voxdesk.app.log_data import started_data
from voxdesk.app.logs import in_call
from voxdesk.app.services import Services
from voxdesk.app.session_watch import SessionWatch
from voxdesk.app.speaking import Speaking
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.call import (
    CallEvent,
    CallId,
    Direction,
    EndCause,
    EventKind,
    Invite,
    new_call_id,
)
from voxdesk.kernel.clock import SteadyClock
from voxdesk.kernel.errors import FlowError
from voxdesk.kernel.speech import BargeIn

log = logging.getLogger(__name__)

READY_AT_MOST_S = 15.0
APOLOGY_AT_MOST_S = 10.0
TIDY_AT_MOST_S = 1.0
APOLOGY = "apology"
ENDED_BY_STAFF = "ended_by_staff"
UNAVAILABLE = 503  # the network may try another machine


class CallSession:
    """Made for a leg, incoming or just dialled; `run` is its whole life."""

    def __init__(
        self,
        leg: Leg,
        services: Services,
        *,
        other_end: str = "",
        flow: str = "",
        kept: Kept | None = None,
        callback: CallbackOrder | None = None,
    ) -> None:
        """A call that begins, or one that an earlier engine began.

        Args:
            leg: of the caller.
            services: of the house.
            other_end: whom we dialled, of an outbound leg.
            flow: with which flow we dialled.
            kept: the call, when it has gone on without an engine for a while.
            callback: that it carries out.
        """
        self.id: CallId = kept.call.call_id if kept else new_call_id()
        self.invite = leg.invite or Invite(caller=user_of(other_end), callee="")
        if kept is not None:
            self.invite = kept.call.invite
        self.caller = self.invite.caller
        self._leg = leg
        self._other_end = other_end
        self._flow_name = flow
        self._kept = kept
        self._started_at = kept.call.started_at if kept else services.clock.now()
        self._services = services
        self._clock = SteadyClock(services.clock)
        self._today = self._clock.now().astimezone().date()
        self._answered: Answered | None = None
        self._ready = False
        self._tasks = CallTasks(self._on_task_error)
        self.watch = SessionWatch(
            self._clock.monotonic(), max_call_s=services.settings.sip.max_call_s
        )
        self._ended: Ended | None = None
        self._over = asyncio.Event()
        self._recording = CallRecording(self.id, services, self.note)
        self.ears = Ears()
        self._failing = False
        self._end_cause: EndCause | None = None  # what we say of it, if we ended it
        self._has_disposition = False  # the log itself says what came of the call
        self._first: Sequence[Action] = ()
        self._handing_over = False
        self._language = services.settings.calls.language
        self.callback = kept.call.callback if kept else callback
        self.bridged = False
        self.end_reason = ""
        self._hearing = Hearing(
            self.id,
            vad=services.vad,
            detector=services.new_turn_detector(),
            recognizer=services.recognizer,
            tasks=self._tasks,
            on_fault=lambda error: self._on_task_error("hearing", error),
        )
        self._speaking = Speaking(
            leg,
            speech=services.speech,
            now_ms=lambda: self._hearing.now_ms,
            tasks=self._tasks,
            after=kept.leg.utterance if kept else 0,
        )
        self._conversation: Conversation
        self._hand_over: HandOver

    # ------------------------------------------------------------ life

    async def run(self) -> None:
        """From INVITE to the closed record; returns when all of it is written or queued."""
        in_call(self.id)
        self._leg.listen(self._on_event)
        try:
            if self._kept is not None:
                self._go_on(self._kept)
            else:
                await self._start()
            await self._over.wait()
        except Exception as error:  # noqa: BLE001  one call's fault must stay with this call
            self._end_cause = EndCause.ERROR
            self._note_error("call", error)
            if self._answered is None and self._leg.direction is Direction.INBOUND:
                self._leg.reject(UNAVAILABLE)
        finally:
            await self._close()

    @property
    def direction(self) -> Direction:
        """Who called whom."""
        return self._leg.direction

    @property
    def answered(self) -> bool:
        """Somebody took the call."""
        return self._answered is not None

    @property
    def end_cause(self) -> EndCause | None:
        """How its leg ended; None while it hasn't."""
        return self._ended.cause if self._ended else None

    @property
    def language(self) -> str:
        """What is spoken now."""
        return self._conversation.language if self._ready else self._language

    def hang_up(self, cause: EndCause) -> None:
        """End it from outside (shutdown)."""
        self._end_cause = cause
        self._hang_up()

    def end_by_staff(self) -> None:
        """Somebody who watches ends it: the caller hears a short apology. Harmless twice."""
        if self._over.is_set() or self._failing:
            return
        self._end_cause, self.end_reason = EndCause.HUNG_UP, ENDED_BY_STAFF
        self._services.call_log.update_call(self.id, disposition=ENDED_BY_STAFF)
        if self._answered is None:
            self._hang_up()
            return
        self._failing = True
        self._tasks.start(self._apologize("ended"), APOLOGY)

    def give_up(self, cause: EndCause) -> None:
        """End it without the line's word, which doesn't come."""
        self._end_cause = self._end_cause or cause
        self._leg.hangup()
        self._over.set()

    def _hang_up(self) -> None:
        """The line's `Ended` follows; if it doesn't, the sweep gives the call up."""
        self.watch.hung_up(self._clock.monotonic())
        self._leg.hangup()

    async def _start(self) -> None:
        inbound = self._leg.direction is Direction.INBOUND
        if inbound:
            self._leg.ring()
        async with asyncio.timeout(READY_AT_MOST_S):
            await self._get_ready()
        if inbound:
            self._leg.answer()
        elif self._answered is not None:
            self._begin(self._answered)

    def _go_on(self, kept: Kept) -> None:
        """Take the call up where the engine before was lost."""
        call, leg = kept.call, kept.leg
        flow = self._services.flow_of(call.flow, call.state.version)
        if flow is None:
            raise FlowError(f"the flow {call.flow} of a call in progress is gone")
        dialogue = self._services.dialogue(flow)
        self._flow_name, self._language = call.flow, call.state.language
        self._answered = Answered(leg.codec, leg.secure)
        self.watch.saw(self._answered, self._clock.monotonic())
        self._hearing.now_ms = leg.now_ms
        self._conversation = Conversation(
            self._conversation_parts(dialogue), call.state, turn=call.turn
        )
        self._hand_over = HandOver(self._hand_over_parts(), transfers=call.transfers)
        self._has_disposition = call.settled
        self._recording.go_on(call.started_at, leg)
        self._ready = True
        leg.leg.adopt()
        if leg.held:
            self._conversation.on_held(on=True)
        if call.talk is None:
            self._conversation.dispatch(Resumed())
        elif kept.person is None:
            self._conversation.dispatch(DONE)  # the person hung up meanwhile
        else:
            self._tasks.start(self._talk_on(call.talk, kept.person), "hand-over")

    async def _talk_on(self, talk: Talk, person: KeptLeg) -> None:
        self._conversation.leave()
        self._handing_over = True
        try:
            back = await self._hand_over.talk_on(talk, person)
        finally:
            self._handing_over = False
        self._conversation.back(back)

    async def _get_ready(self) -> None:
        services, invite = self._services, self.invite
        flow = services.flow_for(invite.callee, self._flow_name)
        facts = await caller_facts(services, self.id, self.caller)
        if self.callback is not None:
            facts = self.callback.caller_facts(facts)
        dialogue = services.dialogue(flow)
        started = Started(
            caller=facts,
            callee=invite.callee,
            today=self._today.isoformat(),
            now=self._clock.now().astimezone().time().isoformat(timespec="minutes"),
        )
        state, self._first = dialogue.step(dialogue.initial_state(), started, self._clock.now())
        self._language = state.language
        if (wanted := primary_tag(facts)) not in {"", self._language}:
            log.warning(
                "call %s: no voice here speaks the caller's language, %s; it is held in %s",
                self.id,
                wanted,
                self._language,
            )
        services.call_log.open_call(
            NewCall(
                call_id=self.id,
                direction=self._leg.direction,
                started_at=self._started_at,
                customer_id=facts.get("customer_id"),
                flow_name=flow.name,
                flow_version=flow.version,
                language=self._language,
                node=services.node,
                **who_calls(invite),
            )
        )
        if self._leg.direction is Direction.OUTBOUND:
            self.note(EventKind.DIALLED, target=self._other_end)
        else:
            self.note(EventKind.INCOMING, **who_calls(invite), source=invite.source)
        self.note(EventKind.STARTED, **started_data(started, dialogue.languages))
        self._conversation = Conversation(self._conversation_parts(dialogue), state)
        self._hand_over = HandOver(self._hand_over_parts())
        await prepare_greeting(services, self.id, self._first)
        self._ready = True

    async def _close(self) -> None:
        self._leg.hangup()
        self._leg.listen(None)
        self._over.set()
        self._hearing.close()
        self._speaking.close()
        await self._tasks.close()
        self.ears.close()
        await self._recording.close()
        ended = self._ended or Ended(EndCause.ERROR, by_us=True)
        cause = self._end_cause or ended.cause
        self.note(
            EventKind.ENDED,
            cause=cause.value,
            sip_code=ended.sip_code,
            by_us=ended.by_us,
            lost_frames=ended.lost_frames,
            **({"reason": ENDED_BY_STAFF} if self.end_reason == ENDED_BY_STAFF else {}),
        )
        self._services.call_log.close_call(self.id)

    # ------------------------------------------------------------ events

    def _on_event(self, event: LegEvent) -> None:
        try:
            self.watch.saw(event, self._clock.monotonic())
            self._handle(event)
        except Exception as error:  # noqa: BLE001  one call's fault must stay with this call
            self._on_task_error("event", error)

    def _handle(self, event: LegEvent) -> None:  # noqa: C901  one case an event
        match event:
            case AudioReceived():
                self._on_audio(event)
            case Played():
                self._speaking.on_played(event)
            case Cleared():
                self._speaking.on_cleared(event)
            case Digit() if self._ready and not self._failing:
                if self._handing_over:
                    self._hand_over.on_digit(event.digit)
                else:
                    self._conversation.on_digit(event.digit, event.method)
            case Answered():
                self._answered = event
                if self._ready:
                    self._begin(event)
            case Held() if self._ready:
                self._speaking.held = event.on
                self._conversation.on_held(on=event.on)
            case TransferProgress() if self._ready:
                self._hand_over.on_progress(event)
            case Ended():
                self._ended = event
                self._over.set()
            case _:
                pass

    def _on_audio(self, event: AudioReceived) -> None:
        sensitive = self._ready and self._conversation.sensitive
        self._recording.add(event, sensitive=sensitive)
        self.ears.hear(event, sensitive=sensitive)
        self._hearing.hear(event.heard, event.sent)
        self._speaking.look()
        if not self._ready or self._failing:
            return
        if self._handing_over:
            self._hand_over.on_audio(event)
        else:
            self._conversation.on_frame()

    def _begin(self, event: Answered) -> None:
        self.note(EventKind.ANSWERED, codec=event.codec, secure=event.secure)
        self._recording.begin(self._started_at)
        self._conversation.perform(self._first)

    def _keep(self) -> None:
        """What an engine after this one would need lies at the line, always up to date."""
        if not self._ready or self._ended is not None:
            return
        call = KeptCall(
            call_id=self.id,
            invite=self.invite,
            other_end=self._other_end,
            started_at=self._started_at,
            flow=self._conversation.flow,
            state=self._conversation.state,
            turn=self._conversation.turn,
            transfers=self._hand_over.transfers,
            talk=self._hand_over.talking,
            settled=self._has_disposition,
            callback=self.callback,
        )
        self._leg.keep(call.to_text(), language=primary(self.language))

    # ------------------------------------------------------------ leaving the dialogue

    def _leave(self, action: Leave) -> None:
        if isinstance(action, HangUp):
            self._end_cause, self.end_reason = EndCause.HUNG_UP, action.reason
            if not (self._has_disposition and action.reason == HangUp().reason):
                self._services.call_log.update_call(self.id, disposition=action.reason)
            self._hang_up()
            return
        self._tasks.start(self._elsewhere(action), "hand-over")

    async def _elsewhere(self, action: Transfer | Enqueue | RecordMessage) -> None:
        if isinstance(action, Enqueue) and self.callback is not None:
            action = self.callback.enqueue(action)
            self._hand_over.since = self.callback.since
        self._handing_over = True
        try:
            back = await self._hand_over.take(action)
        finally:
            self._handing_over = False
        if isinstance(action, Transfer) and action.mode == "blind" and back == DONE:
            self._end_cause = EndCause.TRANSFERRED
            self._hang_up()
            return
        self._conversation.back(back)

    # ------------------------------------------------------------ faults

    def _note_error(self, name: str, error: Exception) -> None:
        # Not the message: it may hold what a caller said.
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        kind = type(error).__name__
        log.error("call %s: %s failed with %s\n%s", self.id, name, kind, where)
        self.note(EventKind.ERROR, code=getattr(error, "code", kind), where=name)

    def _on_task_error(self, name: str, error: Exception) -> None:
        if self._failing and name != APOLOGY:
            return  # the same again, or what follows from it; the call is ending
        self._note_error(name, error)
        if self._over.is_set():
            return
        self._end_cause = EndCause.ERROR
        if self._failing or self._answered is None:
            self._leg.hangup()
            self._over.set()
            return
        self._failing = True
        self._tasks.start(self._apologize("error"), APOLOGY)

    async def _apologize(self, wording: str) -> None:
        """Something of ours broke, or staff end it: the caller hears so, not just silence."""
        self._speaking.listener = None
        # A transfer, the music: nothing may speak in between.
        if others := self._tasks.cancel():
            await asyncio.wait(others, timeout=TIDY_AT_MOST_S)
        self._speaking.stop()
        self._hearing.ignore()
        text = self._services.prompts.get(wording, self.language)
        self._speaking.say(Say(text, language=self.language, barge_in=BargeIn.OFF))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._speaking.until_quiet(), APOLOGY_AT_MOST_S)
        self._hang_up()

    # ------------------------------------------------------------ parts

    def note(self, kind: EventKind, **data: Any) -> None:
        """A line for this call's log."""
        if kind in {EventKind.BRIDGED, EventKind.MESSAGE_LEFT}:
            self._has_disposition = True
            self.bridged = self.bridged or kind is EventKind.BRIDGED
        self._services.call_log.record(
            CallEvent(self.id, kind, self._clock.now(), self._hearing.now_ms, data)
        )

    def _conversation_parts(self, dialogue: Dialogue) -> ConversationParts:
        return ConversationParts(
            dialogue=dialogue,
            speech=self._services.speech,
            speaking=self._speaking,
            hearing=self._hearing,
            tasks=self._tasks,
            find=self._services.outside.find,
            search=self._services.knowledge(dialogue.flow),
            ask_ahead=self._services.outside.may_ask_ahead,
            act=self._act,
            note=self.note,
            so_far=lambda words: self._services.live.partial(self.id, words),
            leave=self._leave,
            turns=self._services.settings.turns,
            today=self._today,
            now=self._clock.now,
            keep=self._keep,
        )

    async def _act(self, act: Act) -> Outcome:
        """What the flow has done; who left a queue to be called back keeps the place there."""
        since = self._hand_over.left.get(act.given.get("queue", ""))
        if act.what == REQUEST and since is not None:
            act = replace(act, given={**act.given, "since": since.isoformat()})
        return await self._services.outside.act(self.id, act)

    def _hand_over_parts(self) -> HandOverParts:
        return HandOverParts(
            call_id=self.id,
            leg=self._leg,
            caller=self.caller,
            language=lambda: self.language,
            lines=self._services.lines,
            queue=self._services.queue,
            speech=self._services.speech,
            speaking=self._speaking,
            hearing=self._hearing,
            prompts=self._services.prompts,
            tasks=self._tasks,
            note=self.note,
            keep=self._keep,
            announce_every_s=self._services.settings.queue.announce_every_s,
            recording_name=lambda: self._recording.name,
        )


DONE = TransferDone("connected")
