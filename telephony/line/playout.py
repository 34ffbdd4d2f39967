"""What one leg plays: utterances in order, each with its position, or live audio.

Pure: no clock, no threads, no pjsua2. One thread owns an instance; `next_frame` is called for each
20 ms that goes to RTP. PCM is bytes of mono int16 at 16 kHz, so that a line needs no numpy.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from telephony.messages import BYTES_PER_MS, FRAME_BYTES, LegCleared, LegPlayed

REPORT_EVERY_BYTES: Final = 200 * BYTES_PER_MS
LIVE_FRAMES: Final = 2
"""Live mode holds at most this many frames, 40 ms."""
REMEMBERED: Final = 256
"""So many ended utterances are known by name; older chunks of a cleared one would play again."""
OWN_UTTERANCES: Final = 2**32 - 16
"""From here on names are the line's own: what it says while no engine is there."""


class _Utterance:
    __slots__ = ("chunks", "closed", "id", "paused", "played", "reported", "start")

    def __init__(self, utterance: int) -> None:
        self.id = utterance
        self.chunks: deque[bytes] = deque()
        self.start = 0  # bytes of chunks[0] that are played
        self.played = 0  # bytes, in all
        self.reported = 0
        self.paused = False
        self.closed = False

    def take(self, size: int) -> bytes:
        """Up to `size` bytes, fewer when there are no more yet."""
        taken = b""
        while self.chunks and len(taken) < size:
            chunk = self.chunks[0]
            piece = chunk[self.start : self.start + size - len(taken)]
            self.start += len(piece)
            if self.start == len(chunk):
                self.chunks.popleft()
                self.start = 0
            taken = taken + piece if taken else piece
        self.played += len(taken)
        return taken

    def take_plainly(self) -> bytes:
        """One frame out of the middle, where there is nothing to tell; else nothing.

        This is nine frames of ten, and the less runs for them the better.
        """
        if self.paused or not self.played or not self.chunks:
            return b""
        chunk, end = self.chunks[0], self.start + FRAME_BYTES
        played = self.played + FRAME_BYTES
        if end >= len(chunk) or played - self.reported >= REPORT_EVERY_BYTES:
            return b""
        frame = chunk[self.start : end]
        self.start, self.played = end, played
        return frame

    @property
    def position_ms(self) -> int:
        return self.played // BYTES_PER_MS


class Playout:
    """The playing side of one leg.

    Utterances play one after another in the order of their first append, without a gap; one that
    is open and has run dry holds the next back. Live audio is heard while no utterance plays.

    Args:
        leg: number of the leg, for the messages.
        emit: takes `LegPlayed` (at an utterance's first frame, about each 200 ms and at its end)
            and `LegCleared`.

    Attributes:
        dropped_live: live frames that came too late.
        newest: the highest name of an utterance of the engine's.
    """

    def __init__(self, leg: int, emit: Callable[[LegPlayed | LegCleared], None]) -> None:
        self._leg = leg
        self._emit = emit
        self._queue: deque[_Utterance] = deque()
        self._by_id: dict[int, _Utterance] = {}
        self._ended: OrderedDict[int, tuple[int, bool]] = OrderedDict()  # position_ms, cleared
        self._live = False
        self._live_frames: deque[bytes] = deque()
        self._now_ms = 0
        self.dropped_live = 0
        self.newest = 0

    def append(self, utterance: int, pcm: bytes, *, last: bool) -> None:
        """More of an utterance; dropped when it was cleared, or ended."""
        if utterance in self._ended:
            return
        entry = self._by_id.get(utterance)
        if entry is None:
            entry = self._by_id[utterance] = _Utterance(utterance)
            self._queue.append(entry)
            if utterance < OWN_UTTERANCES:
                self.newest = max(self.newest, utterance)
        if pcm and not entry.closed:
            entry.chunks.append(pcm)
        entry.closed = entry.closed or last

    def pause(self, utterance: int) -> None:
        """Hold it where it is, and what is queued behind it."""
        if entry := self._by_id.get(utterance):
            entry.paused = True

    def resume(self, utterance: int) -> None:
        """Go on from there."""
        if entry := self._by_id.get(utterance):
            entry.paused = False

    def clear(self, utterance: int) -> None:
        """Drop the rest. `LegCleared` is emitted once, however often this is called."""
        entry = self._by_id.pop(utterance, None)
        if entry is not None:
            self._queue.remove(entry)
            position_ms = entry.position_ms
        else:
            position_ms, was_cleared = self._ended.get(utterance, (0, False))
            if was_cleared:
                return
        self._remember(utterance, position_ms, cleared=True)
        self._emit(LegCleared(self._leg, utterance, position_ms, self._now_ms))

    def wind_up(self) -> None:
        """Nothing more comes: what is there plays to its end, what was paused is dropped."""
        self.set_live(on=False)
        for entry in list(self._queue):
            entry.closed = True
            if entry.paused:
                self.clear(entry.id)

    def drop_all(self) -> None:
        """Silence from now on."""
        self.set_live(on=False)
        for utterance in [entry.id for entry in self._queue]:
            self.clear(utterance)

    @property
    def idle(self) -> bool:
        """Nothing is left to play."""
        return not self._queue

    def set_live(self, *, on: bool) -> None:
        """Take live audio from now on, or no longer."""
        self._live = on
        self._live_frames.clear()

    def push_live(self, pcm: bytes) -> None:
        """20 ms of live audio; the oldest is dropped when there are 40 ms already."""
        if not self._live:
            return
        if len(self._live_frames) >= LIVE_FRAMES:
            self._live_frames.popleft()
            self.dropped_live += 1
        self._live_frames.append(pcm)

    def next_frame(self, start_ms: int) -> bytes | None:
        """The 20 ms that begin at this leg offset, or None for silence.

        Args:
            start_ms: since answer, for the messages.
        """
        self._now_ms = start_ms + FRAME_BYTES // BYTES_PER_MS
        frame = self._queue[0].take_plainly() if self._queue else b""
        if not frame and self._queue:
            frame = self._from_utterances(start_ms)
        if not frame and self._live_frames:
            frame = self._live_frames.popleft()
        if not frame:
            return None
        return frame if len(frame) == FRAME_BYTES else frame[:FRAME_BYTES].ljust(FRAME_BYTES, b"\0")

    def _from_utterances(self, start_ms: int) -> bytes:
        frame = b""
        while self._queue and len(frame) < FRAME_BYTES:
            entry = self._queue[0]
            if entry.paused:
                break
            first = entry.played == 0
            piece = entry.take(FRAME_BYTES - len(frame))
            frame = frame + piece if frame else piece
            at_ms = start_ms + len(frame) // BYTES_PER_MS
            finished = entry.closed and not entry.chunks
            if finished:
                self._queue.popleft()
                del self._by_id[entry.id]
                self._remember(entry.id, entry.position_ms, cleared=False)
            if finished or (
                piece and (first or entry.played - entry.reported >= REPORT_EVERY_BYTES)
            ):
                entry.reported = entry.played
                self._emit(LegPlayed(self._leg, entry.id, entry.position_ms, finished, at_ms))
            if not finished:
                break
        return frame

    def _remember(self, utterance: int, position_ms: int, *, cleared: bool) -> None:
        self._ended[utterance] = (position_ms, cleared)
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
