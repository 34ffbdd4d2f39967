"""Two engines as one: the larger while there is room for it, the small one under load."""

from dataclasses import dataclass, replace

from asr.recognizer import Recognizer, RecognizerCapabilities, TurnRecognition
from asr.workers import DecodingPool, Load
from voxdesk.kernel.audio import AudioFrame
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecognizerFailed
from voxdesk.kernel.speech import Expectation, Transcript


@dataclass(frozen=True, slots=True)
class HeadroomPolicy:
    """When the larger engine may be used.

    Attributes:
        max_recent_wait_ms: the pool counts as busy when turns lately waited longer than this.
        doubt: a final transcript of the small engine with less confidence is heard again by the
            larger one, if there is room; 0 never does.
    """

    max_recent_wait_ms: float = 60.0
    doubt: float = 0.45

    def has_room(self, load: Load) -> bool:
        """Whether a dear decoding would take a worker from nobody."""
        return not self.why_not(load)

    def why_not(self, load: Load) -> str:
        """What speaks against a dear decoding: "crowded", "recent_wait", or nothing."""
        if load.crowded:
            return "crowded"
        return "recent_wait" if load.recent_wait_ms > self.max_recent_wait_ms else ""


class HeadroomRecognizer:
    """Chooses between two engines for every decoding.

    Transcripts name the one that was used, and why it wasn't the larger one.
    """

    def __init__(
        self,
        small: Recognizer,
        large: Recognizer,
        pool: DecodingPool,
        policy: HeadroomPolicy | None = None,
    ) -> None:
        """Both engines decode on `pool`, whose load decides. They are closed with this object."""
        self.small = small
        self.large = large
        self.pool = pool
        self.policy = policy or HeadroomPolicy()
        self.name = f"{large.name}, {small.name} under load"
        one, other = small.capabilities, large.capabilities
        self.capabilities = RecognizerCapabilities(
            partials=False,
            grammar=one.grammar and other.grammar,
            word_times=one.word_times and other.word_times,
            n_best=min(one.n_best, other.n_best),
            languages=tuple(dict.fromkeys((*one.languages, *other.languages))),
        )

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> TurnRecognition:
        """A new turn; a language that only one engine knows is heard by that one.

        Raises:
            ModelMissing: neither knows the language.
        """
        language = expectation.language.split("-")[0].lower()
        known = [
            engine
            for engine in (self.small, self.large)
            if language in engine.capabilities.languages
        ]
        if len(known) <= 1:
            engine = known[0] if known else self.large
            return engine.open_turn(call_id, expectation, start_s=start_s)
        return _HeadroomTurn(
            self,
            self.small.open_turn(call_id, expectation, start_s=start_s),
            self.large.open_turn(call_id, expectation, start_s=start_s),
        )

    async def close(self) -> None:
        """Close both engines."""
        await self.small.close()
        await self.large.close()


class _HeadroomTurn:
    """Feeds both engines, which only keep references to the frames, and asks one."""

    def __init__(
        self, recognizer: HeadroomRecognizer, small: TurnRecognition, large: TurnRecognition
    ) -> None:
        self._recognizer = recognizer
        self._small = small
        self._large = large
        self._asked: tuple[int, TurnRecognition] | None = None
        self._why = ""  # it was the small one that was asked

    def accept(self, frame: AudioFrame) -> None:
        self._small.accept(frame)
        self._large.accept(frame)

    @property
    def partial(self) -> Transcript | None:
        return None

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        transcript = await self._choose(speech_end_s).speculate(speech_end_s)
        if transcript is None:
            self._asked = None  # nothing was begun: the load then decides anew
            return None
        return replace(transcript, stepped_back=self._why)

    async def finish(self, speech_end_s: float) -> Transcript:
        turn = self._choose(speech_end_s)
        transcript = await turn.finish(speech_end_s)
        if turn is self._large:
            return transcript
        transcript = replace(transcript, stepped_back=self._why)
        doubted = transcript.hypotheses and transcript.confidence < self._recognizer.policy.doubt
        if not doubted or self._why_not_large():
            return transcript
        try:
            return await self._large.finish(speech_end_s)
        except RecognizerFailed:
            return transcript  # a doubtful text is better than none

    def cancel(self) -> None:
        self._small.cancel()
        self._large.cancel()

    def _choose(self, speech_end_s: float) -> TurnRecognition:
        """The engine that was asked about this end before, or the one that there is room for."""
        end_ms = round(speech_end_s * 1000.0)
        if self._asked is None or self._asked[0] != end_ms:
            self._why = self._why_not_large()
            self._asked = (end_ms, self._small if self._why else self._large)
        return self._asked[1]

    def _why_not_large(self) -> str:
        return self._recognizer.policy.why_not(self._recognizer.pool.load)
