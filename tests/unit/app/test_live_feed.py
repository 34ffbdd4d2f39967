"""Watching never holds up a call, and listening never hears what is sensitive."""

import asyncio
import functools
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.calls.entries import LoggedEvent
from telephony.legs import AudioReceived
from voxdesk.app.live.ears import BYTES_A_FRAME, MOST_WAITING, SILENT_AFTER_SAMPLES, Ears
from voxdesk.app.live.engine_link import EngineLink, Hello, SoFar
from voxdesk.app.live.feed import DROPPED, FeedReader, LiveFeed
from voxdesk.app.live.listening import CallGone, open_sound
from voxdesk.app.live.ring import MOST_MESSAGES, Ring
from voxdesk.app.live.server import LiveServer
from voxdesk.app.live.streams import EngineAway, Streams, TooManyStreams
from voxdesk.app.live.view import changes, masked, without_words
from voxdesk.kernel.audio import FRAME_MS, SAMPLE_RATE_HZ, AudioFrame
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.unit
SAMPLES = FRAME_MS * SAMPLE_RATE_HZ // 1000
CALL = CallId("a1b2c3")
P = ParamSpec("P")


def on_a_loop(test: Callable[P, Coroutine[None, None, None]]) -> Callable[P, None]:
    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def frame(number: int, heard: int = 1000, sent: int | None = -1000) -> AudioReceived:
    pcm = np.full(SAMPLES, heard, np.int16)
    back = None if sent is None else np.full(SAMPLES, sent, np.int16)
    return AudioReceived(AudioFrame(pcm, number * SAMPLES), back)


# ------------------------------------------------------------------ the feed


@on_a_loop
async def test_a_reader_that_does_not_keep_up_is_told_and_dropped() -> None:
    reader = FeedReader(most_waiting=3)
    for number in range(10):
        reader.push(b"%d\n" % number)
    batches = [batch async for batch in reader.batches()]
    assert batches == [DROPPED]


@on_a_loop
async def test_readers_get_all_that_happens_in_order() -> None:
    feed, reader = LiveFeed(), FeedReader()
    feed.join("here", reader)
    feed.partial(CALL, "an agent")
    feed.partial(CALL, "an agent please")
    feed.leave(reader)
    feed.partial(CALL, "nobody hears this")
    async for batch in reader.batches():
        words = [json.loads(line).get("text") for line in batch.splitlines()]
        assert words == [None, "an agent", "an agent please"]
        break


# ------------------------------------------------------------------ listening


async def heard_by(ear_sound: object) -> np.ndarray:
    assert isinstance(ear_sound, bytes)
    return np.frombuffer(ear_sound, "<i2").reshape(-1, 2)


@on_a_loop
async def test_both_sides_are_heard_each_on_its_own_side() -> None:
    ears = Ears()
    ear = ears.join()
    ears.hear(frame(0), sensitive=False)
    ears.close()
    (sound,) = [sound async for sound in ear.sound()]
    both = await heard_by(sound)
    assert both.shape == (SAMPLES, 2)
    assert set(both[:, 0]) == {1000}
    assert set(both[:, 1]) == {-1000}


@on_a_loop
async def test_sensitive_steps_are_silence_and_a_moment_after_them_too() -> None:
    ears = Ears()
    ears.hear(frame(0), sensitive=True)  # whoever comes right after hears no rest of it
    ear = ears.join()
    after = SILENT_AFTER_SAMPLES // SAMPLES
    for number in range(1, after + 2):
        ears.hear(frame(number), sensitive=False)
    ears.close()
    sound = b"".join([sound async for sound in ear.sound()])
    levels = np.abs(np.frombuffer(sound, "<i2")).reshape(-1, SAMPLES * 2).max(axis=1)
    silent = MOST_WAITING - 2  # the oldest of what nobody took is gone
    assert not levels[:silent].any()
    assert levels[-1] == 1000


@on_a_loop
async def test_what_a_listener_does_not_take_is_lost_and_a_stuck_one_goes() -> None:
    ears = Ears()
    ear = ears.join()
    for number in range(MOST_WAITING + 5):
        ears.hear(frame(number), sensitive=False)
    first = await anext(ear.sound())
    assert len(first) == MOST_WAITING * BYTES_A_FRAME
    for number in range(2 * 600):
        ears.hear(frame(number), sensitive=False)
    assert ear.is_over


class Session:
    def __init__(self) -> None:
        self.ears = Ears()


