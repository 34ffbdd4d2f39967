"""Vosk: MFCC, acoustic model and language model of one language, decoded while the caller speaks.

The event loop only puts frames into a queue; a worker thread decodes them in order.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

from asr.recognizer import RecognizerCapabilities
from asr.stream_workers import StreamWorkers
from asr.vosk_decoder import VoskDecoder
from asr.vosk_model import VoskModel
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, ModelMissing, RecognizerFailed
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript

_DEFAULT_TIMEOUT_S = 10.0
# A speculation is refused when this much work waits: half a second of one call's frames.
_BUSY = 25
# So much audio after a speculation means that the caller spoke on, and partials are wanted again.
_REOPEN_AFTER_SAMPLES = SAMPLE_RATE_HZ // 2
_SAME_END_S = 0.001
# A turn longer than this is a mistake of the turn detector; what follows is not kept.
_MAX_TURN_SAMPLES = 300 * SAMPLE_RATE_HZ
_PARTIAL_CONFIDENCE = 0.5  # not known before the end


class VoskRecognizer:
    """A Vosk model and the threads that it decodes on; shared by all calls."""

    def __init__(
        self,
        model_dir: Path,
        *,
        language: str = "en",
        workers: int = 1,
        n_best: int = 5,
        timeout_s: float = _DEFAULT_TIMEOUT_S,
    ) -> None:
        """Load a model; blocks for seconds with a large one.

        Args:
            model_dir: an unpacked model.
            language: what it speaks, BCP 47 primary tag; the model itself doesn't say.
            workers: decoding threads; one serves ten calls and more with a small model.
            n_best: readings of a result.
            timeout_s: bound for one result, waiting included.

        Raises:
            ModelMissing: not a model, with advice.
        """
        self.model = VoskModel(model_dir, n_best=n_best)
        self.workers = StreamWorkers(workers, name="vosk")
        self.timeout_s = timeout_s
        self.name = "vosk"
        self.capabilities = RecognizerCapabilities(
            partials=True, grammar=True, word_times=True, n_best=n_best, languages=(language,)
        )

    def open_turn(self, call_id: CallId, expectation: Expectation, *, start_s: float) -> "VoskTurn":
        """A new turn that starts at `start_s`.

        Raises:
            ModelMissing: the model is of another language.
        """
        del call_id  # nothing is kept from one turn of a call to its next
        language = expectation.language.split("-")[0].lower()
        if language not in self.capabilities.languages:
            raise ModelMissing(
                f'the Vosk model "{self.model.name}" understands '
                f'{", ".join(self.capabilities.languages)}, not "{expectation.language}". '
                "Configure a model of that language (`voxdesk models` lists them)."
            )
        return VoskTurn(self, expectation, start_s=start_s)

    async def close(self) -> None:
        """End the threads; the model goes with the last turn that uses it."""
        await asyncio.get_running_loop().run_in_executor(None, self.workers.close)


class VoskTurn:
    """Recognition of one turn; decoded on one worker thread, asked from the event loop."""

    def __init__(
        self, recognizer: VoskRecognizer, expectation: Expectation, *, start_s: float
    ) -> None:
        """`start_s` may be earlier than the first frame; the frames' own offsets count."""
        self._recognizer = recognizer
        self._worker = recognizer.workers.join()
        self._decoding = _Decoding(recognizer.model, expectation)
        self._start_s = start_s
        self._attempt: _Attempt | None = None  # the newest
        self._closed = False

    def accept(self, frame: AudioFrame) -> None:
        """Take a frame; frames after the end are ignored.

        Raises:
            AudioFormatError: not at 16 kHz.
        """
        if frame.sample_rate_hz != SAMPLE_RATE_HZ:
            raise AudioFormatError(f"recognizers hear 16000 Hz, got {frame.sample_rate_hz} Hz")
        if not self._closed:
            self._worker.put(lambda: self._decoding.hear(frame))

    @property
    def partial(self) -> Transcript | None:
        """The text so far; None before the first word."""
        text, end_s = self._decoding.partial
        if not text:
            return None
        return Transcript(
            (Hypothesis(text, _PARTIAL_CONFIDENCE),),
            is_final=False,
            start_s=self._start_s,
            end_s=end_s,
            engine=self._recognizer.name,
        )

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        """The result if the turn ended now. None when the worker is behind."""
        if self._closed or self._worker.waiting > _BUSY:
            return None
        try:
            return replace(await self._result(speech_end_s), is_final=False)
        except RecognizerFailed:
            return None  # `finish` tries again, and says so if that fails too

    async def finish(self, speech_end_s: float) -> Transcript:
        """The final transcript.

        Raises:
            RecognizerFailed: Vosk gave up, took too long, or the turn was cancelled.
        """
        if self._closed and self._attempt is None:
            raise RecognizerFailed("the turn was cancelled", engine=self._recognizer.name)
        try:
            return await self._result(speech_end_s)
        finally:
            self._close()

    def cancel(self) -> None:
        """Free everything."""
        if self._attempt is not None:
            self._attempt.future.cancel()
            self._attempt = None
        self._decoding.unwanted = True
        self._close()

    async def _result(self, speech_end_s: float) -> Transcript:
        attempt = self._attempt
        if attempt is None or not (self._closed or attempt.matches(speech_end_s)):
            attempt = self._attempt = self._ask(speech_end_s)
        done, _ = await asyncio.wait({attempt.future}, timeout=self._recognizer.timeout_s)
        if not done:
            raise RecognizerFailed(
                f"no result within {self._recognizer.timeout_s:g} s",
                engine=self._recognizer.name,
                retryable=True,
            )
        if attempt.future.cancelled():
            raise RecognizerFailed("the turn was cancelled", engine=self._recognizer.name)
        return attempt.future.result()

    def _ask(self, speech_end_s: float) -> "_Attempt":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Transcript] = loop.create_future()
        future.add_done_callback(_retrieved)
        asked = time.monotonic()

        def work() -> None:
            began = time.monotonic()
            try:
                readings = self._decoding.result()
            except Exception as error:  # noqa: BLE001  vosk raises nothing narrower
                failed = RecognizerFailed(str(error), engine=self._recognizer.name)
                failed.__cause__ = error
                _deliver(loop, future, failed)
                return
            transcript = Transcript(
                readings,
                start_s=self._start_s,
                end_s=speech_end_s,
                no_speech_probability=0.0 if readings else 1.0,
                engine=self._recognizer.name,
                decode_ms=(time.monotonic() - began) * 1000.0,
                queued_ms=(began - asked) * 1000.0,
            )
            _deliver(loop, future, transcript)

        self._worker.put(work)
        return _Attempt(speech_end_s, future)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._worker.put(self._decoding.close)
            self._recognizer.workers.leave(self._worker)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One result that was asked for: of the audio up to one end of speech."""

    speech_end_s: float
    future: asyncio.Future[Transcript]

    def matches(self, speech_end_s: float) -> bool:
        return abs(self.speech_end_s - speech_end_s) < _SAME_END_S


class _Decoding:
    """The worker's side of a turn: the audio so far, and a decoder that has heard it.

    A result ends a Vosk decoder. The audio is kept, so that when the caller speaks on after a
    speculation, a second decoder hears the turn from its start and nothing is lost at the seam.
    """

    def __init__(self, model: VoskModel, expectation: Expectation) -> None:
        self.partial = ("", 0.0)  # replaced as a whole: read from the event loop's thread
        self.unwanted = False  # set from there: frames that still wait needn't be decoded
        self._model = model
        self._expectation = expectation
        self._audio: list[Pcm] = []
        self._start_s = 0.0
        self._decoder: VoskDecoder | None = None
        self._samples = 0
        self._unheard = 0  # samples since the result that ended the last decoder
        self._failed: Exception | None = None
        self._closed = False

    def hear(self, frame: AudioFrame) -> None:
        full = self._samples >= _MAX_TURN_SAMPLES
        if self.unwanted or self._closed or self._failed is not None or full:
            return
        if not self._audio:
            self._start_s = frame.start_s
        self._audio.append(frame.pcm)
        self._samples += len(frame.pcm)
        self._unheard += len(frame.pcm)
        try:
            if self._decoder is not None:
                self._decoder.feed(frame.pcm)
            elif len(self._audio) == 1 or self._unheard >= _REOPEN_AFTER_SAMPLES:
                self._open()
            else:
                return
            if self._decoder is not None:
                self.partial = (self._decoder.partial(), frame.end_s)
        except Exception as error:  # noqa: BLE001  kept for whoever asks for the result
            self._failed = error

    def result(self) -> tuple[Hypothesis, ...]:
        if self._failed is not None:
            raise self._failed
        if self.unwanted or self._closed or not self._audio:
            return ()
        if self._decoder is None:
            self._open()
        decoder, self._decoder, self._unheard = self._decoder, None, 0
        return decoder.final() if decoder is not None else ()

    def close(self) -> None:
        self._closed = True
        self._audio.clear()
        if self._decoder is not None:
            with contextlib.suppress(Exception):
                self._decoder.abandon()
            self._decoder = None

    def _open(self) -> None:
        grammar = self._model.grammar(self._expectation)
        self._decoder = VoskDecoder(self._model, grammar, start_s=self._start_s)
        for pcm in self._audio:
            self._decoder.feed(pcm)


def _deliver(
    loop: asyncio.AbstractEventLoop,
    future: asyncio.Future[Transcript],
    result: Transcript | RecognizerFailed,
) -> None:
    """Hand a result from a worker thread to the loop."""

    def settle() -> None:
        if future.done():
            return
        if isinstance(result, RecognizerFailed):
            future.set_exception(result)
        else:
            future.set_result(result)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(settle)


def _retrieved(future: asyncio.Future[Transcript]) -> None:
    """A failed speculation that nobody asks about again is not an error of the loop."""
    if not future.cancelled():
        future.exception()
