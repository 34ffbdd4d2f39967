"""A voice that does what a test says, piece by piece."""

import threading
from collections.abc import Callable, Iterator

import numpy as np

from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import SynthesisFailed

WAIT_S = 10.0


def sound(text: str, samples: int = 1600) -> Pcm:
    """A sound that tells which text it stands for."""
    return np.full(samples, 1 + sum(text.encode()) % 30_000, np.int16)


class ScriptedVoice:
    """Says each sentence in `pieces` pieces of 0.1 s; can be held, fail, or hang."""

    def __init__(
        self,
        name: str = "scripted:1",
        *,
        languages: tuple[str, ...] = ("en",),
        local: bool = True,
        pieces: int = 3,
    ) -> None:
        self.name = name
        self.languages = languages
        self.local = local
        self.pieces = pieces
        self.said: list[str] = []  # sentences begun, in order
        self.made: list[str] = []  # one entry a piece
        self.closed = 0  # iterators that ended, in whatever way
        self.fail_on: Callable[[str, int], bool] = lambda _sentence, _piece: False
        self.hold: dict[str, threading.Event] = {}  # sentence: waits before each piece
        self.began = threading.Event()

    def synthesize(self, sentence: str, *, language: str = "en") -> Iterator[Pcm]:
        del language
        self.said.append(sentence)
        self.began.set()
        try:
            for piece in range(self.pieces):
                gate = self.hold.get(sentence)
                if gate is not None and not gate.wait(WAIT_S):
                    raise AssertionError("a test forgot to open the gate")
                if self.fail_on(sentence, piece):
                    raise SynthesisFailed("as the test said", voice=self.name)
                self.made.append(sentence)
                yield sound(sentence)
        finally:
            self.closed += 1

    def close(self) -> None:
        self.hold.clear()
