"""A real caller whose call must not suffer: both directions are measured while others attack."""

import asyncio
import random
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from voxdesk.kernel.audio import Pcm
from voxdesk.testing.signal_checks import share_heard
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone

RATE_HZ = 8_000
FRAME_S = 0.02
_SETTLE_S = 0.5
_COMPARED_S = 15.0  # to look for each part everywhere takes long
HOST = "127.0.0.10"
"""Real callers come from here: not 127.0.0.1, which a line trusts."""


def tune(seconds: float, seed: int) -> Pcm:
    """8 kHz sound that is like no other, nor like itself at another moment."""
    dice = np.random.default_rng(seed)
    steps = max(1, round(seconds * 40))
    pitch = np.repeat(dice.uniform(300, 2800, steps), RATE_HZ // 40)
    loud = np.repeat(dice.uniform(0.3, 1.0, steps), RATE_HZ // 40)
    phase = np.cumsum(2 * np.pi * pitch / RATE_HZ)
    return (9000 * loud * np.sin(phase)).astype(np.int16)


@dataclass(slots=True)
class Quality:
    """What a call was like.

    Attributes:
        seconds: that it was watched for.
        expected: frames that should have come to the caller in that time.
        received: frames that came.
        lost: sequence numbers that never came.
        gaps: waits above 40 ms.
        longest_gap_ms: longest wait between two frames.
        heard_by_us: share of the caller's half seconds, of the first 15 s, that came to our end as
            they were said; None where our end can't be listened to.
        late_ms: by how much this generator itself was late at worst.
        alive: the call was still up at the end.
    """

    seconds: float = 0.0
    expected: int = 0
    received: int = 0
    lost: int = 0
    gaps: int = 0
    longest_gap_ms: float = 0.0
    heard_by_us: float | None = None
    late_ms: float = 0.0
    alive: bool = True


class Witness:
    """A call that is watched: `async with Witness(uri) as witness: …`, then `witness.quality()`.

    Args:
        uri: whom to call.
        watched_s: for how long at most.
        name: the caller's.
        host: where the call comes from.
        proxy: SIP URI of a front door to go through.
    """

    def __init__(
        self,
        uri: str,
        *,
        watched_s: float = 60.0,
        name: str = "witness",
        host: str = HOST,
        proxy: str = "",
    ) -> None:
        self.call: PhoneCall
        self.name = name
        self._uri, self._host, self._proxy = uri, host, proxy
        self._said = tune(watched_s, seed=random.randrange(1 << 30))  # noqa: S311  no secret
        self._quality = Quality(alive=False)

    async def __aenter__(self) -> Self:
        self._phone = await Softphone.open(host=self._host, user=self.name)
        self.call = await self._phone.call(self._uri, caller=self.name, proxy=self._proxy)
        await self.call.answered(timeout_s=15.0)
        await self.call.hears_speech(15.0)
        self.call.say(self._said)
        await asyncio.sleep(_SETTLE_S)
        self._began_s = time.monotonic()
        report = self.call.stream.received.report
        report.longest_gap_s, report.gaps = 0.0, 0
        self._lost, self._packets = report.lost, report.packets
        self._late_from = len(self.call.stream.lateness_s)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._note()
        await self._phone.close()

    def quality(self, heard_by_us: Pcm | None = None) -> Quality:
        """Of the call that is over; with all that our end heard, 8 kHz, its share too."""
        if heard_by_us is not None:
            seconds = min(_COMPARED_S, self._quality.seconds - 1.0)
            said = self._said[: max(0, round(seconds * RATE_HZ))]
            heard_by_us = heard_by_us[: round(2 * _COMPARED_S * RATE_HZ)]
            self._quality.heard_by_us = round(share_heard(said, heard_by_us, RATE_HZ), 3)
        return self._quality

    def _note(self) -> None:
        seconds = time.monotonic() - self._began_s
        report, late_s = self.call.stream.received.report, self.call.stream.lateness_s
        self._quality = Quality(
            seconds=round(seconds, 1),
            expected=round(seconds / FRAME_S),
            received=report.packets - self._packets,
            lost=report.lost - self._lost,
            gaps=report.gaps,
            longest_gap_ms=round(1000 * report.longest_gap_s, 1),
            late_ms=round(1000 * max(late_s[self._late_from :], default=0.0), 1),
            alive=self.call.ended is None,
        )


async def calls_work(uri: str, *, at_once: int = 1, host: str = HOST, within_s: float = 3.0) -> int:
    """How many of so many new calls at once are answered."""
    answered = 0
    async with await Softphone.open(host=host, user="newcomer", keep_pcm=False) as phone:
        calls = [await phone.call(uri) for _ in range(at_once)]
        for call in calls:
            try:
                await call.answered(timeout_s=within_s)
            except (CallFailed, TimeoutError):
                continue
            answered += 1
    return answered
