"""How an engine stops: calls may finish, within a bound; whoever is impatient signals twice."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable

import pytest

from voxdesk.app.drain import Stop, drain
from voxdesk.testing.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.unit


class Engine:
    """Whose calls are over at these times."""

    def __init__(self, *ends_s: float) -> None:
        self._ends_s = ends_s
        self.refuses = False

    @property
    def calls_in_progress(self) -> int:
        now_s = asyncio.get_running_loop().time()
        return sum(end > now_s for end in self._ends_s)

    def refuse_new_calls(self) -> None:
        self.refuses = True


def drained(
    engine: Engine, *, at_most_s: float, wishes: dict[float, Callable[[Stop], None]] | None = None
) -> tuple[int, float]:
    """How many calls were left, and how long it took."""

    async def run() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        stop = Stop()
        for at_s, wish in (wishes or {0.0: Stop.ask}).items():
            loop.call_at(at_s, wish, stop)
        await stop.wait()
        began_s = loop.time()
        left = await drain(engine, stop, at_most_s=at_most_s, clock=loop.time)
        return left, loop.time() - began_s

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(run())


def test_calls_in_progress_finish(caplog: pytest.LogCaptureFixture) -> None:
    engine = Engine(30, 70)
    with caplog.at_level(logging.INFO):
        left, took_s = drained(engine, at_most_s=120)
    assert (left, round(took_s)) == (0, 70)
    assert engine.refuses
    said = [record.getMessage() for record in caplog.records]
    assert said[0].startswith("stopping; 2 calls in progress, at most 120 s")
    assert any(message.startswith("stopping; 1 call in progress, 90 s more") for message in said)
    assert said[-1] == "stopping; every call is over"


def test_calls_that_take_too_long_are_left_to_be_ended(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        left, took_s = drained(Engine(10, 1000), at_most_s=60)
    assert (left, round(took_s)) == (1, 60)
    assert caplog.records[-1].getMessage() == "stopping; 60 s are over; 1 call is ended"


@pytest.mark.parametrize("second", [Stop.ask, Stop.ask_now], ids=["SIGTERM", "SIGINT"])
def test_a_second_signal_ends_it_at_once(second: Callable[[Stop], None]) -> None:
    wishes = {0.0: Stop.ask, 5.0: second}
    left, took_s = drained(Engine(1000), at_most_s=120, wishes=wishes)
    assert (left, round(took_s)) == (1, 5)


def test_ctrl_c_ends_it_at_once() -> None:
    left, took_s = drained(Engine(1000), at_most_s=120, wishes={0.0: Stop.ask_now})
    assert (left, took_s < 1) == (1, True)


def test_without_calls_nothing_is_waited_for() -> None:
    assert drained(Engine(), at_most_s=120)[0] == 0


HANGS = """
import concurrent.futures, logging, threading
from voxdesk.app.drain import end_soon
logging.basicConfig(format="%(message)s")
pool = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="decode")
pool.submit(threading.Event().wait)
end_soon(3, linger_s=0.1)
"""


def test_a_thread_that_hangs_does_not_keep_a_finished_program_alive() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 3
    assert "decode_0" in done.stderr
