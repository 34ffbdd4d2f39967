"""What the live page asks: calls now, what they say, alarms; and the stream that goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from fixtures.console_house import ConsoleHouse
from sqlalchemy import select

from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.repository import store
from crm.live import repository
from crm.live.alarms import Off
from crm.staff.models import Role, StaffSession
from telephony.legs import AudioReceived
from voxdesk.app.http import live as router
from voxdesk.app.http.guard import Staff, is_still_known
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.live.ears import BYTES_A_FRAME, Ears
from voxdesk.app.live.feed import LiveFeed
from voxdesk.app.live.hub import LiveHub
from voxdesk.app.live.listening import open_sound
from voxdesk.app.live.server import LiveServer, live_socket_path
from voxdesk.app.live.streams import EngineAway, Streams
from voxdesk.app.live.watchman import watch_goals
from voxdesk.app.observe.probe import Probe
from voxdesk.kernel.audio import AudioFrame
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = pytest.mark.integration
CALL = "a1b2c3d4e5f6"


def write(house: ConsoleHouse, *events: tuple[EventKind, dict[str, Any]], seq: int = 0) -> None:
    """The next lines of the call's log, as an engine on another machine writes them."""
    now = house.clock.now()
    new = NewCall(CallId(CALL), Direction.INBOUND, now, caller="+15550123456", node="elsewhere")
    logged = [
        LoggedEvent(seq + place, CallEvent(CallId(CALL), kind, now, 1000, data))
        for place, (kind, data) in enumerate(events)
    ]
    with house.database.transaction() as session:
        store(session, [opening(new), *logged])


def begun(house: ConsoleHouse) -> None:
    write(
        house,
        (EventKind.INCOMING, {"caller": "+15550123456"}),
        (EventKind.STARTED, {"facts": {"display_name": "Ada Byron", "language": "en"}}),
        (EventKind.ANSWERED, {}),
        (EventKind.STEP, {"step": "greet", "flow": "shop"}),
        (EventKind.PROMPT, {"text": "Hello.", "first_audio_ms": 10}),
        (EventKind.HEARD, {"text": "my card is 4111 1111 1111 1111", "turn": 1}),
    )


def test_a_supervisor_sees_words_without_what_is_hidden_and_ops_see_none(
    console_house: ConsoleHouse,
) -> None:
    begun(console_house)
    supervisor = console_house.program(Role.SUPERVISOR)
    (call,) = supervisor.get("/live").json()["calls"]
    assert (call["customer"], call["step"], call["node"]) == ("Ada Byron", "greet", "elsewhere")
    assert call["caller"] == "+•••••••3456"
    assert "4111" not in json.dumps(call)
    lines = supervisor.get(f"/live/calls/{CALL}").json()["lines"]
    assert [line["side"] for line in lines] == ["voxdesk", "caller"]
    assert "4111" not in json.dumps(lines)

    ops = console_house.program(Role.OPS).get("/live").json()["calls"][0]
    assert {"customer", "line", "partial", "feeling"} & set(ops) == set()
    assert supervisor.get("/live/calls/other").status_code == 404


def test_a_call_of_another_machine_is_neither_heard_nor_ended_here(
    console_house: ConsoleHouse,
) -> None:
    begun(console_house)
    supervisor = console_house.program(Role.SUPERVISOR)
    assert supervisor.get("/live").json()["state"] == {"engine": "away", "database": "there"}
    heard = supervisor.get(f"/live/calls/{CALL}/sound")
    assert (heard.status_code, heard.json()["code"]) == (503, "engine_away")
    ended = supervisor.post(f"/live/calls/{CALL}/end", json={"reason": "because"})
    assert (ended.status_code, ended.json()["code"]) == (503, "engine_away")
    assert supervisor.post(f"/live/calls/{CALL}/end", json={"reason": ""}).status_code == 422


async def stream(
    house: ConsoleHouse, hub: LiveHub, streams: Streams, place: int | None = None
) -> AsyncIterator[tuple[str, dict[str, Any], str]]:
    """Events of the stream of a supervisor: (name, data, id)."""
    staff = Staff("sue", Role.SUPERVISOR)
    events = router._events(hub, house.app.state.house, streams, staff, place, words=True)
    async for piece in events:
        for message in piece.decode().strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in message.splitlines())
            if "event" in fields:
                yield fields["event"], json.loads(fields["data"]), fields.get("id", "")


