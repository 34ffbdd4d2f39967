"""The call in a person's hands: blind and bridged transfer, the queue, a message left."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from dialog.events import (
    Enqueue,
    Event,
    MessageDone,
    RecordMessage,
    Say,
    Transfer,
    TransferDone,
)
from dialog.prompts import Prompts
from telephony.bridge import Bridge
from telephony.legs import AudioReceived, KeptLeg, Leg, Lines, TransferProgress
from telephony.queue.place import (
    AgentMissed,
    AgentRinging,
    Connected,
    NoAgents,
    Place,
    PositionChanged,
    QueueRequest,
    TimedOut,
)
from telephony.queue.service import QueueService
from telephony.queue.state import AgentId
from tts.speech import SpeechService
from voxdesk.app.conversation_parts import NoteDown
from voxdesk.app.dialled import DialledLeg, outcome_of
from voxdesk.app.hearing import Hearing
from voxdesk.app.keeping import KeptPerson, Talk
from voxdesk.app.mailbox import Taken, take_message
from voxdesk.app.speaking import Speaking
from voxdesk.app.tasks import CallTasks
from voxdesk.app.waiting_music import Waiting, WaitingMusic
from voxdesk.kernel.call import CallId, EndCause, EventKind
from voxdesk.kernel.errors import DatabaseError, NoLegFree, TelephonyError

WHISPER_AT_MOST_S = 10.0
GRACE_S = 5.0  # the line ends what takes too long by itself; this is for a line that doesn't
TIMED_OUT = TransferProgress(408, final=True)
BLIND_TARGET_ANSWERS = range(200, 300)


@dataclass(frozen=True, slots=True)
class HandOverParts:
    """What a hand-over needs of the call and of the house."""

    call_id: CallId
    leg: Leg
    caller: str
    language: Callable[[], str]  # of the call, which the flow may change
    lines: Lines
    queue: QueueService
    speech: SpeechService
    speaking: Speaking
    hearing: Hearing
    prompts: Prompts
    tasks: CallTasks
    note: NoteDown
    keep: Callable[[], None]  # what another engine would need has changed
    announce_every_s: float
    recording_name: Callable[[], str]  # of the call's recording, empty without one


Result = TypeVar("Result")


class HandOver:
    """One at a time. Every way out of a method frees the other leg and the place in the queue."""

    def __init__(self, parts: HandOverParts, *, transfers: int = 0) -> None:
        """`transfers`: how many the call had already."""
        self._parts = parts
        self.transfers = transfers
        self.talking: Talk | None = None  # whom the caller speaks with
        self.since: datetime | None = None  # from when on they wait, of one who is called back
        self.left: dict[
            str, datetime
        ] = {}  # queues that they left by key, and since when they waited
        self._music = WaitingMusic(
            parts.speaking, parts.hearing, parts.prompts, parts.language, parts.announce_every_s
        )
        self._bridge: Bridge | None = None
        self._progress: asyncio.Queue[TransferProgress] = asyncio.Queue()
        self._on_digit: Callable[[str], None] | None = None

    # ------------------------------------------------------------ from the session

    def on_digit(self, digit: str) -> None:
        """A key while somebody is looked for, or a message is left."""
        if self._on_digit is not None:
            self._on_digit(digit)

    def on_audio(self, event: AudioReceived) -> None:
        """20 ms of the caller; the person hears them while both are bridged."""
        if self._bridge is not None:
            self._bridge.from_a(event)

    def on_progress(self, event: TransferProgress) -> None:
        """A NOTIFY of the blind transfer."""
        self._progress.put_nowait(event)

    async def take(self, action: Transfer | Enqueue | RecordMessage) -> Event:
        """See it through; what to tell the dialogue when the caller is back."""
        match action:
            case Transfer(mode="blind"):
                return TransferDone(await self.blind(action))
            case Transfer():
                return TransferDone(await self.bridged(action))
            case Enqueue():
                return TransferDone(await self.queue(action))
            case RecordMessage():
                taken = await self.message(action)
                return MessageDone(
                    recorded=taken.seconds > 0, duration_s=taken.seconds, skipped=taken.skipped
                )

    # ------------------------------------------------------------ blind

    async def blind(self, transfer: Transfer) -> str:
        """REFER the caller away. "connected": the leg may go; else how it failed."""
        number = self._begin("blind", transfer.target)
        outcome, code = "abandoned", 0  # what it is if the caller hangs up
        self._parts.leg.transfer(transfer.target, timeout_s=transfer.timeout_s)
        try:
            code = (await self._final_progress(transfer.timeout_s + GRACE_S)).code
            outcome = blind_outcome(code)
        finally:
            self._over(number, "blind", transfer.target, outcome, code)
        return outcome

    async def _final_progress(self, timeout_s: float) -> TransferProgress:
        progress = TIMED_OUT
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not (progress := await self._progress.get()).final:
                    progress = TIMED_OUT
        return progress

    # ------------------------------------------------------------ bridged

    async def bridged(self, transfer: Transfer) -> str:
        """Call the target ourselves, music meanwhile, then join both. The end's outcome."""
        number = self._begin("bridged", transfer.target)
        try:
            person = DialledLeg(
                self._parts.lines.dial(
                    transfer.target,
                    caller=self._parts.caller or None,
                    headers=transfer.headers,
                    timeout_s=transfer.timeout_s,
                )
            )
        except NoLegFree:
            return self._over(number, "bridged", transfer.target, "busy")
        except TelephonyError:
            return self._over(number, "bridged", transfer.target, "failed")
        music = self._parts.tasks.start(self._music.play(), "music")
        outcome, code = "abandoned", 0  # what it is if the caller hangs up
        try:
            ended = await person.wait_answer(transfer.timeout_s + GRACE_S)
            music.cancel()
            if ended is not None:
                outcome, code = outcome_of(ended), ended.sip_code
            else:
                outcome = "connected"
                await self._talk(person, number, "bridged", transfer.target)
                if lost(person):
                    outcome = "failed"  # nobody hung up: the flow may try again
        finally:
            music.cancel()
            self._parts.speaking.stop()
            person.leg.hangup()
            self._over(number, "bridged", transfer.target, outcome, code)
        return outcome

    # ------------------------------------------------------------ queue

    async def queue(self, enqueue: Enqueue) -> str:
        """Wait for a person: music, position, a key to leave. How it ended, in the flow's words."""
        number = self._begin("queue", enqueue.queue)
        request = QueueRequest(
            queue=enqueue.queue,
            skills=enqueue.skills,
            priority=enqueue.priority,
            max_wait_s=enqueue.max_wait_s,
            caller=self._parts.caller or None,
            since=self.since,
        )
        waiting = Waiting()
        self._on_digit = lambda digit: waiting.left.set() if digit == enqueue.leave_key else None
        try:
            async with self._parts.queue.join(self._parts.call_id, request) as place:
                self._parts.note(
                    EventKind.QUEUED,
                    queue=enqueue.queue,
                    skills=list(enqueue.skills),
                    priority=enqueue.priority,
                )
                waiting.outcome = await self._serve(place, waiting, enqueue, number)
                if waiting.outcome == "left_queue":
                    self.left[enqueue.queue] = place.row.enqueued_at
        except DatabaseError:
            waiting.outcome = "failed"
        finally:
            self._on_digit = None
            self._over(number, "queue", enqueue.queue, waiting.outcome, agent=waiting.agent)
        return waiting.outcome

    async def _serve(self, place: Place, waiting: Waiting, enqueue: Enqueue, number: int) -> str:
        music = self._parts.tasks.start(self._music.entertain(waiting, enqueue), "music")
        try:
            while (event := await _unless(waiting.left, place.next_event())) is not None:
                match event:
                    case PositionChanged(position):
                        waiting.position = position
                        waiting.placed.set()
                        self._parts.note(
                            EventKind.QUEUE_POSITION, queue=enqueue.queue, position=position
                        )
                    case AgentRinging(agent):
                        self._parts.note(EventKind.AGENT_RINGING, agent=agent.id)
                    case AgentMissed(agent, cause):
                        self._parts.note(EventKind.AGENT_MISSED, agent=agent.id, why=cause.value)
                    case TimedOut():
                        return "timed_out"
                    case NoAgents():
                        return "no_agents"
                    case Connected(agent, leg):
                        person = DialledLeg(leg)
                        waiting.agent = agent.id
                        await self._whisper(person, enqueue.whisper)
                        if person.ended.done():
                            # Hung up on the whisper: the caller keeps the place.
                            place.requeue(person.ended.result().cause)
                            continue
                        music.cancel()
                        waiting.outcome = "connected"
                        await self._talk(person, number, "queue", enqueue.queue, agent.id)
                        if not lost(person):
                            return waiting.outcome
                        # Nobody hung up: the agent's line died. The caller keeps the place.
                        waiting.outcome = "abandoned"
                        place.requeue(EndCause.LINE_LOST, wait_anew=True)
                        self._music.announce("person_lost")
                        music = self._parts.tasks.start(
                            self._music.entertain(waiting, enqueue), "music"
                        )
            return "left_queue"
        finally:
            music.cancel()
            self._parts.speaking.stop()

    async def _whisper(self, person: DialledLeg, text: str) -> None:
        """One line for the agent alone, while the caller still hears music."""
        if not text:
            return
        person.speaking = Speaking(
            person.leg,
            speech=self._parts.speech,
            now_ms=lambda: self._parts.hearing.now_ms,
            tasks=self._parts.tasks,
        )
        person.speaking.say(Say(text, language=self._parts.language(), sensitive=True))
        with contextlib.suppress(TimeoutError):
            # The leg's end empties what is left to say, and so ends this too.
            await asyncio.wait_for(person.speaking.until_quiet(), WHISPER_AT_MOST_S)
        person.speaking.stop()

    async def _talk(
        self, person: DialledLeg, number: int, mode: str, target: str, agent: str = ""
    ) -> None:
        """Both hear each other until the person hangs up. Keys go through, to a machine perhaps."""
        self._parts.speaking.stop()
        self._on_digit = person.leg.send_digits
        with Bridge(self._parts.leg, person.leg) as bridge:
            self._bridge, person.on_other = bridge, bridge.from_b
            self._parts.note(EventKind.BRIDGED, agent=agent, target=target)
            self._parts.note(
                EventKind.TRANSFER,
                number=number,
                mode=mode,
                target=target,
                agent=agent,
                connected_ms=self._parts.hearing.now_ms,
            )
            await self._until_over(person, Talk(number, mode, target, agent))

    async def _until_over(self, person: DialledLeg, talk: Talk) -> None:
        """Both legs are bridged; until the person hangs up."""
        kept = KeptPerson(self._parts.call_id, talk.agent)
        person.leg.keep(kept.to_text(), language=self._parts.language())
        self.talking = talk
        self._parts.keep()
        try:
            await person.ended
        finally:
            self._bridge = self._on_digit = self.talking = None
            self._parts.keep()

    async def talk_on(self, talk: Talk, kept: KeptLeg) -> Event:
        """Both were bridged when the engine before was lost: they are again, and go on."""
        person, outcome = DialledLeg(kept.leg), "connected"
        kept.leg.adopt()  # first: it silences the leg
        try:
            async with contextlib.AsyncExitStack() as stack:
                if talk.mode == "queue":
                    place = self._parts.queue.rejoin(
                        self._parts.call_id, QueueRequest(talk.target), AgentId(talk.agent)
                    )
                    await stack.enter_async_context(place)
                self._on_digit = person.leg.send_digits
                bridge = stack.enter_context(Bridge(self._parts.leg, person.leg))
                self._bridge, person.on_other = bridge, bridge.from_b
                await self._until_over(person, talk)
                if lost(person):
                    outcome = "failed"  # nobody hung up: the flow may try again
        finally:
            person.leg.hangup()
            self._over(talk.number, talk.mode, talk.target, outcome, agent=talk.agent)
        return TransferDone(outcome)

    # ------------------------------------------------------------ message

    async def message(self, request: RecordMessage) -> Taken:
        """Take a message."""
        done = asyncio.Event()
        self._on_digit = lambda _digit: done.set()
        try:
            return await take_message(
                request,
                speaking=self._parts.speaking,
                hearing=self._parts.hearing,
                done=done,
                recording=self._parts.recording_name,
                note=self._parts.note,
            )
        finally:
            self._on_digit = None

    # ------------------------------------------------------------ helpers

    def _begin(self, mode: str, target: str) -> int:
        self.transfers += 1
        self._parts.keep()
        self._parts.note(EventKind.TRANSFER, number=self.transfers, mode=mode, target=target)
        return self.transfers

    def _over(  # noqa: PLR0917  what the log's line has, in its order
        self, number: int, mode: str, target: str, outcome: str, code: int = 0, agent: str = ""
    ) -> str:
        self._parts.note(
            EventKind.TRANSFER,
            number=number,
            mode=mode,
            target=target,
            outcome=outcome,
            sip_code=code,
            agent=agent,
        )
        return outcome


def lost(person: DialledLeg) -> bool:
    """Whether it was our own line that ended the talk."""
    return person.ended.done() and person.ended.result().cause is EndCause.LINE_LOST


def blind_outcome(code: int) -> str:
    """How a REFER that ended with this SIP status looks to a flow."""
    if code in BLIND_TARGET_ANSWERS:
        return "connected"
    outcomes = {486: "busy", 600: "busy", 408: "no_answer", 480: "no_answer", 603: "refused"}
    return outcomes.get(code, "failed")


async def _unless(stop: asyncio.Event, work: Awaitable[Result]) -> Result | None:
    """The result of `work`, or None as soon as `stop` is set."""
    stopped = asyncio.ensure_future(stop.wait())
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait({stopped, working}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        stopped.cancel()
        working.cancel()
