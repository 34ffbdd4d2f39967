"""The one interface of every voice: a sentence in, sound out."""

from collections.abc import Iterator
from typing import Protocol

from voxdesk.kernel.audio import Pcm


class Synthesizer(Protocol):
    """A loaded voice. Blocking: called in a worker thread, never on the loop."""

    @property
    def name(self) -> str:
        """Unique, with version: part of the cache's key. Of a fallback: of whose turn it is."""

    @property
    def languages(self) -> tuple[str, ...]:
        """BCP 47 primary tags, the first is what it is best at."""

    @property
    def local(self) -> bool:
        """False: the text leaves this machine (never for sensitive text)."""

    def synthesize(self, sentence: str, *, language: str = "en") -> Iterator[Pcm]:
        """One normalized sentence as pieces of 16 kHz int16, the first as early as possible.

        Raises:
            SynthesisFailed: the voice can't say it.
        """

    def close(self) -> None:
        """Free the model."""
