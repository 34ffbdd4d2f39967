"""Callers who don't want to wait are called back, by real SIP calls, and talk with somebody."""

import asyncio
from datetime import timedelta

import pytest
from fixtures.system import Speak, System, dialled

from crm.callbacks import repository
from crm.callbacks.models import Callback, CallbackAttempt
from crm.callbacks.policy import Rules
from voxdesk.app.callback_settings import CallbackSettings
from voxdesk.app.callbacks import desk
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import PhoneCall, Softphone, answer_after, refuse_with

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


@pytest.fixture(autouse=True)
def nobody_signed_in(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    system.remove_agents()
    monkeypatch.setattr(desk, "LOOK_EVERY_S", 0.2)


def calls_back_to(system: System, monkeypatch: pytest.MonkeyPatch, phone: Softphone) -> None:
    """Numbers are dialled at this phone."""
    port = phone.uri.rpartition(":")[2]
    callbacks = system.engine._callbacks
    assert callbacks is not None
    settings = CallbackSettings(dial=f"sip:{{number}}@127.0.0.1:{port}", ring_s=3)
    monkeypatch.setattr(callbacks, "_settings", settings)
    monkeypatch.setattr(callbacks, "_rules", Rules(retry_after=timedelta(seconds=0.1)))


def callback_of(system: System, number: str) -> tuple[Callback, list[CallbackAttempt]]:
    with system.database.reading() as session:
        found = repository.list_callbacks(session, all_=True)
        callback = next(one for one in found if one.phone == number)
        return callback, list(repository.attempts_of(session, callback.id))


async def until_state(system: System, number: str, state: str, within_s: float = 30.0) -> None:
    async with asyncio.timeout(within_s):
        while callback_of(system, number)[0].state != state:  # noqa: ASYNC110  another process's
            await asyncio.sleep(0.05)


async def asks_to_be_called(system: System, call: PhoneCall, number: str) -> None:
    """Leaves the line by its key, and wants to be called on their own number, soon."""
    for key, step in (("*", "later:own"), ("1", "later:when"), ("1", "later:then")):
        call.press(key)
        await system.sees(number, EventKind.STEP, step=step)
    promise = "All right. We'll call you as soon as somebody is free."
    await system.sees(number, EventKind.PROMPT, text=promise)
    await call.wait_ended(15)


async def until_rung(phone: Softphone, within_s: float = 30.0) -> PhoneCall:
    async with asyncio.timeout(within_s):
        while not phone.calls:  # noqa: ASYNC110  the phone has no events
            await asyncio.sleep(0.02)
    return phone.calls[-1]


def test_who_leaves_the_line_is_called_back_and_keeps_the_place(
    system: System, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, served = "+15550540", "+15550542"
    hello = speak("Hello, is anybody there?")

    async def talk() -> None:
        async with (
            await Softphone.open(user="sam", on_invite=answer_after(0.2)) as sam,
            await Softphone.open(user=number, on_invite=answer_after(0.3)) as anna,
        ):
            calls_back_to(system, monkeypatch, anna)
            system.sign_in("sam", sam.uri)
            async with dialled(system, served, "desk"):
                await system.sees(served, EventKind.BRIDGED)  # sam is busy
                async with dialled(system, number, "later") as call:
                    queued = await system.sees(number, EventKind.QUEUED)
                    await system.sees(
                        number, EventKind.PROMPT, text="To be called back instead, press star."
                    )
                    await asks_to_be_called(system, call, number)
                waiting, _ = callback_of(system, number)
                assert abs((waiting.waiting_since - queued.at).total_seconds()) < 2.0
                assert not anna.calls, "nobody is free yet"

            call = await until_rung(anna)  # now sam is
            uri = f"sip:{number}@{anna.uri.rpartition('@')[2]}"
            await call.answered()
            await system.sees(
                uri,
                EventKind.PROMPT,
                text="This is the tea shop. You asked us to call you back. Shall I get you a "
                "person now?",
            )
            assert len(sam.calls) == 1, "nobody's time is wasted on a machine that answers"
            await call.hears_speech(since_s=call.answered_s)
            call.press("1")
            await system.sees(uri, EventKind.BRIDGED, agent="sam")
            agent = sam.calls[-1]
            asked = call.say(hello)
            await asked.done(10)
            await agent.hears_speech(since_s=asked.sent_s[0])
            await agent.hang_up()
            await call.wait_ended(20)
            await system.sees(uri, EventKind.ENDED)
            await until_state(system, number, "done")
            assert system.record(uri).direction == "outbound"

    asyncio.run(talk())

    callback, [attempt] = callback_of(system, number)
    assert (callback.outcome, attempt.outcome) == ("talked", "talked")
    assert attempt.call_id


def test_who_cannot_be_reached_is_called_three_times(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, served = "+15550541", "+15550543"

    async def talk() -> None:
        async with (
            await Softphone.open(user="sam", on_invite=answer_after(0.2)) as sam,
            await Softphone.open(user=number, on_invite=refuse_with(486)) as busy,
        ):
            calls_back_to(system, monkeypatch, busy)
            system.sign_in("sam", sam.uri)
            async with dialled(system, served, "desk"):
                await system.sees(served, EventKind.BRIDGED)
                async with dialled(system, number, "later") as call:
                    await system.sees(number, EventKind.QUEUED)
                    await asks_to_be_called(system, call, number)
            await until_state(system, number, "failed")
            assert len(busy.calls) == 3
            assert len(sam.calls) == 1

    asyncio.run(talk())

    _, attempts = callback_of(system, number)
    assert [attempt.outcome for attempt in attempts] == ["busy"] * 3
