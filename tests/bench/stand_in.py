"""Something that answers with a known delay, to check the meter itself: `--stand-in 500`.

It talks as the measured system does (a greeting, then one sentence for each utterance), but its
endpointing is the level alone, and its delay is what it was told.
"""

import asyncio
import time

import numpy as np

from tests.bench.speech import RATE_HZ
from tests.bench.system import System
from voxdesk.kernel.audio import Pcm
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone

_STEP_S = 0.005


def babbling(seconds: float, *, seed: int) -> Pcm:
    """Noise with the rhythm of syllables, at the level of speech; no recognizer will like it."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rhythm = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * at)
    sound = np.random.default_rng(seed).normal(size=len(at)) * rhythm * 1600
    return np.clip(sound, -32768, 32767).astype(np.int16)


class StandIn:
    """Answers calls; replies so long after the last audible 20 ms of the caller."""

    def __init__(self, delay_s: float, *, reply_s: float = 2.5, stops_after_s: float = 0.2) -> None:
        self.delay_s = delay_s
        self._reply = babbling(reply_s, seed=1)
        self._greeting = babbling(1.5, seed=2)
        self._stops_after_s = stops_after_s

    async def talk(self, call: PhoneCall) -> None:
        """One call, until it ends."""
        try:
            await call.answer()
            await call.say_all(self._greeting)
            while call.ended is None:
                await self._turn(call)
        except CallFailed:
            return  # the caller hung up

    async def _turn(self, call: PhoneCall) -> None:
        hears = call.stream.received
        await call.hears_speech(timeout_s=600)
        while time.monotonic() < (hears.last_audible_end() or 0.0) + self.delay_s:  # noqa: ASYNC110
            await asyncio.sleep(_STEP_S)
        if call.ended is not None:
            return
        reply = call.say(self._reply)
        began_s = time.monotonic()
        while not reply.is_over and call.ended is None:
            interrupted_s = hears.first_audible(began_s)
            if interrupted_s and time.monotonic() > interrupted_s + self._stops_after_s:
                reply.stop()
            await asyncio.sleep(_STEP_S)


async def start_stand_in(delay_s: float) -> tuple[System, Softphone]:
    """It and its phone, which must be closed."""
    stand_in = StandIn(delay_s)
    phone = await Softphone.open(user="stand-in", on_invite=stand_in.talk)
    host, port = phone.address
    return System([f"{host}:{port}"]), phone
