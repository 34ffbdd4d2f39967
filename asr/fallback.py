"""Several recognizers as one: when the first gives up, the next hears the same audio."""

import logging
import time
from collections.abc import Callable, Sequence

from asr.recognizer import Recognizer, RecognizerCapabilities, TurnRecognition
from voxdesk.kernel.audio import AudioFrame
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import ModelMissing, RecognizerFailed
from voxdesk.kernel.speech import Expectation, Transcript

_log = logging.getLogger(__name__)
_REST_S = 30.0


class FallbackRecognizer:
    """Recognizers in the order of preference.

    One that failed is not asked for a while, so that an absent server costs its time-out once and
    not in every turn. The last one is always asked.
    """

    def __init__(
        self,
        recognizers: Sequence[Recognizer],
        *,
        rest_s: float = _REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wrap loaded engines, which this object closes.

        Args:
            recognizers: at least one, best first.
            rest_s: how long one that failed is left alone.
            clock: seconds that only grow.

        Raises:
            ValueError: no recognizer.
        """
        if not recognizers:
            raise ValueError("a fallback needs at least one recognizer")
        self._recognizers = tuple(recognizers)
        self._rest_s = rest_s
        self._clock = clock
        self._rested_until: dict[int, float] = {}
        self.name = " or ".join(recognizer.name for recognizer in recognizers)

    @property
    def capabilities(self) -> RecognizerCapabilities:
        """Those of the engine that the next turn would use, in every language that one knows."""
        first = self._recognizers[self.candidates()[0]].capabilities
        languages = [
            language for one in self._recognizers for language in one.capabilities.languages
        ]
        return RecognizerCapabilities(
            partials=first.partials,
            grammar=first.grammar,
            word_times=first.word_times,
            n_best=first.n_best,
            languages=tuple(dict.fromkeys(languages)),
        )

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> "FallbackTurn":
        """A new turn, on the first engine that is well and knows the language.

        Raises:
            ModelMissing: none of them does.
        """
        return FallbackTurn(self, call_id, expectation, start_s=start_s)

    def candidates(self) -> list[int]:
        """Indexes of the engines that may be asked now, in order; never empty."""
        now = self._clock()
        last = len(self._recognizers) - 1
        return [
            index
            for index in range(len(self._recognizers))
            if index == last or self._rested_until.get(index, now) <= now
        ]

    def start(
        self, index: int, call_id: CallId, expectation: Expectation, start_s: float
    ) -> TurnRecognition:
        """Open a turn on one engine."""
        return self._recognizers[index].open_turn(call_id, expectation, start_s=start_s)

    def failed(self, index: int, call_id: CallId, error: RecognizerFailed) -> None:
        """Leave this engine alone for a while."""
        self._rested_until[index] = self._clock() + self._rest_s
        _log.warning("call %s: %s; the next recognizer hears the turn", call_id, error)

    async def close(self) -> None:
        """Close every engine."""
        for recognizer in self._recognizers:
            await recognizer.close()


class FallbackTurn:
    """One turn, on one engine at a time; the frames are kept for the next one."""

    def __init__(
        self,
        recognizer: FallbackRecognizer,
        call_id: CallId,
        expectation: Expectation,
        *,
        start_s: float,
    ) -> None:
        """Opens the turn on the first engine that takes it."""
        self._recognizer = recognizer
        self._call_id = call_id
        self._expectation = expectation
        self._start_s = start_s
        self._frames: list[AudioFrame] = []
        self._left = recognizer.candidates()
        self._index, self._turn = self._next()
        self._cancelled = False

    def accept(self, frame: AudioFrame) -> None:
        """Take a frame."""
        self._turn.accept(frame)
        if not self._cancelled:
            self._frames.append(frame)

    @property
    def partial(self) -> Transcript | None:
        """Of the engine that hears the turn now."""
        return self._turn.partial

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        """By the engine that hears the turn now."""
        return await self._turn.speculate(speech_end_s)

    async def finish(self, speech_end_s: float) -> Transcript:
        """The transcript of the first engine that gives one.

        Raises:
            RecognizerFailed: of the last engine, when every one gave up.
        """
        while True:
            try:
                transcript = await self._turn.finish(speech_end_s)
            except RecognizerFailed as error:
                if self._cancelled or not self._left:
                    raise
                self._recognizer.failed(self._index, self._call_id, error)
                self._turn.cancel()
                try:
                    self._index, self._turn = self._next()
                except ModelMissing:
                    raise error from None  # nobody else knows the language
                for frame in self._frames:
                    self._turn.accept(frame)
            else:
                self._frames.clear()
                return transcript

    def cancel(self) -> None:
        """Free everything."""
        self._cancelled = True
        self._turn.cancel()
        self._frames.clear()

    def _next(self) -> tuple[int, TurnRecognition]:
        while True:
            index = self._left.pop(0)
            try:
                turn = self._recognizer.start(
                    index, self._call_id, self._expectation, self._start_s
                )
            except ModelMissing:
                if not self._left:
                    raise
            else:
                return index, turn
