"""A call in virtual time, in which anything may stay silent: line, caller, voice, database."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from asr.shared_vad import SharedVad
from asr.vad import Vad, VadResult
from crm.calls.entries import NewCall
from dialog.events import Match, Search
from dialog.flow_file import load_flow
from dialog.prompts import Prompts
from recordings.library import RecordingLibrary
from recordings.recorder import RecordingThread
from telephony.legs import (
    Answered,
    AudioReceived,
    Cleared,
    Digit,
    Ended,
    Held,
    Leg,
    LegEvent,
    LegListener,
    Played,
)
from telephony.queue.messages import QueueSettings
from telephony.queue.service import QueueService
from telephony.queue.state import AgentId, Rules, SignedIn
from telephony.queue.store import AgentProfile, QueueStore
from tts.speech import SpeechService, SpokenPiece
from tts.synthesizer import Synthesizer
from voxdesk.app.call_session import CallSession
from voxdesk.app.flow_archive import FlowArchive
from voxdesk.app.outside.door import Outside
from voxdesk.app.services import Services, knowledge_of
from voxdesk.app.settings import Settings
from voxdesk.app.sweep import sweep
from voxdesk.db import Base, Database
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLES_PER_MS, AudioFrame, Pcm, silence
from voxdesk.kernel.call import CallEvent, Direction, EndCause, EventKind, Invite, LegId
from voxdesk.kernel.speech import Hypothesis, Transcript
from voxdesk.testing.virtual_time import InlineExecutor, LoopClock, NeverDone, VirtualTimeLoop

ROOT = Path(__file__).parents[3]
MAX_CALL_S = 30.0
FRAME_S = 0.02
LOUD = np.full(FRAME_SAMPLES, 5000, np.int16)
QUIET = silence(FRAME_SAMPLES)

FLOW = """
start: menu
steps:
  menu:
    menu: Which one?
    options:
      find: {phrases: [find], key: 1, then: find}
      queue: {phrases: [a person], key: 2, then: queue}
      message: {phrases: [a message], key: 3, then: message}
      blind: {phrases: [blind], key: 4, then: blind}
      bridged: {phrases: [bridged], key: 5, then: bridged}
      digits: {phrases: [digits], key: 6, then: digits}
      cancel: {phrases: [cancel], key: 7, then: cancel}
      bye: {phrases: [goodbye], key: 9, then: bye}
    no_input_s: 5
    max_speech_s: 10
    give_up: bye
  find:
    lookup: order
    by: {number: "4711"}
    timeout_s: 3
    found: bye
    missing: bye
    failed: trouble
  cancel:
    do: order.cancel
    with: {number: "4711"}
    timeout_s: 3
    done: bye
    refused: refused
    failed: trouble
  refused: {say: It can't be., then: bye}
  trouble: {say: I can't tell., then: bye}
  queue:
    queue: desk
    max_wait_s: 40
    then: bye
    left_queue: bye
    timed_out: waited
    no_agents: bye
    failed: trouble
  waited: {say: Nobody came., then: bye}
  message:
    message: desk
    prompt: Speak now.
    max_s: 20
    then: bye
  blind:
    transfer: sip:away@far
    mode: blind
    timeout_s: 6
    then: bye
    busy: trouble
    no_answer: trouble
    refused: trouble
    failed: trouble
  bridged:
    transfer: sip:away@far
    mode: bridged
    timeout_s: 6
    then: bye
    busy: trouble
    no_answer: trouble
    refused: trouble
    failed: trouble
  digits:
    ask: digits
    prompt: Digits.
    min_digits: 4
    max_digits: 6
    no_input_s: 5
    then: bye
  bye: {end: Bye.}
"""


@dataclass
class Line:
    """What a leg does by itself. Each may be taken away."""

    answers: bool = True
    frames: bool = True
    plays: bool = True
    ends: bool = True
    sent: Pcm | None = None  # what it plays, as far as recordings show it


class DullLeg:
    """A leg of a line that may forget it."""

    def __init__(self, line: Line, direction: Direction, number: str) -> None:
        self.id = LegId(number)
        self.line = line
        self.direction = direction
        self.invite = Invite("+15550100", "100") if direction is Direction.INBOUND else None
        self.ended = False
        self.speaking = False
        self.hung_up = False
        self.rejected = 0
        self._listener: LegListener | None = None
        self._offset = 0
        self._up = False
        self._lengths: dict[int, int] = {}
        self._plays_until_s = 0.0
        self._loop = asyncio.get_running_loop()

    def tell(self, event: LegEvent) -> None:
        if self._listener is not None and not self.ended:
            self.ended = isinstance(event, Ended)
            self._listener(event)

    def press(self, keys: str) -> None:
        for key in keys:
            self.tell(Digit(key, "rfc4733", self._offset // SAMPLES_PER_MS))

    def hold(self, *, on: bool) -> None:
        del on

    def held(self, *, on: bool) -> None:
        self.tell(Held(on))

    def listen(self, listener: LegListener | None) -> None:
        self._listener = listener

    def ring(self, *, early_media: bool = False) -> None:
        del early_media

    def answer(self, headers: Mapping[str, str] | None = None) -> None:
        del headers
        if self.line.answers:
            self._loop.call_later(FRAME_S, self._answered)

    def reject(self, code: int, headers: Mapping[str, str] | None = None) -> None:
        del headers
        self.rejected = code
        self.hangup()

    def hangup(self, headers: Mapping[str, str] | None = None) -> None:
        del headers
        self.hung_up = True
        if self.line.ends:
            self._loop.call_later(FRAME_S, self.tell, Ended(EndCause.HUNG_UP, by_us=True))

    def play(self, utterance: int, pcm: Pcm, *, last: bool) -> None:
        self._lengths[utterance] = self._lengths.get(utterance, 0) + len(pcm)
        if not self.line.plays or not last:
            return
        ms = self._lengths[utterance] // SAMPLES_PER_MS
        self._plays_until_s = max(self._loop.time(), self._plays_until_s) + ms / 1000
        self._loop.call_at(self._plays_until_s, self._played, utterance, ms)

    def clear(self, utterance: int) -> None:
        if self._lengths.pop(utterance, None) is not None and self.line.plays:
            self._plays_until_s = self._loop.time()
            self.tell(Cleared(utterance, 0, 0))  # type: ignore[arg-type]

    def transfer(self, target: str, *, timeout_s: float = 30.0) -> None:
        """It never says how that went."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name in {"pause", "resume", "live", "send_live", "send_digits", "keep", "adopt"}:
            return lambda *_, **__: None
        raise AttributeError(name)

    def _played(self, utterance: int, ms: int) -> None:
        if utterance in self._lengths:
            self.tell(Played(utterance, ms, True, self._offset // SAMPLES_PER_MS))  # type: ignore[arg-type]  # noqa: FBT003

    def _answered(self) -> None:
        self._up = True
        self.tell(Answered("PCMU/8000"))
        self._frame()

    def _frame(self) -> None:
        if self.ended:
            return
        if self.line.frames:
            pcm = LOUD if self.speaking else QUIET
            self.tell(AudioReceived(AudioFrame(pcm, self._offset), self.line.sent))
            self._offset += FRAME_SAMPLES
        self._loop.call_later(FRAME_S, self._frame)


class DullLines:
    """Whoever is dialled."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.dialled: list[DullLeg] = []

    def on_incoming(self, handler: Callable[[Leg], None]) -> None:
        del handler

    def dial(self, uri: str, **_: object) -> DullLeg:
        leg = DullLeg(self.line, Direction.OUTBOUND, f"out-{uri}")
        self.dialled.append(leg)
        if self.line.answers:
            asyncio.get_running_loop().call_later(FRAME_S, leg._answered)
        return leg


class LoudIsSpeech:
    name = "loud"

    def open(self) -> "LoudIsSpeech":
        return self

    def accept_each(self, _vads: Sequence[Vad], frames: Sequence[AudioFrame]) -> list[VadResult]:
        return [self.accept(frame) for frame in frames]

    def accept(self, frame: AudioFrame) -> VadResult:
        loud = int(frame.pcm[0]) > 0
        probability = 0.95 if loud else 0.0
        return VadResult(frame.end_s, probability, loud, -25.0 if loud else -90.0, -80.0, -25.0)


class Turn:
    partial = None

    def __init__(self, ear: "Ear") -> None:
        self._ear = ear

    def accept(self, frame: AudioFrame) -> None:
        del frame

    async def speculate(self, _until_s: float) -> Transcript | None:
        return await self.finish(_until_s)

    async def finish(self, _until_s: float) -> Transcript:
        if self._ear.hears is None:
            await asyncio.get_running_loop().create_future()
        return Transcript((Hypothesis(self._ear.hears or "", 0.9),) if self._ear.hears else ())

    def cancel(self) -> None:
        pass


@dataclass
class Ear:
    """A recognizer; None: it never answers."""

    hears: str | None = ""
    name: str = "ear"

    def open_turn(self, *_: object, **__: object) -> Turn:
        return Turn(self)

    async def close(self) -> None:
        pass


class Says:
    """A voice: half a second of silence for every text."""

    languages = ("en",)

    async def speak(self, text: str, **_: object) -> AsyncIterator[SpokenPiece]:
        yield SpokenPiece(silence(8000), 0, text, cached=True, first=True, synth_ms=0.0)

    async def prepare(self, *_: object, **__: object) -> None:
        pass


class HungVoice:
    """A voice whose library hangs, until the test is over."""

    name = "hung"
    languages = ("en",)
    local = True

    def __init__(self) -> None:
        self.over = threading.Event()

    def synthesize(self, sentence: str, *, language: str = "en") -> Any:
        del sentence, language
        self.over.wait(30)
        yield from ()

    def close(self) -> None:
        self.over.set()


class Log:
    """The call's log, in memory."""

    def __init__(self) -> None:
        self.events: list[CallEvent] = []
        self.closed = False

    def open_call(self, call: NewCall) -> None:
        pass

    def record(self, event: CallEvent) -> None:
        self.events.append(event)

    def update_call(self, *_: object, **__: object) -> None:
        pass

    def close_call(self, *_: object, **__: object) -> None:
        self.closed = True


@dataclass
class Lookups:
    """The CRM; what never answers raises `NeverDone` in the executor."""

    facts_answer: bool = True
    find_answers: bool = True
    fails: Exception | None = None

    def caller_facts(self, phone: str) -> Mapping[str, Any]:
        if not self.facts_answer:
            raise NeverDone
        return {"known": False, "phone": phone}

    def find(self, what: str, by: Mapping[str, str]) -> Mapping[str, Any] | None:
        del what, by
        if self.fails is not None:
            raise self.fails
        if not self.find_answers:
            raise NeverDone
        return None


class DeadExecutor(InlineExecutor):
    """A database that never answers."""

    def submit(self, work: Any, /, *_: Any, **__: Any) -> Any:
        del work

        def never() -> None:
            raise NeverDone

        return super().submit(never)


class DeadDatabase(Database):
    """A database that never answers, asked in a thread."""

    def __init__(self) -> None:
        super().__init__("sqlite://")

    def transaction(self) -> Any:
        raise NeverDone


@dataclass
class World:
    """What is in it, and how it behaves."""

    folder: Path
    line: Line = field(default_factory=Line)
    far: Line = field(default_factory=Line)
    ear: Ear = field(default_factory=Ear)
    lookups: Lookups = field(default_factory=Lookups)
    voice: Synthesizer | None = None
    agent: bool = False
    queue_answers: bool = True
    flow: str = FLOW
    recordings: RecordingThread | None = None
    search: Callable[[Search], Sequence[Match]] | None = (
        None  # of the knowledge; None: the real one
    )
    acts_answer: bool = True
    log: Log = field(default_factory=Log)

    def run(self, script: Callable[["Call"], Coroutine[Any, Any, None]]) -> "Call":
        """One call, through to its end, or to `WaitsForEver`."""
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(self._run(script))

    async def _run(self, script: Callable[["Call"], Coroutine[Any, Any, None]]) -> "Call":
        clock = LoopClock(asyncio.get_running_loop())
        lines = DullLines(self.far)
        services = self._services(clock, lines)
        leg = DullLeg(self.line, Direction.INBOUND, "in-1")
        session = CallSession(leg, services)  # type: ignore[arg-type]
        sessions = {session.id: session}
        watching = asyncio.create_task(sweep(sessions, clock=clock.monotonic))
        call = Call(self, leg, session, clock, lines)
        running = asyncio.create_task(session.run())
        scripted = asyncio.create_task(script(call))
        await asyncio.wait({running}, timeout=1000)
        call.took_s = clock.monotonic()
        call.over = running.done()
        for task in (watching, scripted, running):
            task.cancel()
        await asyncio.wait({scripted, running})
        if scripted.done() and not scripted.cancelled() and (error := scripted.exception()):
            raise error
        await services.queue.close()
        if isinstance(self.voice, HungVoice):
            self.voice.close()
        return call

    def _services(self, clock: LoopClock, lines: DullLines) -> Services:
        path = self.folder / "flow.yaml"
        path.write_text(self.flow)
        database = Database(f"sqlite:///{self.folder / 'queue.db'}")
        Base.metadata.create_all(database.engine)
        store = QueueStore(database, Rules(wrap_up_s=0))
        if self.agent:
            profile = AgentProfile(AgentId("sam"), "Sam", "sip:sam@far")
            store.put_agent(profile, clock.now())
            store.run([SignedIn(AgentId("sam"))], clock.now())
        settings = Settings.model_validate(
            {
                "state_dir": self.folder,
                "sip": {"max_call_s": MAX_CALL_S},
                "recording": {"enabled": self.recordings is not None},
                "calls": {"flow": "flow"},
            }
        )
        speech = SpeechService({"en": self.voice}, workers=1) if self.voice else Says()
        return Services(
            settings=settings,
            clock=clock,
            lines=lines,  # type: ignore[arg-type]
            vad=SharedVad(LoudIsSpeech(), asyncio.get_running_loop().call_later),
            recognizer=self.ear,  # type: ignore[arg-type]
            speech=speech,  # type: ignore[arg-type]
            flows={"flow": load_flow(path)},
            archive=FlowArchive(self.folder / "archive"),
            prompts=Prompts.load(ROOT / "config" / "prompts"),
            node="n1",
            call_log=self.log,  # type: ignore[arg-type]
            lookups=self.lookups,  # type: ignore[arg-type]
            knowledge=lambda flow: self.search or knowledge_of(flow),
            outside=Outside(
                self.lookups, database if self.acts_answer else DeadDatabase(), (), now=clock.now
            ),
            queue=QueueService(
                store,
                lines,  # type: ignore[arg-type]
                node="n1",
                settings=QueueSettings(ring_s=5, no_agents_wait_s=200, join_timeout_s=5),
                clock=clock,
                executor=InlineExecutor() if self.queue_answers else DeadExecutor(),
            ),
            recordings=self.recordings,  # type: ignore[arg-type]
            recordings_library=RecordingLibrary(self.folder),
        )


@dataclass
class Call:
    """The call that is going on, and later the one that was."""

    world: World
    leg: DullLeg
    session: CallSession
    clock: LoopClock
    lines: DullLines
    took_s: float = 0.0
    over: bool = False

    async def until(self, kind: EventKind, within_s: float = 300.0, **data: object) -> float:
        """When that happened, in seconds of the loop."""
        until_s = self.clock.monotonic() + within_s
        while not self.seen(kind, **data):
            assert self.clock.monotonic() < until_s, self.story
            await asyncio.sleep(FRAME_S)
        return self.clock.monotonic()

    def seen(self, kind: EventKind, **data: object) -> list[CallEvent]:
        return [
            event
            for event in self.world.log.events
            if event.kind is kind and all(event.data.get(k) == v for k, v in data.items())
        ]

    @property
    def steps(self) -> list[str]:
        return [event.data["step"] for event in self.seen(EventKind.STEP)]

    @property
    def cause(self) -> str:
        return str(self.seen(EventKind.ENDED)[-1].data["cause"])

    @property
    def story(self) -> str:
        return "\n".join(
            f"{event.audio_ms:6d} {event.kind} {dict(event.data)}"
            for event in self.world.log.events
        )
