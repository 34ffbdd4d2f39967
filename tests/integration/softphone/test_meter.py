"""The benchmark's caller against somebody whose delay is known: the meter must find it."""

import asyncio
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))  # the benchmark is run from there

from tests.bench.conversation import Caller
from tests.bench.speech import FRAME, PlannedTurn, Utterance
from tests.bench.stand_in import babbling, start_stand_in
from voxdesk.kernel.audio import Pcm
from voxdesk.testing.softphone import Softphone

pytestmark = pytest.mark.integration


def utterance(seed: int) -> Utterance:
    """200 ms of quiet, 1 s of sound, 500 ms of quiet."""
    lead: Pcm = np.zeros(10 * FRAME, np.int16)
    tail: Pcm = np.zeros(25 * FRAME, np.int16)
    pcm = np.concatenate([lead, babbling(1.0, seed=seed), tail])
    return Utterance(f"sound {seed}", "made", "", pcm, first=10, last=59, pause_ms=0)


def test_the_delay_of_an_answer_and_the_reaction_to_an_interruption_are_found() -> None:
    async def scenario() -> None:
        system, answering = await start_stand_in(0.6)
        async with answering, await Softphone.open() as phone:
            call = await phone.call(system.uri("any"))
            await call.answered()
            plan = [
                PlannedTurn(utterance(1)),
                PlannedTurn(utterance(2)),
                PlannedTurn(utterance(3), interrupts=True),
            ]
            caller = Caller(0, call, plan)
            await caller.talk()
            await call.hang_up()

        assert caller.failure == ""
        first, second, interruption = caller.turns
        for turn in (first, second):
            assert turn.voice_to_voice_s is not None
            # The delay, and what two phones in one busy process may add to it.
            assert 0.55 < turn.voice_to_voice_s < 2.0
            assert not turn.cut_off
            assert not turn.missed
        assert interruption.silence_s is not None
        assert 0.15 < interruption.silence_s < 1.5
        assert interruption.voice_to_voice_s is not None
        assert 0.55 < interruption.voice_to_voice_s < 2.0

    asyncio.run(scenario())
