"""Somebody sets the clock of a machine with calls on it, by hours, forward and back.

Debian's libfaketime moves the wall clock of the whole program, its lines included.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures.served import Served
from fixtures.system import Speak

from telephony.queue.state import AgentId, SignedIn
from telephony.queue.store import AgentProfile, QueueStore
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.clock import SystemClock
from voxdesk.testing.softphone import Softphone, answer_after

pytestmark = [pytest.mark.e2e, pytest.mark.bench, pytest.mark.timeout(240)]
HOURS = 3600


class MovedClock(Served):
    """`voxdesk serve`, and a file that says by how many seconds its clock is wrong."""

    def __init__(self, folder: Path, library: Path) -> None:
        super().__init__(folder)
        self._offset = folder / "clock"
        self.set_clock(0)
        self.env |= {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "VOXDESK_QUEUE__NO_AGENTS_WAIT_S": "120",
            "VOXDESK_CALLS__NUMBERS": '{"talk": "talk", "desk": "desk"}',
        }

    def set_clock(self, seconds: int) -> None:
        """From now on."""
        written = self._offset.with_suffix(".new")
        written.write_text(f"{seconds:+d}\n")
        written.replace(self._offset)


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[MovedClock]:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed (Debian package: faketime)")
    running = MovedClock(tmp_path, found[0])
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.mark.parametrize("hours", [5, -5])
def test_calls_and_the_queue_do_not_mind(moved: MovedClock, speak: Speak, hours: int) -> None:
    from test_served_calls import on_the_line  # noqa: PLC0415  tests are no package

    talking, waiting = "+15556000", "+15556001"

    async def talk() -> float:
        async with (
            await Softphone.open(user="sam", on_invite=answer_after(0.1)) as sam,
            on_the_line(moved, waiting, "desk") as (waiter, place),
            on_the_line(moved, talking, "talk") as (call, line),
        ):
            began_s = time.monotonic()
            await line.sees(EventKind.PROMPT)
            await place.sees(EventKind.QUEUED)
            moved.set_clock(hours * HOURS)
            await asyncio.sleep(4)  # until it is seen, and the queue has looked at it
            call.press("5")
            await line.sees(EventKind.STEP, step="sure")
            assert not place.seen(EventKind.ENDED)
            assert place.record is not None
            assert place.record.ended_at is None
            store, now = QueueStore(moved.database), SystemClock().now()
            store.put_agent(AgentProfile(AgentId("sam"), "Sam", sam.uri), now)
            store.run([SignedIn(AgentId("sam"))], now)
            await place.sees(EventKind.BRIDGED, agent="sam")
            await waiter.hang_up()
            await place.sees(EventKind.ENDED, cause="caller_hung_up")
            await call.hang_up()
            await line.sees(EventKind.ENDED, cause="caller_hung_up")
            lasted_s = time.monotonic() - began_s
            record = line.record
            assert record is not None
            assert record.answered_at is not None
            assert record.ended_at is not None
            kept_s = (record.ended_at - record.answered_at).total_seconds()
            assert abs(kept_s - lasted_s) < 3, "the call is as long as it was"
            return lasted_s

    assert asyncio.run(talk()) > 0
    assert "Traceback" not in moved.said
