"""Microsoft Edge's read-aloud voices over the internet, by the edge-tts library.

Free of charge and many languages, but the text leaves this machine and the service promises
nothing: wrap it in `FallbackVoice`, and never give it a person's data (`local` is False).
"""

import asyncio
import importlib.util
import io
import time
from collections.abc import AsyncGenerator, Iterator
from types import ModuleType
from typing import Any, cast

import numpy as np
import soundfile

from tts.shaping import Samples, SpeechShaper, gain_for
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import SynthesisFailed

DEFAULT_VOICES = {"en": "en-US-EmmaMultilingualNeural", "zh": "zh-CN-XiaoxiaoNeural"}

# How far the level of a first, still unknown, sentence may be corrected from its first sounds.
_FIRST_GAIN = (0.5, 2.0)
# 48 kbit/s MP3 of 24 kHz: 144 bytes a frame of 24 ms.
_FIRST_BYTES = 144 * 14
_MORE_BYTES = 144 * 32
# The end of what has come so far isn't final: the next frame overlaps into it.
_UNSETTLED_SAMPLES = 2 * 576


class EdgeVoice:
    """One voice of the service. `synthesize` may run in several threads.

    Args:
        voice: the service's name, e.g. "zh-CN-XiaoxiaoNeural"; None for the language's default.
        languages: what it is used for.
        connect_timeout_s: until the first sound.
        timeout_s: for the whole sentence.
        endpoint: another URL ("ws://host:port/path?x=y") that speaks the service's protocol.
        proxy: an HTTP proxy to reach the service through.
    """

    local = False

    def __init__(
        self,
        voice: str | None = None,
        *,
        languages: tuple[str, ...] = ("en",),
        connect_timeout_s: float = 1.5,
        timeout_s: float = 6.0,
        endpoint: str | None = None,
        proxy: str | None = None,
    ) -> None:
        self._voice = voice or DEFAULT_VOICES.get(languages[0], DEFAULT_VOICES["en"])
        self.languages = languages
        self._connect_timeout_s = connect_timeout_s
        self._timeout_s = timeout_s
        self._proxy = proxy
        self._client = _client_for(endpoint)
        self._closed = False
        self._gain: float | None = None  # learned from the sentences so far
        self.name = f"edge:{self._voice}:1"

    def synthesize(self, sentence: str, *, language: str = "en") -> Iterator[Pcm]:
        """One normalized sentence as pieces of 16 kHz int16, while it still arrives.

        Raises:
            SynthesisFailed: unreachable, refused, too slow, or cut off (after what had come).
        """
        del language  # the voice has its own
        if self._closed:
            raise SynthesisFailed("the voice is closed", voice=self.name)
        decoder = _Mp3Stream()
        shaper: SpeechShaper | None = None
        said = False
        raw: list[Samples] = []
        for samples in self._samples(sentence, decoder):
            raw.append(samples)
            if shaper is None:
                gain = self._gain or gain_for(samples, decoder.sample_rate_hz)
                shaper = SpeechShaper(decoder.sample_rate_hz, float(np.clip(gain, *_FIRST_GAIN)))
            piece = shaper.push(samples)
            if len(piece):
                said = True
                yield piece
        rest = shaper.finish() if shaper is not None else None
        if rest is not None and len(rest):
            said = True
            yield rest
        if not said:
            raise SynthesisFailed("the service sent no sound", voice=self.name)
        self._gain = gain_for(np.concatenate(raw), decoder.sample_rate_hz)

    def close(self) -> None:
        """No further sentences."""
        self._closed = True

    def _samples(self, sentence: str, decoder: "_Mp3Stream") -> Iterator[Samples]:
        """Everything that is asynchronous, stepped from this thread."""
        deadline = time.monotonic() + self._timeout_s
        step_deadline = time.monotonic() + min(self._timeout_s, self._connect_timeout_s)
        with asyncio.Runner() as runner:
            try:
                messages = self._messages(sentence)
            except (ValueError, TypeError) as error:  # a voice name that can't be one
                raise SynthesisFailed(str(error), voice=self.name) from error
            try:
                while True:
                    data = runner.run(self._next(messages, step_deadline))
                    if data is None:
                        break
                    step_deadline = deadline
                    samples = decoder.push(data)
                    if len(samples):
                        yield samples
            finally:
                runner.run(_aclose(messages))
        rest = decoder.finish()
        if len(rest):
            yield rest

    async def _messages(self, sentence: str) -> AsyncGenerator[bytes, None]:
        talk = self._client.Communicate(
            sentence,
            self._voice,
            proxy=self._proxy,
            connect_timeout=max(1, round(self._connect_timeout_s)),
            receive_timeout=max(1, round(self._timeout_s)),
        )
        stream = talk.stream()
        try:
            async for message in stream:
                if message["type"] == "audio":
                    yield message["data"]
            # edge-tts takes a connection that is cut for the end. It sets this counter to 0 only
            # when the service says that the sentence is complete.
            if talk.state["chunk_audio_bytes"]:
                raise ConnectionError("cut in the middle")
        finally:
            await stream.aclose()

    async def _next(self, messages: AsyncGenerator[bytes, None], deadline: float) -> bytes | None:
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                return await anext(messages, None)
        except TimeoutError as error:
            raise SynthesisFailed(
                f"the service didn't answer within {self._connect_timeout_s:g} s, "
                f"or its sound didn't end within {self._timeout_s:g} s",
                voice=self.name,
            ) from error
        except Exception as error:  # edge-tts, aiohttp and the TLS library each have their own
            raise SynthesisFailed(
                f"the service failed ({type(error).__name__})", voice=self.name
            ) from error


