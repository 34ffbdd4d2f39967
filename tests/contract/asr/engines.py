"""Every recognizer that must keep the contract: a function each, and a line in ENGINES."""

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fixtures import korean_speech, vosk_server

from asr.fallback import FallbackRecognizer
from asr.recognizer import Recognizer
from asr.remote import RemoteRecognizer
from asr.whisper import WhisperRecognizer
from asr.workers import DecodingPool
from tts.piper import PiperVoice
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.speech import Expectation


@dataclass(frozen=True)
class Engine:
    """A recognizer, and two things to say to it that it understands.

    Attributes:
        recognizer: ready.
        expectation: what the turns wait for.
        first: speech without silence around it.
        first_word: must be in its transcript.
        second: further speech.
        second_word: must be in its transcript and is not in the first.
        foreign: a language that it doesn't know.
    """

    recognizer: Recognizer
    expectation: Expectation
    first: Pcm
    first_word: str
    second: Pcm
    second_word: str
    foreign: str


def _korean(recognizer: Recognizer) -> Engine:
    return Engine(
        recognizer,
        korean_speech.MENU,
        first=korean_speech.say(korean_speech.AGENT),
        first_word="상담원",
        second=korean_speech.say(korean_speech.NO),
        second_word="아니요",
        foreign="en",
    )


@asynccontextmanager
async def vosk() -> AsyncIterator[Engine]:
    yield _korean(korean_speech.recognizer())


@asynccontextmanager
async def remote() -> AsyncIterator[Engine]:
    korean_speech.recognizer()
    async with vosk_server.running() as server:
        recognizer = RemoteRecognizer(server.url, language="ko", grammar=True, timeout_s=45.0)
        yield _korean(recognizer)
        await recognizer.close()


@asynccontextmanager
async def fallback_from_an_absent_server() -> AsyncIterator[Engine]:
    absent = RemoteRecognizer("ws://127.0.0.1:9", language="ko")
    yield _korean(FallbackRecognizer([absent, korean_speech.recognizer()]))
    await absent.close()


@functools.cache
def _english(text: str) -> Pcm:
    voice = PiperVoice()
    try:
        return np.concatenate(list(voice.synthesize(text)))
    finally:
        voice.close()


@asynccontextmanager
async def whisper() -> AsyncIterator[Engine]:
    pool = DecodingPool(2)
    yield Engine(
        WhisperRecognizer.load("tiny.en", models_dir=Path("var/models"), pool=pool),
        Expectation(),
        first=_english("I would like to speak to an agent please."),
        first_word="agent",
        second=_english("My parcel is missing."),
        second_word="missing",
        foreign="ko",
    )
    await pool.close()


ENGINES: dict[str, Callable[[], AbstractAsyncContextManager[Engine]]] = {
    "vosk": vosk,
    "remote": remote,
    "fallback": fallback_from_an_absent_server,
    "whisper": whisper,
}
