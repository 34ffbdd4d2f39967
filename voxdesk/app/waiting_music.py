"""What a caller hears who waits for a person: music, and between its pieces their place in line."""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dialog.events import Enqueue, Say
from dialog.prompts import Prompts
from tts.music import hold_music
from voxdesk.app.hearing import Hearing
from voxdesk.app.speaking import Speaking
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.speech import BargeIn

MUSIC = Say("", barge_in=BargeIn.OFF)
MUSIC_PIECE = 6 * SAMPLE_RATE_HZ  # announcements come between two pieces
POSITION_WITHIN_S = 1.0  # so long the music waits for the first word on the caller's place


@dataclass(slots=True)
class Waiting:
    """A caller's wait in a queue, as far as the caller hears of it."""

    position: int = 0
    agent: str = ""
    outcome: str = "abandoned"  # what it is if the caller hangs up
    left: asyncio.Event = field(default_factory=asyncio.Event)
    placed: asyncio.Event = field(default_factory=asyncio.Event)  # the position is known


@dataclass(frozen=True, slots=True)
class WaitingMusic:
    """Plays until it is cancelled.

    Attributes:
        language: of the call, which the flow may change.
        announce_every_s: how often a place that hasn't changed is told again.
    """

    speaking: Speaking
    hearing: Hearing
    prompts: Prompts
    language: Callable[[], str]
    announce_every_s: float

    async def play(self) -> None:
        """Music alone."""
        for piece in _music():
            await self._play(piece)

    async def entertain(self, waiting: Waiting, enqueue: Enqueue) -> None:
        """Music, the place in the queue whenever it changes, and how to leave it."""
        announced, since_ms = 0, 0
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(waiting.placed.wait(), POSITION_WITHIN_S)
        for piece in _music():
            now_ms = self.hearing.now_ms
            due = now_ms - since_ms >= self.announce_every_s * 1000
            if waiting.position and (waiting.position != announced or due):
                announced, since_ms = waiting.position, now_ms
                if announced == 1:
                    self.announce("queue_next")
                else:
                    self.announce("queue_position", position=announced)
                if enqueue.leave_key:
                    self.announce(enqueue.leave_wording, key=enqueue.leave_key)
            await self._play(piece)

    def announce(self, wording: str, /, **values: Any) -> None:
        """Say one of the house's own sentences; nobody can interrupt it."""
        language = self.language()
        text = self.prompts.get(wording, language, **values)
        self.speaking.say(Say(text, language=language, barge_in=BargeIn.OFF))

    async def _play(self, piece: Pcm) -> None:
        self.speaking.play(piece, MUSIC)
        await self.speaking.until_quiet()


_whole_music = functools.cache(hold_music)


def _music() -> Iterator[Pcm]:
    """Without an end, in pieces that follow each other without a seam."""
    music = _whole_music()
    while True:
        for start in range(0, len(music), MUSIC_PIECE):
            yield music[start : start + MUSIC_PIECE]
