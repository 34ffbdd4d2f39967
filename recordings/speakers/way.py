"""A way of telling who speaks when in one channel: what every one of them promises."""

from collections.abc import Callable
from typing import Protocol

from recordings.speakers.apart import Turn
from voxdesk.kernel.audio import Pcm

Progress = Callable[[float], None]
"""Is told how far the work is, 0..1. May raise, which ends the work: it was cancelled."""


class Way(Protocol):
    """Tells speakers apart. Loaded once; not to be used by two threads at once.

    Attributes:
        name: as an import names it ("d-vector", "mfcc", "pyannote").
    """

    @property
    def name(self) -> str:
        """See there."""

    def turns(self, pcm: Pcm, tell: Progress | None = None) -> list[Turn]:
        """Who speaks when: in order, one at a time, numbered as they are first heard.

        Args:
            pcm: 16 kHz, of any length; no speech gives no turns.
            tell: see `Progress`.
        """
