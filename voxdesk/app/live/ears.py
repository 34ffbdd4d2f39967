"""Listening to a call while it goes on: both sides, 20 ms at a time, never in the call's way."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

import numpy as np

from telephony.legs import AudioReceived
from voxdesk.kernel.audio import FRAME_MS, SAMPLE_RATE_HZ

MOST_WAITING: Final = 600 // FRAME_MS
"""Frames; the oldest go first, so that nothing that comes late stays as delay."""
STUCK_AFTER: Final = 10_000 // FRAME_MS
"""Frames lost in a row: nobody listens there any more."""
SILENT_AFTER_SAMPLES: Final = SAMPLE_RATE_HZ
"""The tone of a sensitive step's last key may still sound in the next step."""
BYTES_A_FRAME: Final = FRAME_MS * SAMPLE_RATE_HZ // 1000 * 2 * 2


class Ear:
    """One listener's. Frames are int16, little-endian, interleaved: caller left, answer right."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._lost = 0
        self._news = asyncio.Event()
        self._over = False

    @property
    def is_over(self) -> bool:
        """The call has ended, or the listener got stuck."""
        return self._over

    def give(self, frame: bytes) -> None:
        """20 ms more."""
        self._lost = self._lost + 1 if len(self._waiting) == MOST_WAITING else 0
        if self._lost >= STUCK_AFTER:
            self.close()
            return
        self._waiting.append(frame)
        self._news.set()

    def close(self) -> None:
        """Nothing more comes."""
        self._over = True
        self._news.set()

    async def sound(self) -> AsyncIterator[bytes]:
        """Whole frames, as they come, until the call is over."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._waiting:
                sound = b"".join(self._waiting)
                self._waiting.clear()
                yield sound
            if self._over:
                return


class Ears:
    """Everybody who listens to one call."""

    def __init__(self) -> None:
        self._ears: tuple[Ear, ...] = ()
        self._silent_until = 0
        self._over = False

    def hear(self, event: AudioReceived, *, sensitive: bool) -> None:
        """20 ms of both directions; silence instead of what is sensitive."""
        if sensitive:
            self._silent_until = event.heard.offset + SILENT_AFTER_SAMPLES
        if not self._ears:
            return
        frame = _stereo(event, silent=event.heard.offset < self._silent_until)
        for ear in self._ears:
            ear.give(frame)

    def join(self) -> Ear:
        """Somebody listens from now on."""
        ear = Ear()
        if self._over:
            ear.close()
        else:
            self._ears = (*self._ears, ear)
        return ear

    def leave(self, ear: Ear) -> None:
        """They don't any more."""
        self._ears = tuple(one for one in self._ears if one is not ear)

    def close(self) -> None:
        """The call is over."""
        self._over = True
        for ear in self._ears:
            ear.close()
        self._ears = ()


def _stereo(event: AudioReceived, *, silent: bool) -> bytes:
    frames = np.zeros((len(event.heard.pcm), 2), "<i2")
    if not silent:
        frames[:, 0] = event.heard.pcm
        if event.sent is not None:
            length = min(len(event.sent), len(frames))
            frames[:length, 1] = event.sent[:length]
    return frames.tobytes()
