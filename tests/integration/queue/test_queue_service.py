"""A caller in the queue, an agent's phone, and either of them vanishing at any moment."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest

from telephony.legs import Leg
from telephony.queue.messages import (
    AgentMissed,
    AgentRinging,
    Connected,
    NoAgents,
    PlaceEvent,
    PositionChanged,
    QueueRequest,
    QueueSettings,
    TimedOut,
)
from telephony.queue.place import Place
from telephony.queue.service import QueueService
from telephony.queue.state import AgentId, AgentStatus, CallerState, Rules, SignedIn
from telephony.queue.store import AgentProfile, QueueStore
from voxdesk.db import Base, Database
from voxdesk.kernel.call import CallId, EndCause
from voxdesk.kernel.errors import DatabaseError
from voxdesk.testing.fake_legs import FakeLeg, FakeLines, FakeNetwork

pytestmark = pytest.mark.integration

WITHIN_S = 10.0


class Office:
    """A queue, and agents' phones on a network without SIP."""

    def __init__(self, folder: Path, **settings: float) -> None:
        self.network = FakeNetwork()
        self.lines = self.network.lines("ivr")
        self.database = Database(f"sqlite:///{folder / 'queue.db'}")
        Base.metadata.create_all(self.database.engine)
        self.store = QueueStore(self.database, Rules(wrap_up_s=0))
        times = {"ring_s": 2.0, "tick_s": 0.01, "dial_pause_s": 0.01, "no_agents_wait_s": 60.0}
        self.queue = QueueService(
            self.store, self.lines, node="n1", settings=QueueSettings(**{**times, **settings})
        )
        self.phones: dict[str, FakeLines] = {}
        self.calls: dict[str, list[Leg]] = {}
        self._clockwork: asyncio.Task[None] | None = None

    def agent(self, name: str, *skills: str, answers: bool = True) -> AgentId:
        """A signed-in agent whose phone answers, or rings on."""
        agent_id = AgentId(name)
        phone = self.phones[name] = self.network.lines(f"{name}.phone")
        calls = self.calls[name] = []

        def incoming(leg: Leg) -> None:
            calls.append(leg)
            leg.ring()
            if answers:
                leg.answer()

        phone.on_incoming(incoming)
        now = datetime.now(UTC)
        self.store.put_agent(
            AgentProfile(agent_id, name.title(), f"sip:{name}@{name}.phone", skills), now
        )
        self.store.run([SignedIn(agent_id)], now)
        return agent_id

    def status(self, name: str) -> AgentStatus:
        return self.store.state().agents[AgentId(name)].status

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110  the network has no event to wait for
                await asyncio.sleep(0.002)
        assert condition(), what

    async def everyone_free(self) -> None:
        """Nobody waits, no agent is taken, no leg is up."""
        await self.until(lambda: not self.store.state().callers)
        free = {AgentStatus.AVAILABLE, AgentStatus.AWAY}
        await self.until(lambda: {a.status for a in self.store.state().agents.values()} <= free)
        await self.until(lambda: not self.lines.legs)
        for phone in self.phones.values():
            await self.until(lambda p=phone: not p.legs)

    async def __aenter__(self) -> Self:
        async def tick_on() -> None:
            while True:
                self.network.tick()
                await asyncio.sleep(0.001)

        self._clockwork = asyncio.create_task(tick_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.queue.close()
        if self._clockwork:
            self._clockwork.cancel()
        self.database.close()


async def following(place: Place) -> PlaceEvent:
    """The next event that is not about the position."""
    async with asyncio.timeout(WITHIN_S):
        while isinstance(event := await place.next_event(), PositionChanged):
            pass
        return event


async def connected(place: Place) -> Connected:
    ringing, event = await following(place), await following(place)
    assert isinstance(ringing, AgentRinging)
    assert isinstance(event, Connected)
    return event


@contextlib.asynccontextmanager
async def office(folder: Path, **settings: float) -> AsyncIterator[Office]:
    async with Office(folder, **settings) as made:
        yield made


def run(scene: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(4 * WITHIN_S):
            await scene

    asyncio.run(bounded())


def test_a_caller_is_connected_and_afterwards_everyone_is_free(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            o.agent("ann", "billing")
            request = QueueRequest("support", ("Billing",), caller="+15550100")
            async with o.queue.join(CallId("c1"), request) as place:
                event = await connected(place)
                assert not event.leg.ended
                await o.until(lambda: o.status("ann") is AgentStatus.BUSY)
                (at_the_phone,) = o.calls["ann"]
                assert at_the_phone.invite is not None
                assert at_the_phone.invite.caller == "+15550100"
                assert at_the_phone.invite.headers["X-Voxdesk-Call"] == "c1"
            await o.everyone_free()
            assert o.status("ann") is AgentStatus.AVAILABLE

    run(scene())


@pytest.mark.parametrize(
    ("sip_code", "cause"), [(486, EndCause.BUSY), (603, EndCause.REFUSED)], ids=["busy", "refused"]
)
def test_who_refuses_is_set_away_and_the_next_agent_is_called(
    tmp_path: Path, sip_code: int, cause: EndCause
) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            o.agent("ann")
            o.agent("bob")
            o.phones["ann"].offered.append(sip_code)
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                assert isinstance(await following(place), AgentRinging)
                missed = await following(place)
                assert isinstance(missed, AgentMissed)
                assert (missed.agent.id, missed.cause) == ("ann", cause)
                assert (await connected(place)).agent.id == "bob"
                assert o.status("ann") is AgentStatus.AWAY
            await o.everyone_free()

    run(scene())


def test_who_lets_it_ring_is_passed_over_and_the_caller_keeps_the_place(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            silent = o.agent("ann", answers=False)
            async with (
                o.queue.join(CallId("c1"), QueueRequest("support")) as first,
                o.queue.join(CallId("c2"), QueueRequest("support")) as second,
            ):
                assert isinstance(await following(first), AgentRinging)
                missed = await following(first)
                assert isinstance(missed, AgentMissed)
                assert missed.cause is EndCause.NO_ANSWER
                await o.until(lambda: o.status("ann") is AgentStatus.AWAY)
                o.phones["ann"].on_incoming(lambda leg: leg.answer())
                assert await o.queue.set_available(silent, available=True)
                assert (await connected(first)).agent.id == "ann"
                await o.until(lambda: second.position == 1)
            await o.everyone_free()

    run(scene())


def test_an_address_that_cannot_be_dialled_counts_as_missed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            now = datetime.now(UTC)
            o.store.put_agent(AgentProfile(AgentId("bad"), "Bad", "not an address"), now)
            o.store.run([SignedIn(AgentId("bad"))], now)
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                missed = await following(place)
                assert isinstance(missed, AgentMissed)
                assert missed.cause is EndCause.FAILED
            await o.everyone_free()
            assert o.status("bad") is AgentStatus.AWAY

    run(scene())


def test_without_a_free_leg_the_agent_stays_available_and_is_called_later(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            o.agent("ann")
            o.agent("bob", "other", answers=False)
            taken = [o.lines.dial("sip:x@bob.phone", timeout_s=1e6) for _ in range(4)]
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                await o.until(lambda: place.position == 1)
                await asyncio.sleep(0.1)  # several turns, each without a leg
                assert o.calls["ann"] == []
                for leg in taken:
                    leg.hangup()
                await connected(place)
            await o.everyone_free()

    run(scene())


def test_positions_move_up(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            async with (
                o.queue.join(CallId("c1"), QueueRequest("support")) as first,
                o.queue.join(CallId("c2"), QueueRequest("support")) as second,
            ):
                assert await second.next_event() == PositionChanged(2)
                await first.leave()
                assert await second.next_event() == PositionChanged(1)
            await o.everyone_free()

    run(scene())


def test_the_longest_wait_ends_the_place(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            office(tmp_path) as o,
            o.queue.join(CallId("c1"), QueueRequest("support", max_wait_s=0.05)) as place,
        ):
            assert await following(place) == TimedOut()
            await o.everyone_free()

    run(scene())


def test_a_phone_that_rings_at_the_longest_wait_may_still_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path, ring_s=1e5) as o:
            o.agent("ann", answers=False)
            request = QueueRequest("support", max_wait_s=0.3)
            async with o.queue.join(CallId("c1"), request) as place:
                assert isinstance(await following(place), AgentRinging)
                await o.until(lambda: o.calls["ann"])
                await asyncio.sleep(0.4)  # beyond the longest wait
                o.calls["ann"][0].answer()
                assert isinstance(await following(place), Connected)
            await o.everyone_free()

    run(scene())


def test_a_miss_after_the_longest_wait_ends_the_place(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path, ring_s=1e5) as o:
            o.agent("ann", answers=False)
            request = QueueRequest("support", max_wait_s=0.3)
            async with o.queue.join(CallId("c1"), request) as place:
                assert isinstance(await following(place), AgentRinging)
                await o.until(lambda: o.calls["ann"])
                await asyncio.sleep(0.4)
                o.calls["ann"][0].reject(486)
                assert isinstance(await following(place), AgentMissed)
                assert await following(place) == TimedOut()
            await o.everyone_free()

    run(scene())


@pytest.mark.parametrize("wait_s", [0.0, 0.1])
def test_with_nobody_signed_in_the_caller_is_told(tmp_path: Path, wait_s: float) -> None:
    async def scene() -> None:
        async with office(tmp_path, no_agents_wait_s=wait_s) as o:
            o.agent("ann", "other")
            request = QueueRequest("support", ("billing",))
            async with o.queue.join(CallId("c1"), request) as place:
                assert await following(place) == NoAgents()
                await o.everyone_free()

    run(scene())


def test_an_agent_who_signs_in_in_time_is_rung(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            ann = o.agent("ann")
            await o.queue.set_available(ann, available=False)
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                await o.until(lambda: place.position == 1)
                assert await o.queue.set_available(ann, available=True)
                assert (await connected(place)).agent.id == "ann"
            assert not await o.queue.set_available(AgentId("nobody"), available=True)
            await o.everyone_free()

    run(scene())


# ------------------------------------------------------------------ vanishing


async def _vanish_on_joining(o: Office) -> None:
    async with o.queue.join(CallId("c1"), QueueRequest("support")):
        pass


async def _vanish_while_waiting(o: Office) -> None:
    async with o.queue.join(CallId("c1"), QueueRequest("support", ("rare",))) as place:
        await o.until(lambda: place.position == 1)


async def _vanish_while_ringing(o: Office) -> None:
    async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
        assert isinstance(await following(place), AgentRinging)
        await o.until(lambda: o.calls["ann"])


async def _vanish_as_the_phone_is_picked_up(o: Office) -> None:
    async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
        assert isinstance(await following(place), AgentRinging)
        await o.until(lambda: o.calls["ann"])
        o.calls["ann"][0].answer()


async def _vanish_with_the_answer_unread(o: Office) -> None:
    async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
        await o.until(lambda: o.calls["ann"])
        o.calls["ann"][0].answer()
        await o.until(lambda: place.row.state is CallerState.CONNECTED)


async def _vanish_while_talking(o: Office) -> None:
    async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
        await o.until(lambda: o.calls["ann"])
        o.calls["ann"][0].answer()
        event = await connected(place)
        event.leg.listen(lambda _: None)


@pytest.mark.parametrize(
    "vanish",
    [
        _vanish_on_joining,
        _vanish_while_waiting,
        _vanish_while_ringing,
        _vanish_as_the_phone_is_picked_up,
        _vanish_with_the_answer_unread,
        _vanish_while_talking,
    ],
)
def test_a_caller_who_vanishes_frees_the_agent_and_every_leg(
    tmp_path: Path, vanish: Callable[[Office], Coroutine[Any, Any, None]]
) -> None:
    async def scene() -> None:
        async with office(tmp_path, ring_s=1e5) as o:
            o.agent("ann", answers=False)
            await vanish(o)
            await o.everyone_free()
            assert o.status("ann") is AgentStatus.AVAILABLE

    run(scene())


@pytest.mark.parametrize("delay_ms", range(0, 40, 4))
def test_a_session_cancelled_at_any_moment_frees_everyone(tmp_path: Path, delay_ms: int) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            o.agent("ann")

            async def session() -> None:
                async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                    while True:
                        await place.next_event()

            task = asyncio.create_task(session())
            await asyncio.sleep(delay_ms / 1000)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await o.everyone_free()
            assert o.status("ann") is AgentStatus.AVAILABLE

    run(scene())


def test_an_agent_who_hangs_up_before_the_session_took_the_leg_has_missed_it(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            o.agent("ann", answers=False)
            o.agent("bob")
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                await o.until(lambda: o.calls["ann"])
                o.calls["ann"][0].answer()
                await o.until(lambda: place.row.state is CallerState.CONNECTED)
                o.calls["ann"][0].hangup()
                await o.until(lambda: o.calls["ann"][0].ended)
                assert isinstance(await following(place), AgentRinging)
                assert isinstance(await following(place), AgentMissed)
                assert (await connected(place)).agent.id == "bob"
                assert o.status("ann") is AgentStatus.AWAY
            await o.everyone_free()

    run(scene())


def test_an_agent_who_hangs_up_during_the_whisper_has_missed_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            o.agent("ann")
            o.agent("bob")
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                leg = (await connected(place)).leg
                leg.listen(None)
                o.calls["ann"][0].hangup()
                await o.until(lambda: leg.ended)
                place.requeue(EndCause.CALLER_HUNG_UP)
                assert isinstance(await following(place), AgentMissed)
                assert (await connected(place)).agent.id == "bob"
            await o.everyone_free()

    run(scene())


def test_a_lost_line_is_not_the_agents_fault(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path, ring_s=1e5) as o:
            o.agent("ann", answers=False)
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                assert isinstance(await following(place), AgentRinging)
                leg = o.lines.legs[0]
                assert isinstance(leg, FakeLeg)
                leg.vanish(EndCause.LINE_LOST)
                missed = await following(place)
                assert isinstance(missed, AgentMissed)
                assert missed.cause is EndCause.LINE_LOST
                assert isinstance(await following(place), AgentRinging)  # the same one again
            await o.everyone_free()
            assert o.status("ann") is AgentStatus.AVAILABLE

    run(scene())


def test_closing_the_service_frees_everyone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path, ring_s=1e5) as o:
            o.agent("ann", answers=False)
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                assert isinstance(await following(place), AgentRinging)
                await o.queue.close()
                await o.everyone_free()

    run(scene())


# ------------------------------------------------------------------ a database that is away


class FlakyStore(QueueStore):
    """A store whose database can be taken away."""

    away = False

    def run(self, events: Any, now: datetime) -> Any:
        if self.away:
            raise DatabaseError("database gone: connection refused")
        return super().run(events, now)


def test_joining_without_a_database_says_so_in_time(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path, join_timeout_s=0.05) as o:
            o.queue._store = store = FlakyStore(o.database)
            store.away = True
            with pytest.raises(DatabaseError, match="did not answer"):
                async with o.queue.join(CallId("c1"), QueueRequest("support")):
                    pytest.fail("the caller is not in the queue")
            store.away = False
            await o.everyone_free()

    run(scene())


def test_an_outage_delays_offers_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with office(tmp_path) as o:
            o.queue._store = store = FlakyStore(o.database, Rules(wrap_up_s=0))
            o.agent("ann", answers=False)
            async with o.queue.join(CallId("c1"), QueueRequest("support")) as place:
                await o.until(lambda: o.calls["ann"])
                store.away = True
                o.calls["ann"][0].answer()
                event = await connected(place)  # the talk begins without it
                await o.until(lambda: "callers wait" in caplog.text)
                event.leg.hangup()
                await place.leave(timeout_s=0.05)
                await o.until(lambda: event.leg.ended)
                store.away = False
                await o.everyone_free()
                assert o.status("ann") is AgentStatus.AVAILABLE
        assert len([r for r in caplog.records if "callers wait" in r.message]) == 1

    run(scene())


def test_a_database_thread_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    async def scene() -> None:
        async with office(tmp_path, join_timeout_s=0.05) as o:
            pool = ThreadPoolExecutor(1)
            release = asyncio.Event()
            loop = asyncio.get_running_loop()
            o.queue._executor = pool
            blocked = loop.run_in_executor(
                pool, lambda: asyncio.run_coroutine_threadsafe(release.wait(), loop).result(20)
            )
            with pytest.raises(DatabaseError):
                await o.queue.set_available(AgentId("ann"), available=True)
            with pytest.raises(DatabaseError):
                async with o.queue.join(CallId("c1"), QueueRequest("support")):
                    pytest.fail("the caller is not in the queue")
            release.set()
            await blocked
            await o.everyone_free()

    run(scene())
