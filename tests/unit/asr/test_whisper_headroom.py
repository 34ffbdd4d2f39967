import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from asr.headroom import HeadroomPolicy, HeadroomRecognizer
from asr.recognizer import RecognizerCapabilities
from asr.workers import DecodingPool, Load
from voxdesk.kernel.audio import AudioFrame, silence
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecognizerFailed
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.unit

CALL = CallId("call")
WAIT_S = 10.0


@dataclass
class Engine:
    """Hears the same in every turn; counts what it was asked."""

    name: str
    confidence: float = 0.9
    languages: tuple[str, ...] = ("en",)
    broken: bool = False
    refuses: bool = False
    finished: int = 0
    frames: int = 0
    closed: bool = False
    capabilities: RecognizerCapabilities = field(init=False)

    def __post_init__(self) -> None:
        self.capabilities = RecognizerCapabilities(
            partials=False, grammar=False, word_times=True, n_best=5, languages=self.languages
        )

    def open_turn(self, _call_id: CallId, _expectation: Expectation, *, start_s: float) -> "Turn":
        del start_s
        return Turn(self)

    async def close(self) -> None:
        self.closed = True


class Turn:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.partial = None

    def accept(self, _frame: AudioFrame) -> None:
        self.engine.frames += 1

    async def speculate(self, _speech_end_s: float) -> Transcript | None:
        return None if self.engine.refuses else self._heard()

    async def finish(self, _speech_end_s: float) -> Transcript:
        if self.engine.broken:
            raise RecognizerFailed("broken", engine=self.engine.name)
        self.engine.finished += 1
        return self._heard()

    def cancel(self) -> None:
        pass

    def _heard(self) -> Transcript:
        said = Hypothesis(f"by {self.engine.name}", self.engine.confidence)
        return Transcript((said,), engine=self.engine.name)


class Stage:
    """A pool of one worker and both engines."""

    def __init__(self, small: Engine, large: Engine) -> None:
        self.pool = DecodingPool(1)
        self.recognizer = HeadroomRecognizer(small, large, self.pool)

    def turn(self, language: str = "en") -> object:
        return self.recognizer.open_turn(CALL, Expectation(language=language), start_s=0.0)

    async def crowd(self) -> Callable[[], Awaitable[object]]:
        """Occupy the worker; the returned function frees it."""
        gate = threading.Event()
        decoding = self.pool.submit(CallId("other"), lambda _load: gate.wait(WAIT_S))
        assert decoding is not None

        async def free() -> object:
            gate.set()
            return await decoding.result(WAIT_S)

        return free


def play(scenario: Callable[[Stage], Awaitable[None]], small: Engine, large: Engine) -> None:
    async def whole() -> None:
        stage = Stage(small, large)
        try:
            await asyncio.wait_for(scenario(stage), WAIT_S)
        finally:
            await stage.pool.close()

    asyncio.run(whole())


@pytest.fixture
def small() -> Engine:
    return Engine("small")


@pytest.fixture
def large() -> Engine:
    return Engine("large", languages=("en", "zh"))


def test_with_room_the_larger_engine_hears(small: Engine, large: Engine) -> None:
    async def scenario(stage: Stage) -> None:
        turn = stage.turn()
        turn.accept(AudioFrame(silence(320), 0))
        heard = await turn.finish(1.0)
        assert heard.engine == "large"
        assert not heard.stepped_back
        assert small.frames == large.frames == 1
        assert small.finished == 0

    play(scenario, small, large)


def test_under_load_the_small_one_hears(small: Engine, large: Engine) -> None:
    async def scenario(stage: Stage) -> None:
        free = await stage.crowd()
        heard = await stage.turn().finish(1.0)
        assert heard.engine == "small"
        assert heard.stepped_back == "crowded"
        assert large.finished == 0
        await free()

    play(scenario, small, large)


def test_the_engine_that_speculated_finishes_though_the_load_has_changed(
    small: Engine, large: Engine
) -> None:
    async def scenario(stage: Stage) -> None:
        turn = stage.turn()
        guessed = await turn.speculate(1.0)
        assert guessed is not None
        assert guessed.engine == "large"
        free = await stage.crowd()
        assert (await turn.finish(1.0)).engine == "large"
        assert (await turn.finish(2.0)).engine == "small"  # another end is another decoding
        await free()

    play(scenario, small, large)


def test_a_refused_speculation_binds_nobody(small: Engine, large: Engine) -> None:
    large.refuses = True

    async def scenario(stage: Stage) -> None:
        turn = stage.turn()
        assert await turn.speculate(1.0) is None
        free = await stage.crowd()
        assert (await turn.finish(1.0)).engine == "small"
        await free()

    play(scenario, small, large)


def test_a_doubtful_text_is_heard_again_once_there_is_room(small: Engine, large: Engine) -> None:
    small.confidence = 0.2

    async def scenario(stage: Stage) -> None:
        turn = stage.turn()
        free = await stage.crowd()
        assert (await turn.speculate(1.0)).engine == "small"
        await free()
        heard = await turn.finish(1.0)
        assert heard.engine == "large"
        assert not heard.stepped_back

    play(scenario, small, large)


def test_a_doubtful_text_is_kept_when_the_larger_engine_fails(small: Engine, large: Engine) -> None:
    small.confidence, large.broken = 0.2, True

    async def scenario(stage: Stage) -> None:
        turn = stage.turn()
        free = await stage.crowd()
        await turn.speculate(1.0)
        await free()
        assert (await turn.finish(1.0)).text == "by small"

    play(scenario, small, large)


def test_a_language_that_one_engine_knows_is_heard_by_it(small: Engine, large: Engine) -> None:
    async def scenario(stage: Stage) -> None:
        free = await stage.crowd()
        assert (await stage.turn("zh").finish(1.0)).engine == "large"
        assert stage.recognizer.capabilities.languages == ("en", "zh")
        await free()
        await stage.recognizer.close()
        assert small.closed
        assert large.closed

    play(scenario, small, large)


@pytest.mark.parametrize(
    ("load", "room"),
    [
        (Load(2, 0, 0, 0.0), True),
        (Load(2, 1, 0, 10.0), True),
        (Load(2, 2, 0, 0.0), False),
        (Load(2, 1, 0, 400.0), False),
    ],
)
def test_room_is_a_free_worker_and_short_waits(load: Load, room: bool) -> None:  # noqa: FBT001
    assert HeadroomPolicy().has_room(load) is room
