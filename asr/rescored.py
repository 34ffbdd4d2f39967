"""Any recognizer with the step's expectations above it, for engines that don't use them themselves.

Whisper's decoder does this (and more, on its own encoding) inside; this is for Vosk and servers.
"""

import asyncio
import math
from dataclasses import replace
from typing import Final

from asr.closed_set import decide, is_candidate
from asr.language_model import Phrase, phrases_of, rescore
from asr.phonetics import words_of
from asr.recognizer import Recognizer, TurnRecognition
from voxdesk.kernel.audio import AudioFrame
from voxdesk.kernel.call import CallId
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript

_LEAST_CONFIDENCE: Final = 1e-4


class Rescored:
    """Ranks an engine's hypotheses by what is expected, and adds the phrase that was meant."""

    def __init__(self, recognizer: Recognizer) -> None:
        """Wrap a loaded engine, which this object closes."""
        self._recognizer = recognizer
        self.name = recognizer.name
        self.capabilities = recognizer.capabilities

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> TurnRecognition:
        """A turn of the engine; nothing is added where nothing is expected."""
        turn = self._recognizer.open_turn(call_id, expectation, start_s=start_s)
        if not phrases_of(expectation):
            return turn
        return _RescoredTurn(turn, expectation)

    async def close(self) -> None:
        """Close the engine."""
        await self._recognizer.close()


class _RescoredTurn:
    def __init__(self, turn: TurnRecognition, expectation: Expectation) -> None:
        self._turn = turn
        self._expectation = expectation

    def accept(self, frame: AudioFrame) -> None:
        self._turn.accept(frame)

    @property
    def partial(self) -> Transcript | None:
        return self._turn.partial

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        transcript = await self._turn.speculate(speech_end_s)
        if transcript is None:
            return None
        return await asyncio.to_thread(rescored, transcript, self._expectation)

    async def finish(self, speech_end_s: float) -> Transcript:
        transcript = await self._turn.finish(speech_end_s)
        return await asyncio.to_thread(rescored, transcript, self._expectation)

    def cancel(self) -> None:
        self._turn.cancel()


def rescored(transcript: Transcript, expectation: Expectation) -> Transcript:
    """The transcript with its hypotheses ranked by what is expected; none is lost.

    A phrase of a closed set, or a reading mended by sound, comes before what it was made of. Words
    stay with the hypotheses that the engine gave them to.
    """
    phrases = phrases_of(expectation)
    if not transcript.hypotheses or not phrases:
        return transcript
    readings = [(one.text, _nats(one)) for one in transcript.hypotheses]
    given = {one.text: one for one in transcript.hypotheses}
    duration_s = transcript.end_s - transcript.start_s
    if expectation.choices and is_candidate(transcript.text, duration_s):
        meant = _meant(readings, phrases, transcript)
        if meant is not None:
            others = (one for one in transcript.hypotheses if one.text != meant.text)
            return replace(transcript, hypotheses=(meant, *others))
    sure = transcript.hypotheses[0].confidence
    ranked = tuple(
        given.get(text, Hypothesis(text, sure * share))
        for text, share in rescore(readings, phrases)
    )
    return replace(transcript, hypotheses=ranked)


def _meant(
    readings: list[tuple[str, float]], phrases: tuple[Phrase, ...], transcript: Transcript
) -> Hypothesis | None:
    exact = next((p for p in phrases if p.words == words_of(transcript.text)), None)
    if exact is not None:
        return transcript.hypotheses[0]
    decided = decide(readings, phrases)
    return Hypothesis(decided.phrase.text, decided.confidence) if decided is not None else None


def _nats(hypothesis: Hypothesis) -> float:
    """Log probability of a whole hypothesis, from a confidence that is a mean over its words."""
    words = max(1, len(words_of(hypothesis.text)))
    return words * math.log(max(hypothesis.confidence, _LEAST_CONFIDENCE))