def test_a_stream_begins_with_all_goes_on_with_changes_and_is_taken_up_again(
    console_house: ConsoleHouse,
) -> None:
    begun(console_house)
    hub, streams = console_house.app.state.live, Streams()

    async def follow() -> None:
        hub.start()
        events = stream(console_house, hub, streams)
        name, data, last_id = await anext(events)
        assert (name, [call["id"] for call in data["calls"]]) == ("snapshot", [CALL])
        assert streams.open == 1
        await asyncio.to_thread(write, console_house, (EventKind.STEP, {"step": "next"}), seq=6)
        async for name, data, _ in events:
            if name == "calls":
                assert data["changed"] == [{"id": CALL, "step": "next"}]
                break
        await events.aclose()
        again = stream(console_house, hub, streams, hub.ring.place_of(last_id))
        async for name, data, _ in again:
            assert name != "snapshot"
            if name == "calls":
                assert data["changed"] == [{"id": CALL, "step": "next"}]
                break
        stranger = stream(console_house, hub, streams, hub.ring.place_of("ffff-3"))
        assert (await anext(stranger))[0] == "snapshot"
        hub.close()
        assert [name async for name, _, _ in again if name == "snapshot"] == []
        assert [name async for name, _, _ in stranger if name == "snapshot"] == []

    asyncio.run(asyncio.wait_for(follow(), 30))


def test_a_stream_ends_soon_after_its_session(
    console_house: ConsoleHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "CHECK_S", 0.1)
    hub = console_house.app.state.live

    async def follow() -> list[str]:
        # A token of this name was never made: as if it had just been revoked.
        return [name async for name, _, _ in stream(console_house, hub, Streams())]

    assert asyncio.run(asyncio.wait_for(follow(), 30))[-1] == "over"


class Session:
    """A call that can be listened to."""

    def __init__(self) -> None:
        self.ears = Ears()


FRAME = AudioReceived(AudioFrame(np.full(320, 1000, np.int16), 0), None)


async def hear(
    house: ConsoleHouse, staff: Staff, hub: LiveHub, session: Session
) -> AsyncIterator[bytes]:
    """The call's sound as a page gets it; something is always said."""
    path = live_socket_path(house.settings.state_dir)
    sound = await open_sound(path, CALL)
    permit = router._Permit(house.app.state.house, staff)
    session.ears.hear(FRAME, sensitive=False)
    async for piece in router._sound(sound, hub, Streams(), permit):
        yield piece
        session.ears.hear(FRAME, sensitive=False)


async def told(events: AsyncIterator[tuple[str, dict[str, Any], str]], wanted: str) -> None:
    """Wait until the page knows this of the engine, and whether the call can be heard."""
    engine, is_here = "", None
    async for name, data, _ in events:
        if name in {"snapshot", "state"}:
            engine = data.get("state", data)["engine"]
        for call in data.get("calls", data.get("changed", [])):
            is_here = call.get("is_here", is_here)
        if engine == wanted and is_here is (wanted == "there"):
            return


def test_an_engine_that_goes_and_comes_is_seen_by_who_watches_and_heard_again(
    console_house: ConsoleHouse,
) -> None:
    begun(console_house)
    console_house.program(Role.SUPERVISOR, "sue")
    hub, staff = console_house.app.state.live, Staff("sue", Role.SUPERVISOR)
    path, session = live_socket_path(console_house.settings.state_dir), Session()

    async def follow() -> None:
        hub.start()
        events = stream(console_house, hub, Streams())
        for _ in range(2):
            server = LiveServer(path, LiveFeed(), lambda: {CALL: session}, "elsewhere")
            await server.start()
            await told(events, "there")
            heard = hear(console_house, staff, hub, session)
            assert len(await anext(heard)) == BYTES_A_FRAME
            await server.close()
            assert len([piece async for piece in heard]) < 10
            await told(events, "away")
        with pytest.raises(EngineAway, match="starts again"):
            await open_sound(path, CALL)

    asyncio.run(asyncio.wait_for(follow(), 30))