async def _aclose(messages: AsyncGenerator[bytes, None]) -> None:
    try:
        async with asyncio.timeout(0.5):
            await messages.aclose()
    except Exception:  # noqa: BLE001, S110  the connection is being thrown away
        pass


def _client_for(endpoint: str | None) -> ModuleType:
    """edge-tts's client module; for another endpoint a copy of its own, since the URL is global."""
    spec = importlib.util.find_spec("edge_tts.communicate")
    if spec is None or spec.loader is None:
        raise SynthesisFailed("the package edge-tts is not installed", voice="edge")
    if endpoint is None:
        return importlib.import_module("edge_tts.communicate")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cast("Any", module).WSS_URL = endpoint
    return module


class _Mp3Stream:
    """MP3 in, samples out, as soon as they are final.

    libsndfile reads files, not streams, so what has come so far is decoded again each time; a
    sentence is some 20 kB and takes well under a millisecond.
    """

    def __init__(self) -> None:
        self.sample_rate_hz = 24_000
        self._data = bytearray()
        self._decoded_bytes = 0
        self._given = 0

    def push(self, data: bytes) -> Samples:
        self._data += data
        enough = _MORE_BYTES if self._given else _FIRST_BYTES
        if len(self._data) - self._decoded_bytes < enough:
            return np.zeros(0, np.float32)
        return self._decode(_UNSETTLED_SAMPLES)

    def finish(self) -> Samples:
        return self._decode(0) if self._data else np.zeros(0, np.float32)

    def _decode(self, hold_back: int) -> Samples:
        self._decoded_bytes = len(self._data)
        try:
            samples, rate = soundfile.read(
                io.BytesIO(bytes(self._data)), dtype="float32", always_2d=True
            )
        except (soundfile.LibsndfileError, RuntimeError) as error:
            if hold_back:
                return np.zeros(0, np.float32)  # too little to know its format yet
            raise SynthesisFailed("what the service sent is no MP3", voice="edge") from error
        self.sample_rate_hz = int(rate)
        final = max(self._given, len(samples) - hold_back)
        fresh: Samples = samples[self._given : final, 0]
        self._given = final
        return fresh
