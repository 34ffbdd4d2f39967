"""What all calls of an engine share; `bootstrap` makes it, once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asr.recognizer import Recognizer
from asr.shared_vad import SharedVad
from asr.turns import TurnDetector
from crm.calls.call_log import CallLog
from crm.lookups import Lookups
from dialog.dialogue import Dialogue
from dialog.events import Match, Search
from dialog.flow import Flow
from dialog.knowledge.library import library_of
from dialog.prompts import Prompts
from dialog.understanding.intents import IntentModel
from recordings.library import RecordingLibrary
from recordings.recorder import Recorder, RecordingThread
from telephony.legs import Lines
from telephony.queue.service import QueueService
from tts.speech import SpeechService
from voxdesk.app.flow_archive import FlowArchive
from voxdesk.app.live.feed import LiveFeed
from voxdesk.app.outside.door import Outside
from voxdesk.app.settings import Settings
from voxdesk.kernel.call import CallId
from voxdesk.kernel.clock import Clock


def no_intents(flow: Flow) -> IntentModel | None:
    """Callers are understood by phrases only."""
    del flow
    return None


def knowledge_of(flow: Flow) -> Callable[[Search], Sequence[Match]]:
    """Searches a flow's knowledge, which is read at the first search."""
    return library_of(flow.knowledge).search


@dataclass(frozen=True, slots=True)
class Services:
    """One of each, for every call."""

    settings: Settings
    clock: Clock
    lines: Lines
    vad: SharedVad
    recognizer: Recognizer
    speech: SpeechService
    flows: Mapping[str, Flow]
    archive: FlowArchive
    prompts: Prompts
    node: str  # this machine's name, in records
    call_log: CallLog
    lookups: Lookups
    outside: Outside
    queue: QueueService
    recordings: RecordingThread
    recordings_library: RecordingLibrary
    intents: Callable[[Flow], IntentModel | None] = no_intents
    knowledge: Callable[[Flow], Callable[[Search], Sequence[Match]]] = knowledge_of
    live: LiveFeed = field(default_factory=LiveFeed)

    def flow_of(self, name: str, version: str) -> Flow | None:
        """The version of a flow that a call began with, or the one that there is now."""
        kept = self.archive.find(name, version)
        return kept if kept is not None else self.flows.get(name)

    def flow_for(self, callee: str, name: str = "") -> Flow:
        """The flow of this name, or the one that answers this number."""
        calls = self.settings.calls
        return self.flows[name or calls.numbers.get(callee, calls.flow)]

    def dialogue(self, flow: Flow) -> Dialogue:
        """Runs calls through a flow, in the languages that are spoken here."""
        return Dialogue(
            flow, self.prompts, languages=self.speech.languages, intents=self.intents(flow)
        )

    def new_turn_detector(self) -> TurnDetector:
        """For one call."""
        return TurnDetector()

    def new_recorder(
        self,
        call_id: CallId,
        started_at: datetime,
        on_failure: Callable[[str], None],
        *,
        resume_ms: int = 0,
    ) -> Recorder | None:
        """A recording for this call, unless they are switched off.

        `on_failure` gets the reason when it stops early, on another thread. With `resume_ms` the
        recording that is there goes on at this offset.
        """
        if not self.settings.recording.enabled:
            return None
        return self.recordings.open(call_id, started_at, on_failure=on_failure, resume_ms=resume_ms)
