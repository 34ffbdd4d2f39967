"""Calls in progress over HTTP: seen, followed, heard, ended; the day's numbers and alarms."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from crm.audit.models import Act
from crm.live import repository
from crm.staff.models import Role
from voxdesk.app.control import ask, socket_path
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Minder, Scorer, Staff, Watcher, is_still_known
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.live_models import AcknowledgeIn, AlarmOut, EndIn, LinesOut, LiveOut
from voxdesk.app.http.shown import shown_last
from voxdesk.app.live.day import alarm_data
from voxdesk.app.live.hub import LiveHub
from voxdesk.app.live.listening import LiveSound, open_sound
from voxdesk.app.live.server import live_socket_path
from voxdesk.app.live.streams import CallElsewhere, EngineAway, Streams
from voxdesk.app.live.view import lines_of, partial_of
from voxdesk.kernel.errors import DatabaseError

router = APIRouter(tags=["live"])

BEAT_S: Final = 10.0
"""A page that hears nothing for two of these knows that the connection is dead."""
CHECK_S: Final = 5.0
"""So long a stream may go on after its session has ended."""
STREAM_AT_MOST_S: Final = 3600.0
"""Then the browser asks again, and gets what it missed."""
MOST_ALARMS: Final = 200
SEE_WORDS: Final = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR})
LIVE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # proxies pass it on piece by piece
}
SOUND: Final = "application/octet-stream"


def _hub_of(request: Request) -> LiveHub:
    hub: LiveHub = request.app.state.live
    hub.start()
    return hub


def _streams_of(request: Request) -> Streams:
    streams: Streams = request.app.state.streams
    return streams


AHub = Annotated[LiveHub, Depends(_hub_of)]
TheStreams = Annotated[Streams, Depends(_streams_of)]


def _note(house: House, staff: Staff, act: Act, of: str, why: str = "") -> None:
    write = looked if act is Act.READ_CALL else noted
    with house.database.transaction() as session:
        write(session, staff, act, of=of, why=why, now=house.clock.now())


@router.get("/live", response_model=LiveOut, response_model_exclude_unset=True)
def read_live(hub: AHub, house: AHouse, staff: Watcher) -> Response:
    """Calls in progress, numbers of the day, alarms that ring."""
    words = staff.role in SEE_WORDS
    if words:
        _note(house, staff, Act.READ_CALL, "live calls")
    _, text = hub.snapshot(words=words)
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "/live/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def follow_live(
    hub: AHub,
    house: AHouse,
    streams: TheStreams,
    staff: Watcher,
    last_event_id: Annotated[str, Header(max_length=64)] = "",
) -> StreamingResponse:
    """Server-sent events: `snapshot` (as `GET /live`), then what changes.

    `calls` has `changed` (of each call its id and the fields that are new) and `gone` (ids);
    `state`, `numbers` and `alarms` have the whole of their part; `beat` says that all is well;
    `over` that the session has ended. With `Last-Event-ID` it goes on from there.
    """
    streams.demand()
    words = staff.role in SEE_WORDS
    if words:
        await asyncio.to_thread(_note, house, staff, Act.READ_CALL, "live calls")
    place = hub.ring.place_of(last_event_id)
    events = _events(hub, house, streams, staff, place, words=words)
    return StreamingResponse(events, media_type="text/event-stream", headers=LIVE_HEADERS)


async def _events(
    hub: LiveHub, house: House, streams: Streams, staff: Staff, place: int | None, *, words: bool
) -> AsyncIterator[bytes]:
    ring = hub.ring
    may_go_on = _Permit(house, staff)
    until_s = time.monotonic() + STREAM_AT_MOST_S
    beat_s = time.monotonic() + BEAT_S
    with streams.one():
        yield b"retry: 1000\n\n"
        while not ring.is_closed and time.monotonic() < until_s:
            messages = ring.after(place) if place is not None else None
            if messages is None:
                place, text = await asyncio.to_thread(hub.snapshot, words=words)
                yield f"id: {ring.epoch}-{place}\nevent: snapshot\ndata: {text}\n\n".encode()
            elif messages:
                place = messages[-1].number
                yield b"".join(one.full if words else one.bare for one in messages)
            if not await may_go_on():
                yield b"event: over\ndata: {}\n\n"
                return
            if time.monotonic() >= beat_s:
                beat_s = time.monotonic() + BEAT_S
                now = house.clock.now().isoformat()
                yield f"event: beat\ndata: {json.dumps({'now': now})}\n\n".encode()
            await ring.wait(place or 0, min(CHECK_S, BEAT_S))


class _Permit:
    """Whether somebody may still do what they began; looks now and then."""

    def __init__(self, house: House, staff: Staff) -> None:
        self._house = house
        self._staff = staff
        self._next_s = time.monotonic() + CHECK_S
        self._look: asyncio.Future[bool] | None = None
        self._may = True

    async def __call__(self) -> bool:
        """As it is now; waits for the database."""
        self.glance()
        if self._look is not None:
            await asyncio.wait({self._look})
        return self.glance()

    def glance(self) -> bool:
        """As far as is known; for sound, which waits for nobody."""
        if self._look is not None and self._look.done():
            self._may, self._look = self._look.result(), None
        elif self._look is None and time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + CHECK_S
            work = asyncio.to_thread(_is_known, self._house, self._staff)
            self._look = asyncio.ensure_future(work)
        return self._may


def _is_known(house: House, staff: Staff) -> bool:
    try:
        return is_still_known(house, staff)
    except DatabaseError:
        return True  # nobody is shut out because the database is away for a moment


@router.get("/live/calls/{call_id}", response_model=LinesOut)
def read_lines(
    call_id: str,
    hub: AHub,
    house: AHouse,
    staff: Listener,
    after: Annotated[int, Query(ge=-1, description="Only what came after this `seq`.")] = -1,
) -> dict[str, object]:
    """What was said in a live call so far."""
    call, lines = hub.call(call_id), hub.lines_of(call_id, after=-1)
    if call is None or lines is None:
        raise NotThere("This call is over; its transcript is among the calls.", case="call_over")
    if after < 0:  # who goes on was noted at the beginning
        _note(house, staff, Act.READ_CALL, f"call {call_id}")
    language = call.language
    return {
        "lines": lines_of(lines, language, shown_last, after=after),
        "partial": partial_of(call, shown_last),
    }


@router.get(
    "/live/calls/{call_id}/sound",
    response_class=StreamingResponse,
    responses={200: {"content": {SOUND: {}}}},
)
async def hear_live(
    call_id: str, hub: AHub, house: AHouse, streams: TheStreams, staff: Scorer
) -> StreamingResponse:
    """The sound of a call as it goes on, without an end; sensitive steps are silence.

    Samples of 16 bits, little-endian, caller left, answer right, `X-Sample-Rate` of them a second.
    """
    streams.demand()
    _demand_here(hub, call_id)
    sound = await open_sound(live_socket_path(house.settings.state_dir), call_id)
    try:
        await asyncio.to_thread(_note, house, staff, Act.LISTENED_LIVE, f"call {call_id}")
    except BaseException:
        sound.close()
        raise
    return StreamingResponse(
        _sound(sound, hub, streams, _Permit(house, staff)),
        media_type=SOUND,
        headers={**LIVE_HEADERS, "X-Sample-Rate": str(sound.rate_hz), "X-Channels": "2"},
    )


async def _sound(
    sound: LiveSound, hub: LiveHub, streams: Streams, may_go_on: "_Permit"
) -> AsyncIterator[bytes]:
    try:
        with streams.one():
            async for piece in sound.pieces():
                if hub.ring.is_closed or not may_go_on.glance():
                    return
                yield piece
    except (OSError, TimeoutError):
        return  # the engine is gone: the sound ends, and the page says so
    finally:
        sound.close()


@router.post("/live/calls/{call_id}/end", status_code=HTTPStatus.NO_CONTENT)
def end_call(call_id: str, wanted: EndIn, hub: AHub, house: AHouse, staff: Scorer) -> None:
    """End a call: its caller hears a short apology, then it is hung up."""
    _demand_here(hub, call_id)
    path = socket_path(house.settings.state_dir)
    answer = ask(path, {"do": "end", "call": call_id}, missing=None)
    if answer is None:
        raise EngineAway(
            "The engine of this machine is not there, so the call can't be ended. It starts again "
            "by itself; try again in some seconds.",
            case="engine_starts",
        )
    if "error" in answer:
        raise NotThere("This call is over.", case="call_over")
    _note(house, staff, Act.ENDED_CALL, f"call {call_id}", wanted.reason.strip())


def _demand_here(hub: LiveHub, call_id: str) -> None:
    call = hub.call(call_id)
    if call is not None and call.node and hub.node and call.node != hub.node:
        raise CallElsewhere(
            f"This call is served by {call.node}; open the console of that machine to hear or "
            "end it.",
            case="call_on_node",
            node=call.node,
        )


@router.get("/live/alarms", response_model=list[AlarmOut])
def list_alarms(
    house: AHouse, _: Watcher, limit: Annotated[int, Query(ge=1, le=MOST_ALARMS)] = 50
) -> list[dict[str, object]]:
    """Alarms, the newest first, those that are over too."""
    with house.database.reading() as session:
        return [alarm_data(alarm) for alarm in repository.newest_alarms(session, limit)]


@router.post("/live/alarms/{alarm_id}/acknowledge", response_model=AlarmOut)
def acknowledge_alarm(
    alarm_id: int, wanted: AcknowledgeIn, hub: AHub, house: AHouse, staff: Minder
) -> dict[str, object]:
    """Say that you have seen an alarm; who was first stays."""
    now = house.clock.now()
    with house.database.transaction() as session:
        alarm = repository.acknowledge(
            session, alarm_id, who=staff.name, note=wanted.note.strip(), now=now
        )
        if alarm is None:
            raise NotThere(f"There is no alarm {alarm_id}.", case="no_alarm")
        noted(session, staff, Act.CHANGED, of=f"alarm {alarm_id}", now=now)
        data = alarm_data(alarm)
    hub.look_again()
    return data
