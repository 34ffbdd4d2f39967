"""What all calls of an engine share; `bootstrap` makes it, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asr.recognizer import Recognizer
from asr.turns import TurnDetector
from asr.vad import VadModel
from crm.calls.call_log import CallLog
from crm.lookups import Lookups
from dialog.flow import Flow
from dialog.prompts import Prompts
from recordings.recorder import Recorder, RecordingThread
from telephony.legs import Lines
from telephony.queue.service import QueueService
from tts.speech import SpeechService
from voxdesk.app.settings import Settings
from voxdesk.kernel.call import CallId
from voxdesk.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Services:
    """One of each, for every call."""

    settings: Settings
    clock: Clock
    lines: Lines
    vad: VadModel
    recognizer: Recognizer
    speech: SpeechService
    flows: Mapping[str, Flow]
    prompts: Prompts
    node: str  # this machine's name, in records
    call_log: CallLog
    lookups: Lookups
    queue: QueueService
    recordings: RecordingThread

    def flow_for(self, callee: str, name: str = "") -> Flow:
        """The flow of this name, or the one that answers this number."""
        calls = self.settings.calls
        return self.flows[name or calls.numbers.get(callee, calls.flow)]

    def new_turn_detector(self) -> TurnDetector:
        """For one call."""
        return TurnDetector()

    def new_recorder(self, call_id: CallId, on_failure: Callable[[str], None]) -> Recorder | None:
        """A recording for this call, unless they are switched off.

        `on_failure` gets the reason when it stops early, on another thread.
        """
        if not self.settings.recording.enabled:
            return None
        return self.recordings.open(call_id, self.clock.now(), on_failure=on_failure)
