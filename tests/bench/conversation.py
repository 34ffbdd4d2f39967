"""One caller in conversation, and what it measures of each turn.

The rules, fixed once so that products compare:

- speech starts and ends with the first and last 20 ms whose level is within 35 dB of the file's
  loudest 20 ms; t_start and t_end are the moments at which these frames *left* the phone;
- the answerer is heard in 20 ms pieces above -50 dBFS, each at the moment at which a phone
  without jitter buffer would play it;
- voice to voice: first such piece after t_end, minus t_end;
- cut off: such a piece between t_start and t_end that isn't the end of the previous reply;
- missed: none within 5 s of t_end (the caller waits up to 12 s before going on);
- barge-in, silence: end of the interrupted reply (pieces less than 0.35 s apart) minus t_start;
- barge-in, pause: the same with 0.1 s, which a short pause for thought already shows.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.speech import FRAME, PlannedTurn
from voxdesk.testing.rtp_receive import PIECE_S
from voxdesk.testing.softphone import CallFailed, PhoneCall

FRAME_S = 0.020
MIN_SILENCE_S = 3.0  # after an utterance, before the caller takes the reply for finished
REPLY_PAUSE_S = 0.7
GIVE_UP_S = 5.0
WAIT_S = 12.0
INTERRUPT_AFTER_S = 0.8
SAME_REPLY_GAP_S = 0.35
PAUSE_GAP_S = 0.1
SPURT_GAP_S = 0.6
BARGE_WINDOW_S = 3.0


@dataclass(slots=True)
class Turn:
    """One measured turn; moments are `time.monotonic()`, lengths seconds."""

    call: int
    number: int
    utterance: str
    source: str
    speech_s: float
    pause_ms: int
    interrupts: bool
    t_start: float = 0.0
    t_end: float = 0.0
    voice_to_voice_s: float | None = None
    silence_s: float | None = None
    pause_s: float | None = None
    cut_off: bool = False
    missed: bool = False
    noisy: bool = False
    replies: int = 0


class Caller:
    """Talks through a plan and notes each turn."""

    def __init__(self, number: int, call: PhoneCall, plan: Sequence[PlannedTurn]) -> None:
        self.number = number
        self.call = call
        self.turns: list[Turn] = []
        self.failure = ""
        self._plan = plan

    async def talk(self, *, until_s: float = float("inf")) -> None:
        """The whole plan, after the greeting; stops early at `until_s` or when the call ends."""
        try:
            await self.call.hears_prompt(30.0, pause_s=REPLY_PAUSE_S, since_s=self.call.answered_s)
            interrupts = False
            for number, planned in enumerate(self._plan):
                if time.monotonic() > until_s:
                    break
                following = self._plan[number + 1 : number + 2]
                interrupts = await self._turn(
                    number, planned, interrupts=interrupts, next_interrupts=_interrupts(following)
                )
        except CallFailed as failure:
            self.failure = str(failure)

    async def _turn(
        self, number: int, planned: PlannedTurn, *, interrupts: bool, next_interrupts: bool
    ) -> bool:
        """One utterance and its reply; whether the next utterance interrupts that reply."""
        said = planned.utterance
        received = self.call.stream.received
        turn = Turn(
            call=self.number,
            number=number,
            utterance=said.name,
            source=said.source,
            speech_s=said.speech_s,
            pause_ms=said.pause_ms,
            interrupts=interrupts,
        )
        skipped = said.first if interrupts else 0  # who interrupts starts with the first sound
        playing = await self.call.say_all(said.pcm[skipped * FRAME :])
        if self.call.ended is not None:
            raise CallFailed(f"the call ended in turn {number}: {self.call.ended}")
        turn.t_start = playing.sent_s[said.first - skipped]
        turn.t_end = playing.sent_s[said.last - skipped]
        interrupt_next = await self._wait_reply(turn, may_interrupt=next_interrupts)
        before_s = (received.last_audible_end(turn.t_start) or 0.0) - PIECE_S
        measure(turn, received.audible(turn.t_start), before_s)
        self.turns.append(turn)
        return interrupt_next

    async def _wait_reply(self, turn: Turn, *, may_interrupt: bool) -> bool:
        received = self.call.stream.received
        while True:
            await asyncio.sleep(FRAME_S / 2)
            if self.call.ended is not None:
                raise CallFailed(f"the call ended in turn {turn.number}: {self.call.ended}")
            now_s = time.monotonic()
            first_s = received.first_audible(turn.t_end)
            if first_s is None:
                if now_s > turn.t_end + WAIT_S:
                    return False
                continue
            if may_interrupt and now_s > first_s + INTERRUPT_AFTER_S:
                return True
            last_s = received.last_audible_end() or 0.0
            if now_s > turn.t_end + MIN_SILENCE_S and now_s > last_s + REPLY_PAUSE_S:
                return False


def measure(turn: Turn, heard: list[float], before_s: float) -> None:
    """Fill in a turn's figures.

    Args:
        turn: with its moments.
        heard: starts of the audible pieces from t_start on, in order.
        before_s: start of the last piece heard before the turn.
    """
    if turn.interrupts:
        turn.pause_s = max(0.0, _runs_until(heard, before_s, turn, PAUSE_GAP_S) - turn.t_start)
        end_s = _runs_until(heard, before_s, turn, SAME_REPLY_GAP_S)
        turn.silence_s = max(0.0, end_s - turn.t_start)
        heard = [piece_s for piece_s in heard if piece_s >= end_s]
    after = [piece_s for piece_s in heard if piece_s >= turn.t_end]
    turn.cut_off = len(after) < len(heard)
    turn.missed = not after or after[0] - turn.t_end > GIVE_UP_S
    turn.voice_to_voice_s = after[0] - turn.t_end if after else None
    turn.replies = sum(
        index == 0 or piece_s - heard[index - 1] > SPURT_GAP_S
        for index, piece_s in enumerate(heard)
    )


def _runs_until(heard: list[float], before_s: float, turn: Turn, gap_s: float) -> float:
    """End of the audio that runs on from before the turn, without a gap as long as that."""
    last_s = before_s
    for piece_s in heard:
        if piece_s >= turn.t_start + BARGE_WINDOW_S or piece_s - last_s >= gap_s:
            break
        last_s = piece_s
    return last_s + PIECE_S


def _interrupts(following: Sequence[PlannedTurn]) -> bool:
    return bool(following) and following[0].interrupts
