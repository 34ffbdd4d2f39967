"""PostgreSQL is killed, away and frozen while people are on the phone."""

import asyncio
import time

import pytest
from fixtures.databases import PostgresServer
from fixtures.sturdy import Sturdy, dialled_at

from voxdesk import db
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import Softphone, answer_after

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
POLITE_WITHIN_S = 15.0
CANNOT_TELL = "Sorry, I can't look that up right now."


@pytest.fixture
def server(sturdy: Sturdy) -> PostgresServer:
    if sturdy.server is None:
        pytest.skip("PostgreSQL's server is not installed (Debian package: postgresql)")
    sturdy.remove_agents()
    return sturdy.server


@pytest.mark.parametrize("away_s", [2.0, pytest.param(60.0, marks=pytest.mark.bench)])
def test_calls_go_on_while_the_database_is_away_and_all_is_written_when_it_is_back(
    sturdy: Sturdy, server: PostgresServer, away_s: float
) -> None:
    asking, waiting, new = "+15554000", "+15554001", "+15554002"

    async def live_through() -> None:
        async with (
            await Softphone.open(user="eve", on_invite=answer_after(0.1)) as eve,
            dialled_at(sturdy, 1, asking, "shop") as asker,
            dialled_at(sturdy, 2, waiting, "desk") as waiter,
        ):
            await sturdy.sees(waiting, EventKind.QUEUED)
            await sturdy.sees(asking, EventKind.STEP, step="menu")
            await asyncio.to_thread(server.kill)
            gone_s = time.monotonic()
            try:
                await polite(sturdy, asker, asking)
                async with dialled_at(sturdy, 1, new, "talk") as call:
                    await sturdy.sees(new, EventKind.PROMPT)
                    call.press("5")
                    await sturdy.sees(new, EventKind.STEP, step="sure")
                await asyncio.sleep(max(0.0, away_s - (time.monotonic() - gone_s)))
                await waiter.hears_speech(since_s=time.monotonic())  # music, all the time
                assert sturdy.engine.troubles
                assert not sturdy.seen(waiting, EventKind.ENDED)
            finally:
                server.start()  # it dies with the thread that starts it: not in another one
            await sturdy.all_written(asking, waiting, new)
            sturdy.sign_in("eve", eve.uri)
            await sturdy.sees(waiting, EventKind.BRIDGED, agent="eve")
        await sturdy.at_rest()
        await sturdy.all_written(asking, waiting, new)

    asyncio.run(live_through())

    assert [transfer.outcome for transfer in sturdy.transfers(waiting)] == ["connected"]
    for caller in (asking, waiting, new):
        # Who says nothing for a minute is said goodbye to.
        assert sturdy.record(caller).cause in {"caller_hung_up", "hung_up"}
        left, _ = sturdy.recording(caller)
        assert len(left) > 0
    assert not sturdy.engine.troubles


@pytest.mark.bench
def test_a_database_that_says_nothing_any_more_is_as_good_as_one_that_is_away(
    sturdy: Sturdy, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, new = "+15554010", "+15554011"
    monkeypatch.setattr(db, "ANSWER_WITHIN_S", 1.0)
    sturdy.engine._running().database.engine.dispose()  # connections that are made with it

    async def live_through() -> None:
        async with dialled_at(sturdy, 1, asking, "shop") as asker:
            await sturdy.sees(asking, EventKind.STEP, step="menu")
            server.freeze()
            try:
                await polite(sturdy, asker, asking)
                async with dialled_at(sturdy, 2, new, "talk") as call:
                    await sturdy.sees(new, EventKind.PROMPT)
                    call.press("5")
                    await sturdy.sees(new, EventKind.STEP, step="sure")
            finally:
                server.thaw()
        await sturdy.at_rest()
        await sturdy.all_written(asking, new)

    asyncio.run(live_through())

    for caller in (asking, new):
        assert sturdy.record(caller).cause == "caller_hung_up"


async def polite(sturdy: Sturdy, call: object, caller: str) -> None:
    """An order is asked for; the caller is told that it can't be told, and soon."""
    call.press("14711#")  # type: ignore[attr-defined]
    await sturdy.sees(caller, EventKind.LOOKUP, timeout_s=POLITE_WITHIN_S, outcome="failed")
    await sturdy.sees(caller, EventKind.PROMPT, count=2)
