"""Decoding of one turn by Vosk, as plain calls on whatever thread: audio in, readings out."""

from asr.decimate import Decimator
from asr.vosk_model import VoskModel
from asr.vosk_results import joined, partial_text, segment_hypotheses
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, silence
from voxdesk.kernel.speech import Hypothesis

# A grammar without a word for "anything else" hears one of its phrases in every sound, and is as
# sure of it as of the truth. What it says should be confirmed.
_UNGUARDED_CONFIDENCE = 0.5
# The acoustic model looks ahead; without silence behind it a clipped last word is lost.
_FLUSH_S = 0.2


class VoskDecoder:
    """One pass over the audio of one turn. Not for several threads at once."""

    def __init__(
        self, model: VoskModel, grammar: tuple[str, ...] | None, *, start_s: float
    ) -> None:
        """Begin at `start_s`, seconds since answer. May block for a new decoder to be built."""
        self._model = model
        self._grammar = grammar
        self._kaldi = model.take(grammar)
        self._offset_s = start_s - self._kaldi.heard_s
        self._ended = False
        self._decimator = Decimator() if model.sample_rate_hz < SAMPLE_RATE_HZ else None
        self._segments: list[tuple[Hypothesis, ...]] = []

    def feed(self, pcm: Pcm) -> None:
        """Take audio at 16 kHz, any number of samples."""
        if self._decimator is not None:
            pcm = self._decimator.accept_pcm(pcm)
        if self._kaldi.accept(pcm):
            self._take(self._kaldi.result())

    def partial(self) -> str:
        """The text so far."""
        closed = [segment[0].text for segment in self._segments if segment]
        return " ".join(part for part in (*closed, partial_text(self._kaldi.partial())) if part)

    def final(self) -> tuple[Hypothesis, ...]:
        """The readings of everything fed. Ends this object's life."""
        self.feed(silence(round(_FLUSH_S * SAMPLE_RATE_HZ)))
        self._take(self._kaldi.final())
        self._release()
        readings = joined(self._segments)
        if self._grammar is None or self._model.guards_grammar:
            return readings
        return tuple(
            Hypothesis(reading.text, min(reading.confidence, _UNGUARDED_CONFIDENCE), reading.words)
            for reading in readings
        )

    def abandon(self) -> None:
        """End without a result. Harmless after `final`."""
        if not self._ended:
            self._kaldi.final()
            self._release()

    def _take(self, message: str) -> None:
        self._segments.append(segment_hypotheses(message, offset_s=self._offset_s))

    def _release(self) -> None:
        self._ended = True
        if self._grammar is None:
            self._model.give_back(self._kaldi)
