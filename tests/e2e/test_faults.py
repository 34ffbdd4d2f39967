"""Something of ours breaks in the middle of a call."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from fixtures.system import Speak, System, dialled
from sqlalchemy import text

from recordings.recorder import Recorder
from telephony.queue.store import QueueStore
from tts.speech import SpokenPiece
from voxdesk.app import hearing
from voxdesk.app.conversation import Conversation
from voxdesk.db import BUSY_TIMEOUT_S, Database
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import DatabaseError, RecognizerFailed, SynthesisFailed
from voxdesk.testing.softphone import CallFailed, Softphone, ring_forever

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]
APOLOGY = "I'm sorry, something went wrong here. Please call again later. Goodbye."


def fails(*_: object, **__: object) -> Any:
    raise RuntimeError("a fault that nobody thought of")


@pytest.fixture(autouse=True)
def _nobody_is_signed_in(system: System) -> Iterator[None]:
    """Afterwards: an agent whose phone is gone would keep a leg of the line ringing."""
    yield
    system.remove_agents()


async def apologized(system: System, caller: str) -> None:
    """The caller has heard the apology, whole, and nothing after it; then the call is over."""
    await system.sees(caller, EventKind.ENDED, cause="error")
    await system.at_rest()
    _, right = await asyncio.to_thread(system.recording, caller)
    assert system.hears(APOLOGY, right[::2])
    assert len(system.seen(caller, EventKind.ERROR)) == 1


def test_a_fault_of_ours_is_apologized_for(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = "+15551001"
    monkeypatch.setattr(system.engine.services.lookups, "find", fails)

    async def talk() -> None:
        async with dialled(system, caller) as call:
            await system.sees(caller, EventKind.STEP, step="menu")
            call.press("14711#")
            await system.sees(caller, EventKind.ERROR)
            await call.hears_speech()
            call.press("1")  # nothing is asked any more
            await call.wait_ended(20)
        await apologized(system, caller)

    asyncio.run(talk())


def test_a_fault_while_music_plays_is_apologized_for_in_silence(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551002"

    async def talk() -> None:
        async with await Softphone.open(user="eve", on_invite=ring_forever()) as eve:
            system.sign_in("eve", eve.uri)
            async with dialled(system, caller, "desk") as call:
                await system.sees(caller, EventKind.AGENT_RINGING)
                async with asyncio.timeout(10):
                    while not eve.calls:  # noqa: ASYNC110  a phone has no events
                        await asyncio.sleep(0.02)
                await call.hears_speech()
                monkeypatch.setattr(Recorder, "add", fails)
                await system.sees(caller, EventKind.ERROR)
                monkeypatch.undo()
                await call.wait_ended(20)
            assert (await eve.calls[-1].wait_ended(10)).code == 487
        await apologized(system, caller)

    asyncio.run(talk())


def test_a_caller_who_cannot_be_served_is_sent_on_and_not_answered(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551003"
    monkeypatch.setattr(system.engine.services.lookups, "caller_facts", fails)

    async def talk() -> None:
        async with await Softphone.open() as phone:
            call = await phone.call(system.uri(), caller=caller)
            with pytest.raises(CallFailed) as failure:
                await call.answered()
            assert failure.value.status == 503
        await system.at_rest()

    asyncio.run(talk())


def test_when_the_record_of_the_caller_is_away_the_call_is_answered_all_the_same(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15550100"

    def away(_number: str) -> Mapping[str, Any]:
        raise DatabaseError("away")

    monkeypatch.setattr(system.engine.services.lookups, "caller_facts", away)

    async def talk() -> None:
        async with dialled(system, caller):
            await system.sees(caller, EventKind.PROMPT)

    asyncio.run(talk())

    assert system.said(caller)[0].startswith("Hello. ")


def test_when_no_voice_speaks_the_call_goes_on(
    system: System, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551004"

    async def mute(*_: object, **__: object) -> AsyncIterator[SpokenPiece]:
        raise SynthesisFailed("no voice", voice="test")
        yield

    async def cold(*_: object, **__: object) -> int:
        raise SynthesisFailed("no voice", voice="test")

    monkeypatch.setattr(system.engine.services.speech, "speak", mute)
    monkeypatch.setattr(system.engine.services.speech, "warm", cold)

    async def talk() -> None:
        async with dialled(system, caller) as call:
            await system.sees(caller, EventKind.PROMPT_FINISHED, utterance=2)
            await call.say_all(speak("What are your opening hours?"))
            await system.sees(caller, EventKind.STEP, step="more")
            call.press("9")
            await call.wait_ended(20)

    asyncio.run(talk())

    assert system.record(caller).cause == "hung_up"
    assert system.seen(caller, EventKind.ERROR, where="speech")


def test_when_no_recognizer_hears_the_call_goes_on_by_keys(
    system: System, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551005"

    def deaf(*_: object, **__: object) -> Any:
        raise RecognizerFailed("no ear", engine="test")

    monkeypatch.setattr(system.engine.services.recognizer.recognizer, "work", lambda *_: deaf)

    async def talk() -> None:
        async with dialled(system, caller, "ladder") as call:
            await system.sees(caller, EventKind.PROMPT_FINISHED)
            await call.say_all(speak("I want to return an item."))
            await system.sees(caller, EventKind.ERROR, where="recognition")
            await system.sees(caller, EventKind.NO_MATCH)
            call.press("1")
            await system.sees(caller, EventKind.STEP, step="served")

    asyncio.run(talk())


def test_when_the_queue_cannot_be_reached_the_flow_goes_on(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551006"

    def away(*_: object, **__: object) -> Any:
        raise DatabaseError("away")

    queue = system.engine.services.queue
    monkeypatch.setattr(queue, "settings", replace(queue.settings, join_timeout_s=0.5))
    monkeypatch.setattr(QueueStore, "run", away)

    async def talk() -> None:
        async with dialled(system, caller, "desk") as call:
            await system.sees(caller, EventKind.STEP, step="nobody")
            await call.hears_speech()
            monkeypatch.undo()
            await call.wait_ended(20)
        await system.at_rest()

    asyncio.run(talk())

    assert [transfer.outcome for transfer in system.transfers(caller)] == ["failed"]


def test_when_the_disk_is_full_the_call_goes_on_unrecorded(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551007"
    recordings = system.engine.services.recordings
    monkeypatch.setattr(recordings, "_look_at_disk", lambda: "the disk is full")

    async def talk() -> None:
        async with dialled(system, caller, "desk") as call:
            await system.sees(caller, EventKind.RECORDING, state="failed")
            await system.sees(caller, EventKind.STEP, step="nobody")
            await call.wait_ended(20)

    asyncio.run(talk())

    record = system.record(caller)
    assert record.cause == "hung_up"


def test_a_line_that_dies_ends_its_calls_and_another_takes_its_place(system: System) -> None:
    caller = "+15551010"

    async def talk() -> None:
        async with dialled(system, caller, "talk") as call:
            await system.sees(caller, EventKind.PROMPT)
            [line] = system.engine.exchange.lines
            os.kill(line.pid, signal.SIGKILL)
            await system.sees(caller, EventKind.ENDED, cause="line_lost")
            call.vanish()
        async with asyncio.timeout(30):
            while not system.engine.exchange.addresses:  # noqa: ASYNC110  it says nothing
                await asyncio.sleep(0.05)
        async with dialled(system, "+15551011", "talk"):
            await system.sees("+15551011", EventKind.PROMPT)
        await system.at_rest()

    asyncio.run(talk())

    left, _ = system.recording(caller)
    assert len(left) > 0


def test_a_fault_in_the_dialogue_itself_ends_one_call_and_no_other(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    well, ill = "+15551008", "+15551009"

    async def talk() -> None:
        async with dialled(system, well, "talk") as fine:
            await system.sees(well, EventKind.PROMPT)
            async with dialled(system, ill, "talk") as call:
                await system.sees(ill, EventKind.PROMPT)
                with monkeypatch.context() as broken:
                    broken.setattr(Conversation, "on_digit", fails)
                    call.press("5")
                    await system.sees(ill, EventKind.ERROR)
                await call.wait_ended(20)
            fine.press("5")
            await system.sees(well, EventKind.STEP, step="sure")
        await apologized(system, ill)

    asyncio.run(talk())


def test_a_recognizer_that_hangs_is_asked_no_more_and_another_thread_hears(
    system: System, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551021"
    recognizer = system.engine.services.recognizer.recognizer
    pool = system.engine._running().pool
    works, over = recognizer.work, threading.Event()

    def hangs(*_: object) -> Any:
        return lambda _load: over.wait(30)

    monkeypatch.setattr(hearing, "RECOGNIZED_WITHIN_S", 1.0)
    monkeypatch.setattr(pool, "_stuck_after_s", 1.5)
    monkeypatch.setattr(recognizer, "work", hangs)

    async def talk() -> None:
        async with dialled(system, caller, "talk") as call:
            await system.sees(caller, EventKind.PROMPT_FINISHED)
            await call.say_all(speak("I want to return an item."))
            await system.sees(caller, EventKind.ERROR, where="recognition")
            await system.sees(caller, EventKind.NO_MATCH)
            async with asyncio.timeout(10):
                while pool.load.running:  # noqa: ASYNC110  the pool has no events
                    await asyncio.sleep(0.05)
            monkeypatch.setattr(recognizer, "work", works)
            monkeypatch.setattr(hearing, "RECOGNIZED_WITHIN_S", 12.0)
            monkeypatch.setattr(pool, "_stuck_after_s", 20.0)
            await call.hears_prompt()
            await call.say_all(speak("I want to return an item."))
            await system.sees(caller, EventKind.HEARD)

    try:
        asyncio.run(talk())
    finally:
        over.set()

    assert pool.renewed > 0
    assert "return" in system.seen(caller, EventKind.HEARD)[-1].data["text"].lower()


def test_a_recognizer_that_raises_is_a_turn_that_was_not_understood(
    system: System, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551012"
    monkeypatch.setattr(system.engine.services.recognizer.recognizer, "work", lambda *_: fails)

    async def talk() -> None:
        async with dialled(system, caller, "ladder") as call:
            await system.sees(caller, EventKind.PROMPT_FINISHED)
            await call.say_all(speak("I want to return an item."))
            await system.sees(caller, EventKind.ERROR, where="recognition")
            await system.sees(caller, EventKind.NO_MATCH)

    asyncio.run(talk())

    assert not system.seen(caller, EventKind.ERROR, where="recognition", code="RuntimeError")


def test_a_voice_that_hangs_costs_one_sentence_and_its_thread_is_replaced(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15551013"
    speech = system.engine.services.speech
    workers, over = speech._workers, threading.Event()
    voice = speech._voice("en", sensitive=True)

    def hangs(*_: object, **__: object) -> Any:
        over.wait(30)
        yield from ()

    monkeypatch.setattr(speech, "_timeout_s", 15.0)
    monkeypatch.setattr(workers, "_stuck_after_s", 1.5)

    async def talk() -> None:
        async with dialled(system, caller, "transfers") as call:
            await system.sees(caller, EventKind.PROMPT)
            with monkeypatch.context() as broken:
                broken.setattr(voice, "synthesize", hangs)
                broken.setattr(speech, "_timeout_s", 1.0)
                lost = asyncio.wrap_future(
                    asyncio.run_coroutine_threadsafe(heard(UNHEARD), system._loop)
                )
                with pytest.raises(SynthesisFailed):
                    await asyncio.wait_for(lost, 10)
                await asyncio.sleep(0.6)  # until the thread counts as hung
            made = asyncio.run_coroutine_threadsafe(heard(SAID), system._loop)
            assert await asyncio.wait_for(asyncio.wrap_future(made), 15) > 0
            call.press("*")

    async def heard(text: str) -> int:
        spoken = speech.speak(text, sensitive=True)
        return sum([len(piece.pcm) async for piece in spoken])

    try:
        asyncio.run(talk())
    finally:
        over.set()

    assert workers.renewed > 0


UNHEARD, SAID = "Nobody will ever hear this sentence.", "And this one is heard by everybody."


@pytest.mark.bench  # as long as SQLite waits for a lock
def test_a_program_that_holds_the_database_locked_delays_records_and_no_call(
    system: System,
) -> None:
    caller = "+15551022"
    other = Database(system.settings.database_url)

    async def talk() -> None:
        async with dialled(system, caller, "shop") as call:
            await system.sees(caller, EventKind.STEP, step="menu")
            with other.transaction() as session:
                session.execute(text("SELECT 1"))  # a transaction begins with its first statement
                call.press("14711#")  # a lookup only reads, and waits for nobody
                await call.hears_prompt()
                await asyncio.sleep(BUSY_TIMEOUT_S + 1.0)
                assert system.engine.troubles
            await system.sees(caller, EventKind.LOOKUP, outcome="found")
            await call.hang_up()
        await system.at_rest()

    asyncio.run(talk())
    other.close()

    assert system.record(caller).cause == "caller_hung_up"
    assert system.engine.services.call_log.status.lost == 0