def test_sound_ends_soon_after_the_session_of_whoever_listens(
    console_house: ConsoleHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "CHECK_S", 0.1)
    house, session = console_house, Session()
    path = live_socket_path(house.settings.state_dir)
    staff = Staff("anna", Role.SUPERVISOR, *someone(house))
    house_of_api = house.app.state.house

    async def listen() -> None:
        server = LiveServer(path, LiveFeed(), lambda: {CALL: session}, "elsewhere")
        await server.start()
        heard = hear(house, staff, house.app.state.live, session)
        for _ in range(20):
            assert len(await anext(heard)) == BYTES_A_FRAME
        house.clock.passes(days=2)  # nobody has used it for so long
        async for _ in heard:
            pass  # it ends by itself
        await server.close()

    assert is_still_known(house_of_api, staff)
    asyncio.run(asyncio.wait_for(listen(), 30))
    assert not is_still_known(house_of_api, staff)


@pytest.mark.parametrize("end", ["signed out", "disabled", "another role"])
def test_a_stream_is_nobodys_once_its_session_is_worth_nothing(
    console_house: ConsoleHouse, end: str
) -> None:
    house = console_house
    account_id, session_id = someone(house)
    staff = Staff("anna", Role.SUPERVISOR, account_id, session_id)
    house_of_api = house.app.state.house
    assert is_still_known(house_of_api, staff)
    with house.database.transaction() as session:
        found = session.get_one(StaffSession, session_id)
        if end == "signed out":
            found.ended_at = house.clock.now()
        elif end == "disabled":
            found.account.disabled_at = house.clock.now()
        else:
            found.account.role = Role.OPS
    assert not is_still_known(house_of_api, staff)


def someone(house: ConsoleHouse) -> tuple[int, int]:
    """A supervisor who is signed in: ids of their account and session."""
    account_id = house.person()
    house.signed_in()
    with house.database.reading() as session:
        return account_id, session.scalars(select(StaffSession.id)).one()


def test_an_alarm_is_raised_once_acknowledged_by_name_and_ends(
    console_house: ConsoleHouse,
) -> None:
    house = console_house
    now = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    with house.database.transaction() as session:
        assert repository.raise_alarm(session, Off("asa_s", 61.0, 30.0), now)
        assert not repository.raise_alarm(session, Off("asa_s", 62.0, 30.0), now)
    ops = house.program(Role.OPS)
    probe = Probe({"asa_s": 30.0, "csat": 80.0})
    assert asyncio.run(probe.look(house.database)).alarms == {"asa_s": True, "csat": False}
    probe.close()
    (alarm,) = ops.get("/live").json()["alarms"]
    assert (alarm["name"], alarm["acknowledged_by"]) == ("asa_s", "")
    done = ops.post(f"/live/alarms/{alarm['id']}/acknowledge", json={"note": "on it"}).json()
    later = house.program(Role.SUPERVISOR, "sue").post(
        f"/live/alarms/{alarm['id']}/acknowledge", json={}
    )
    assert done["acknowledged_by"] == later.json()["acknowledged_by"] != "sue"
    assert ops.post("/live/alarms/4711/acknowledge", json={}).status_code == 404
    jobs = JobsHouse(house.settings, house.database, house.clock, None)  # type: ignore[arg-type]
    watch_goals(jobs)  # nobody called within the last hour, so nobody waited
    (over,) = ops.get("/live/alarms").json()
    assert over["cleared_at"] is not None


def test_the_last_hour_is_held_against_the_goals(console_house: ConsoleHouse) -> None:
    house = console_house
    start = house.clock.now() - timedelta(minutes=10)
    entries: list[Any] = []
    for number in range(30):
        call = CallId(f"{number:012x}")
        entries.append(opening(NewCall(call, Direction.INBOUND, start)))
        log: list[tuple[EventKind, dict[str, Any]]] = [
            (EventKind.ANSWERED, {}),
            (EventKind.TRANSFER, {"number": 1, "mode": "queue", "target": "service"}),
            (EventKind.TRANSFER, {"number": 1, "outcome": "abandoned"}),
            (EventKind.ENDED, {"cause": "caller_hung_up"}),
        ]
        entries += [
            LoggedEvent(seq, CallEvent(call, kind, start + timedelta(seconds=40 * seq), 0, data))
            for seq, (kind, data) in enumerate(log)
        ]
    with house.database.transaction() as session:
        store(session, entries)
    jobs = JobsHouse(house.settings, house.database, house.clock, None)  # type: ignore[arg-type]
    watch_goals(jobs)
    watch_goals(jobs)
    ops = house.program(Role.OPS)
    assert {alarm["name"] for alarm in ops.get("/live/alarms").json()} == {
        "service_level",
        "abandoned_share",
    }
    day = ops.get("/live").json()["numbers"]
    assert day["total"]["service_level"] == 0
    assert day["total"]["abandoned"] == 30
