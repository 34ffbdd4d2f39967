"""The one interface of every voice: a sentence in, sound out."""

from collections.abc import Iterator
from typing import Protocol

from voxdesk.kernel.audio import Pcm


class Synthesizer(Protocol):
    """A loaded voice. Blocking: called in a worker thread, never on the loop."""

    name: str  # unique, with version; part of the cache's key
    languages: tuple[str, ...]
    local: bool  # False: the text leaves this machine (never for sensitive text)

    def synthesize(self, sentence: str, *, language: str = "en") -> Iterator[Pcm]:
        """One normalized sentence as pieces of 16 kHz int16, the first as early as possible.

        Raises:
            SynthesisFailed: the voice can't say it.
        """

    def close(self) -> None:
        """Free the model."""
