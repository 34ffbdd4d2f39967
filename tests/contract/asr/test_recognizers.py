"""What every recognizer promises, whatever engine is behind it: `asr/recognizer.py`."""

import asyncio
import gc
import time
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager

import numpy as np
import pytest
from engines import ENGINES, Engine

from asr.recognizer import TurnRecognition
from voxdesk.kernel.audio import FRAME_SAMPLES, AudioFrame, Pcm, silence
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, ModelMissing, RecognizerFailed
from voxdesk.kernel.speech import Expectation, Transcript

pytestmark = [pytest.mark.contract, pytest.mark.timeout(120)]

CALL = CallId("contract")
LEAD = silence(3_200)
TAIL = silence(4_800)
START_S = 10.0  # a turn in the middle of a call


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module", params=list(ENGINES))
def engine(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Engine]:
    context = ENGINES[request.param]()
    engine = runner.run(_entered(context))
    yield engine
    runner.run(_left(context))


async def _entered(context: AbstractAsyncContextManager[Engine]) -> Engine:
    return await context.__aenter__()


async def _left(context: AbstractAsyncContextManager[Engine]) -> None:
    await context.__aexit__(None, None, None)


class Caller:
    """Speaks into one turn, faster than a person would."""

    def __init__(self, engine: Engine) -> None:
        self.turn: TurnRecognition = engine.recognizer.open_turn(
            CALL, engine.expectation, start_s=START_S
        )
        self.offset = round(START_S * 16_000)

    @property
    def now_s(self) -> float:
        return self.offset / 16_000

    def say(self, *sounds: Pcm) -> float:
        """When the sound before the last silence ended."""
        pcm = np.concatenate(sounds)
        pcm = np.concatenate([pcm, silence(-len(pcm) % FRAME_SAMPLES)])
        for i in range(0, len(pcm), FRAME_SAMPLES):
            self.turn.accept(AudioFrame(pcm[i : i + FRAME_SAMPLES], self.offset + i))
        self.offset += len(pcm)
        spoken = np.flatnonzero(np.abs(pcm) > 50)
        trailing = len(pcm) - spoken[-1] if len(spoken) else len(pcm)
        return (self.offset - int(trailing)) / 16_000


def test_what_is_said_is_heard(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> tuple[Transcript, float]:
        caller = Caller(engine)
        end_s = caller.say(LEAD, engine.first, TAIL)
        return await caller.turn.finish(end_s), end_s

    transcript, end_s = runner.run(scenario())

    assert transcript.is_final
    assert engine.first_word in transcript.text.lower()
    assert transcript.end_s == end_s
    assert START_S <= transcript.start_s < end_s
    assert transcript.engine
    confidences = [hypothesis.confidence for hypothesis in transcript.hypotheses]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0.0 <= confidence <= 1.0 for confidence in confidences)
    assert len(confidences) <= engine.recognizer.capabilities.n_best