@on_a_loop
async def test_the_socket_gives_events_and_sound_and_says_when_a_call_is_gone(
    tmp_path: Path,
) -> None:
    session, feed, path = Session(), LiveFeed(), tmp_path / "run" / "live.sock"
    published: list[Callable[[LoggedEvent], None]] = []

    def subscribe(subscriber: Callable[[LoggedEvent], None]) -> Callable[[], None]:
        published.append(subscriber)
        return lambda: None

    feed.open(subscribe)
    server = LiveServer(path, feed, lambda: {CALL: session}, "here")
    with pytest.raises(EngineAway):
        await open_sound(path, CALL)
    await server.start()
    with pytest.raises(CallGone):
        await open_sound(path, "nothing")

    sound = await open_sound(path, CALL)
    session.ears.hear(frame(0), sensitive=False)
    pieces = sound.pieces()
    assert len(await anext(pieces)) == BYTES_A_FRAME
    session.ears.close()
    assert [piece async for piece in pieces] == []
    sound.close()

    link = EngineLink(path)
    assert await asyncio.to_thread(link.connect)
    assert await asyncio.to_thread(link.read, 5.0) == [Hello("here")]
    event = LoggedEvent(4, CallEvent(CALL, EventKind.STEP, datetime.now(UTC), 10, {"step": "a"}))
    await asyncio.to_thread(published[0], event)
    feed.partial(CALL, "hello")
    said = await asyncio.to_thread(link.read, 5.0)
    while len(said) < 2:
        said += await asyncio.to_thread(link.read, 5.0)
    assert sorted(map(str, said)) == sorted(map(str, [event, SoFar(CALL, "hello")]))
    await server.close()
    assert await asyncio.to_thread(link.read, 5.0) == []
    assert not link.is_open
    assert not path.exists()


@on_a_loop
async def test_nonsense_on_the_socket_is_answered_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "run" / "live.sock"
    server = LiveServer(path, LiveFeed(), dict, "here")
    await server.start()
    for nonsense in (b"{}\n", b"[]\n", b'{"do": "dance"}\n', b"\xff\n", b"1\n"):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(nonsense)
        assert b"error" in await asyncio.wait_for(reader.read(), 5)
        writer.close()
    await server.close()


# ------------------------------------------------------------------ the ring


def test_a_page_that_was_away_gets_what_it_missed_or_the_whole_picture() -> None:
    ring = Ring()
    for number in range(3):
        ring.put("calls", f"full {number}", f"bare {number}")
    missed = ring.after(1)
    assert missed is not None
    assert [b"full" in one.full and b"bare" in one.bare for one in missed] == [True, True]
    assert ring.after(3) == []
    assert ring.after(4) is None
    assert ring.place_of(f"{ring.epoch}-2") == 2
    for odd in ("", "2", "other-2", f"{ring.epoch}-x", f"{ring.epoch}-²"):
        assert ring.place_of(odd) is None
    for _ in range(MOST_MESSAGES):
        ring.put("calls", "", "")
    assert ring.after(1) is None
    reached = ring.after(3)
    assert reached is not None
    assert len(reached) == MOST_MESSAGES


@on_a_loop
async def test_a_reader_wakes_when_something_comes_and_when_all_is_over() -> None:
    ring = Ring()
    waiting = asyncio.create_task(ring.wait(0, 30))
    await asyncio.sleep(0)
    await asyncio.to_thread(ring.put, "state", "{}", "{}")
    await asyncio.wait_for(waiting, 5)
    waiting = asyncio.create_task(ring.wait(1, 30))
    await asyncio.sleep(0)
    ring.close()
    await asyncio.wait_for(waiting, 5)


def test_streams_have_a_bound() -> None:
    streams = Streams(most=1)
    with streams.one():
        with pytest.raises(TooManyStreams, match="close one"), streams.one():
            pass
        assert streams.open == 1
    streams.demand()


# ------------------------------------------------------------------ what is shown


def test_of_a_number_only_the_end_is_shown() -> None:
    assert masked("+1 555 0123 456") == "+• ••• •••3 456"
    assert masked("anonymous") == "anonymous"
    assert masked("100") == "100"


@given(st.text())
def test_of_no_number_more_than_four_digits_are_shown_when_it_could_be_dialled(text: str) -> None:
    digits = sum(char.isdigit() for char in text)
    shown = sum(char.isdigit() for char in masked(text))
    assert shown == (digits if digits <= 6 else 4)


def test_who_may_not_see_words_gets_none() -> None:
    row = {"id": "1", "customer": "Ada", "line": {}, "partial": "a", "feeling": "", "step": "x"}
    assert without_words(row) == {"id": "1", "step": "x"}
    assert changes(row, row | {"partial": "b"}) == {"id": "1", "partial": "b"}
    assert changes(row, dict(row)) == {}
    assert changes(None, row) == row
