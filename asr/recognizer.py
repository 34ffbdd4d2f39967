"""The one interface of every recognizer: audio of a turn in, hypotheses out."""

from dataclasses import dataclass
from typing import Protocol

from voxdesk.kernel.audio import AudioFrame
from voxdesk.kernel.call import CallId
from voxdesk.kernel.speech import Expectation, Transcript


@dataclass(frozen=True, slots=True)
class RecognizerCapabilities:
    """What an engine can do; differences that leak are data, never isinstance().

    Attributes:
        partials: text while the caller still speaks.
        grammar: can be limited to the words of an expectation.
        word_times: words carry times.
        n_best: how many hypotheses it can give.
        languages: BCP 47 primary tags.
    """

    partials: bool
    grammar: bool
    word_times: bool
    n_best: int
    languages: tuple[str, ...]


class TurnRecognition(Protocol):
    """Recognition of one turn of one caller. Made for a turn, used once, on the asyncio loop."""

    def accept(self, frame: AudioFrame) -> None:
        """Take 20 ms of 16 kHz audio. Never blocks, never decodes here."""

    @property
    def partial(self) -> Transcript | None:
        """The newest text so far, where the engine has partials."""

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        """Decode up to `speech_end_s` (plus a little) though the turn may go on.

        Returns None at once when the workers have better things to do. A later `finish` with the
        same `speech_end_s` costs nothing.
        """

    async def finish(self, speech_end_s: float) -> Transcript:
        """The turn is over and its speech ended there: the final transcript.

        Joins a speculation of the same end, finished or in flight.

        Raises:
            RecognizerFailed: the engine gave up.
        """

    def cancel(self) -> None:
        """Nobody wants the result any more; frees everything. Harmless twice."""


class Recognizer(Protocol):
    """A loaded engine, shared by all calls."""

    @property
    def name(self) -> str:
        """Short, for logs and reports."""

    @property
    def capabilities(self) -> RecognizerCapabilities:
        """What it can do now."""

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> TurnRecognition:
        """A new turn that starts at `start_s`; the first frames are the lead-in before speech."""

    async def close(self) -> None:
        """Free workers and models."""