def test_words_carry_the_times_of_the_call(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> tuple[Transcript, float]:
        caller = Caller(engine)
        end_s = caller.say(LEAD, engine.first, TAIL)
        return await caller.turn.finish(end_s), end_s

    transcript, end_s = runner.run(scenario())

    assert engine.recognizer.capabilities.word_times
    words = transcript.hypotheses[0].words
    assert [word.text for word in words]
    assert START_S <= words[0].start_s < START_S + 0.8
    assert end_s - 0.8 < words[-1].end_s < end_s + 0.4
    starts = [word.start_s for word in words]
    assert starts == sorted(starts)
    assert all(word.start_s <= word.end_s for word in words)


def test_silence_is_nobody_speaking(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> Transcript:
        caller = Caller(engine)
        caller.say(silence(24_000))
        return await caller.turn.finish(caller.now_s)

    transcript = runner.run(scenario())

    assert not transcript.text or transcript.no_speech_probability > 0.5


def test_a_turn_without_any_audio_is_empty(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> Transcript:
        return await Caller(engine).turn.finish(START_S)

    assert runner.run(scenario()).text == ""


def test_a_speculation_that_proves_right_is_the_result(
    engine: Engine, runner: asyncio.Runner
) -> None:
    async def scenario() -> tuple[Transcript | None, Transcript]:
        caller = Caller(engine)
        end_s = caller.say(LEAD, engine.first, TAIL)
        early = await _speculated(caller.turn, end_s)
        caller.say(TAIL)
        return early, await caller.turn.finish(end_s)

    early, final = runner.run(scenario())

    assert early is not None
    assert final.is_final
    assert final.hypotheses == early.hypotheses
    assert final.decode_ms == early.decode_ms, "it was decoded once"


def test_the_final_result_joins_a_speculation_in_flight(
    engine: Engine, runner: asyncio.Runner
) -> None:
    async def scenario() -> Transcript:
        caller = Caller(engine)
        end_s = caller.say(LEAD, engine.first, TAIL)
        early = asyncio.create_task(caller.turn.speculate(end_s))
        await asyncio.sleep(0)
        final = await caller.turn.finish(end_s)
        await early
        return final

    assert engine.first_word in runner.run(scenario()).text.lower()


def test_what_follows_a_speculation_is_heard_too(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> Transcript:
        caller = Caller(engine)
        await _speculated(caller.turn, caller.say(LEAD, engine.first, TAIL))
        end_s = caller.say(engine.second, TAIL)
        return await caller.turn.finish(end_s)

    text = runner.run(scenario()).text.lower()

    assert engine.first_word in text
    assert engine.second_word in text
    assert text.index(engine.first_word) < text.index(engine.second_word)


def test_a_wait_that_is_given_up_harms_nobody(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> Transcript:
        caller = Caller(engine)
        end_s = caller.say(LEAD, engine.first, TAIL)
        impatient = asyncio.create_task(caller.turn.speculate(end_s))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        return await caller.turn.finish(end_s)

    assert engine.first_word in runner.run(scenario()).text.lower()


def test_calls_at_the_same_time_hear_only_their_own(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> list[Transcript]:
        one, other = Caller(engine), Caller(engine)
        mine, theirs = (
            np.concatenate([LEAD, sound, TAIL]) for sound in (engine.first, engine.second)
        )
        for i in range(0, max(len(mine), len(theirs)), FRAME_SAMPLES):
            for caller, sound in ((one, mine), (other, theirs)):
                caller.say(sound[i : i + FRAME_SAMPLES], silence(0))
        return list(
            await asyncio.gather(one.turn.finish(one.now_s), other.turn.finish(other.now_s))
        )

    one, other = runner.run(scenario())

    assert engine.first_word in one.text.lower()
    assert engine.second_word not in one.text.lower()
    assert engine.second_word in other.text.lower()
    assert engine.first_word not in other.text.lower()


def test_partials_come_where_they_are_promised(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> Transcript | None:
        caller = Caller(engine)
        caller.say(LEAD, engine.first, TAIL)
        promised = engine.recognizer.capabilities.partials
        await _until(lambda: caller.turn.partial is not None, timeout_s=30 if promised else 0.2)
        partial = caller.turn.partial
        caller.turn.cancel()
        return partial

    partial = runner.run(scenario())

    if engine.recognizer.capabilities.partials:
        assert partial is not None
        assert partial.text
        assert not partial.is_final
    else:
        assert partial is None


def test_frames_are_taken_without_decoding(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> float:
        caller = Caller(engine)
        began = time.thread_time()
        caller.say(LEAD, engine.first, engine.first, engine.first, TAIL)
        spent_s = time.thread_time() - began
        frames = (caller.now_s - START_S) / 0.02
        caller.turn.cancel()
        return spent_s / frames

    # CPU of this very thread, so a busy machine makes no difference; 20 ms a frame are there.
    assert runner.run(scenario()) < 0.001


def test_a_cancelled_turn_is_over_and_gone(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> weakref.ref[TurnRecognition]:
        caller = Caller(engine)
        end_s = caller.say(LEAD, engine.first)
        speculation = asyncio.create_task(caller.turn.speculate(end_s))
        await asyncio.sleep(0)

        caller.turn.cancel()
        caller.turn.cancel()

        caller.say(engine.second)
        assert await speculation is None or speculation.done()
        assert await caller.turn.speculate(end_s) is None
        with pytest.raises(RecognizerFailed, match="cancelled"):
            await caller.turn.finish(end_s)
        return weakref.ref(caller.turn)

    assert _is_gone(runner, runner.run(scenario()))


def test_many_turns_leave_no_memory_behind(engine: Engine, runner: asyncio.Runner) -> None:
    async def turns(count: int) -> weakref.ref[TurnRecognition]:
        for number in range(count):
            caller = Caller(engine)
            end_s = caller.say(LEAD, engine.first, TAIL)
            if number % 5 == 0:
                await caller.turn.finish(end_s)
            caller.turn.cancel()
        return weakref.ref(caller.turn)

    assert _is_gone(runner, runner.run(turns(2)))
    tracemalloc.start()
    try:
        runner.run(turns(6))
        # One turn's audio alone is 100 kB. A connection may take a moment to close.
        assert runner.run(_until(lambda: _kept_bytes() < 50_000, timeout_s=10))
    finally:
        tracemalloc.stop()


def test_another_language_is_refused_with_advice(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> None:
        engine.recognizer.open_turn(CALL, Expectation(language=engine.foreign), start_s=0.0)

    with pytest.raises(ModelMissing, match=engine.foreign):
        runner.run(scenario())


def test_audio_at_another_rate_is_refused(engine: Engine, runner: asyncio.Runner) -> None:
    async def scenario() -> None:
        caller = Caller(engine)
        try:
            caller.turn.accept(AudioFrame(silence(160), 0, 8_000))
        finally:
            caller.turn.cancel()

    with pytest.raises(AudioFormatError, match="8000 Hz"):
        runner.run(scenario())


async def _until(condition: Callable[[], bool], *, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


async def _speculated(turn: TurnRecognition, end_s: float) -> Transcript | None:
    """A speculation may be refused while the worker is behind; these callers speak too fast."""
    for _ in range(500):
        if (early := await turn.speculate(end_s)) is not None:
            return early
        await asyncio.sleep(0.02)
    return None


def _is_gone(runner: asyncio.Runner, turn: weakref.ref[TurnRecognition]) -> bool:
    def gone() -> bool:
        if turn() is not None:
            gc.collect()
        return turn() is None

    return runner.run(_until(gone, timeout_s=10))


def _kept_bytes() -> int:
    """What recognizers and these tests still hold; a server of the tests is not counted."""
    gc.collect()
    ours = tracemalloc.Filter(inclusive=True, filename_pattern="*/asr/*.py")
    statistics = tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename")
    return sum(one.size for one in statistics)
