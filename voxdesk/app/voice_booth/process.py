"""The process: settings on the first line of its input, then `Asked` lines; `Answer` lines out.

Models are loaded when they are first needed. Who isn't asked for some minutes ends.
"""

import asyncio
import base64
import contextlib
import io
import os
import sys
from typing import Final

import numpy as np
import soxr

from asr.recognizer import Recognizer
from asr.workers import DecodingPool
from recordings.sound import mono_wav, read_frames, sound_format
from tts.speech import SpeechService
from voxdesk.app.recognizers import load_recognizer
from voxdesk.app.settings import Settings
from voxdesk.app.voice_booth.asked import LONGEST_SOUND_S, Answer, Asked, Hear, Say
from voxdesk.app.voices import load_speech
from voxdesk.app.with_parent import end_with_parent
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm, silence
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, VoxdeskError

NICENESS: Final = 5
IDLE_S: Final = 300.0
NARROW_HZ: Final = 8000
AROUND_MS: Final = 300
"""Silence before and after an utterance, as calls have it."""
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8000, 96_000


class Booth:
    """Speaks and hears."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._speech: SpeechService | None = None
        self._recognizer: Recognizer | None = None

    async def answer(self, asked: Say | Hear) -> Answer:
        """What comes of it.

        Raises:
            VoxdeskError: there is no model, or it failed.
        """
        return await (self._say(asked) if isinstance(asked, Say) else self._hear(asked))

    async def _say(self, asked: Say) -> Answer:
        if self._speech is None:
            self._speech = await asyncio.to_thread(load_speech, self._settings)
        if asked.language.partition("-")[0] not in self._speech.languages:
            raise VoxdeskError(f"No voice for {asked.language} is installed.")
        spoken = self._speech.speak(asked.text, language=asked.language, sensitive=asked.sensitive)
        pieces = [piece.pcm async for piece in spoken]
        pcm = np.concatenate(pieces) if pieces else silence(FRAME_SAMPLES)
        rate = NARROW_HZ if asked.narrow else SAMPLE_RATE_HZ
        sound = soxr.resample(pcm, SAMPLE_RATE_HZ, rate) if asked.narrow else pcm
        return Answer(sound=base64.b64encode(mono_wav(sound, rate)).decode())

    async def _hear(self, asked: Hear) -> Answer:
        pcm = await asyncio.to_thread(_samples, asked)
        if self._recognizer is None:
            pool = DecodingPool(1)
            self._recognizer = await asyncio.to_thread(load_recognizer, self._settings, pool)
        around = silence(AROUND_MS * SAMPLE_RATE_HZ // 1000)
        whole = np.concatenate((around, pcm, around))
        turn = self._recognizer.open_turn(CallId("trial"), asked.expectation, start_s=0.0)
        try:
            for at in range(0, len(whole), FRAME_SAMPLES):
                turn.accept(AudioFrame(whole[at : at + FRAME_SAMPLES], at))
            heard = await turn.finish((len(around) + len(pcm)) / SAMPLE_RATE_HZ)
        finally:
            turn.cancel()
        texts = tuple(one.text for one in heard.hypotheses if one.text.strip())
        return Answer(texts=texts, confidence=heard.confidence, engine=heard.engine)


def _samples(asked: Hear) -> Pcm:
    """At 16 kHz.

    Raises:
        AudioFormatError: it is no such sound.
    """
    file = io.BytesIO(base64.b64decode(asked.sound))
    shape = sound_format(file)
    rate = shape.sample_rate_hz
    if not LOWEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
        raise AudioFormatError(f"a sound of {rate} Hz")
    frames = read_frames(file, 0, LONGEST_SOUND_S * rate)
    pcm = np.ascontiguousarray(frames[:, 0])
    if asked.narrow and rate > NARROW_HZ:
        pcm, rate = soxr.resample(pcm, rate, NARROW_HZ), NARROW_HZ
    if rate != SAMPLE_RATE_HZ:
        pcm = soxr.resample(pcm, rate, SAMPLE_RATE_HZ)
    found: Pcm = pcm.astype(np.int16, copy=False)
    return found


async def work() -> None:
    """Answer until nobody asks any more."""
    with open(os.dup(1), "w", encoding="utf-8") as out:  # noqa: ASYNC230, PTH123  a pipe
        os.dup2(2, 1)  # whatever a library prints is no line of ours
        settings = Settings.model_validate_json(sys.stdin.readline())
        booth = Booth(settings)
        while True:
            async with asyncio.timeout(IDLE_S):
                line = await asyncio.to_thread(sys.stdin.readline)
            if not line:
                return
            try:
                answer = await booth.answer(Asked.model_validate_json(line).one)
            except VoxdeskError as error:
                answer = Answer(code=error.code, error=str(error))
            out.write(answer.model_dump_json() + "\n")
            out.flush()


def main() -> None:
    """The process."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    end_with_parent()
    with contextlib.suppress(TimeoutError, KeyboardInterrupt):
        asyncio.run(work())
    os._exit(0)  # threads of models, or one that still reads, wait for nobody


if __name__ == "__main__":
    main()
