"""Readings made off the loop: what is costly about a sentence is done before the dialogue asks."""

import asyncio
from collections.abc import Callable, Sequence

from asr.recognizer import Recognizer, RecognizerCapabilities, TurnRecognition
from dialog.understanding import guessed
from voxdesk.kernel.audio import AudioFrame
from voxdesk.kernel.call import CallId
from voxdesk.kernel.speech import Expectation, Transcript

Read = Callable[[str, Sequence[str]], None]
"""Makes ready what understanding texts in a language will need; blocks for milliseconds."""


class EarlyReading:
    """Any recognizer; where sentences are understood, they come with their meaning at hand."""

    def __init__(self, recognizer: Recognizer, read: Read) -> None:
        """Wrap a loaded engine, which this object closes. `read` is called in threads."""
        self.recognizer = recognizer
        """The engine."""
        self._read_texts = read

    @property
    def name(self) -> str:
        """The engine's."""
        return self.recognizer.name

    @property
    def capabilities(self) -> RecognizerCapabilities:
        """The engine's."""
        return self.recognizer.capabilities

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> TurnRecognition:
        """A turn of the engine."""
        turn = self.recognizer.open_turn(call_id, expectation, start_s=start_s)
        if not expectation.sentences:
            return turn
        return _EarlyTurn(turn, expectation, self._read_texts)

    async def close(self) -> None:
        """Close the engine."""
        await self.recognizer.close()


class _EarlyTurn:
    def __init__(self, turn: TurnRecognition, expectation: Expectation, read: Read) -> None:
        self._turn = turn
        self._expectation = expectation
        self._read_texts = read

    def accept(self, frame: AudioFrame) -> None:
        self._turn.accept(frame)

    @property
    def partial(self) -> Transcript | None:
        return self._turn.partial

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        transcript = await self._turn.speculate(speech_end_s)
        if transcript is not None:
            await self._read(transcript)
        return transcript

    async def finish(self, speech_end_s: float) -> Transcript:
        transcript = await self._turn.finish(speech_end_s)
        await self._read(transcript)
        return transcript

    def cancel(self) -> None:
        self._turn.cancel()

    async def _read(self, transcript: Transcript) -> None:
        texts = guessed(transcript, self._expectation)
        if texts:
            await asyncio.to_thread(self._read_texts, self._expectation.language, texts)
