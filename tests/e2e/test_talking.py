"""Talking with the machine: who gives way to whom, and what is understood everywhere."""

import asyncio
import threading

import pytest
from fixtures.system import Speak, System, dialled

from voxdesk.kernel.call import EventKind
from voxdesk.testing.signal_checks import share_heard
from voxdesk.testing.softphone import CallFailed, Echo, PhoneCall, Softphone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
RATE = 8000
STORY = (
    "On weekdays we open very early in the morning, on Saturdays we open around noon, "
    "and every Sunday the whole shop stays closed because we go swimming in the river. "
    "Tea or coffee?"
)


async def told_the_story(system: System, caller: str, call: PhoneCall) -> float:
    """Go to the long prompt; the moment at which it began to be heard."""
    await system.sees(caller, EventKind.PROMPT, text="Which one?")
    call.press("1")
    await system.sees(caller, EventKind.PROMPT, text=STORY)
    return await call.hears_speech()


# ------------------------------------------------------------------ prompts give way, or not


async def test_a_backchannel_pauses_the_prompt_and_it_goes_on_to_its_end(
    system: System, speak: Speak
) -> None:
    caller = "+15550601"
    okay = speak("Okay.")

    async with dialled(system, caller, "talk") as call:
        await told_the_story(system, caller, call)
        await call.say_all(okay)
        await system.sees(caller, EventKind.PROMPT_RESUMED)
        story = system.seen(caller, EventKind.PROMPT, text=STORY)[0].data["utterance"]
        await system.sees(caller, EventKind.PROMPT_FINISHED, utterance=story)
        # Nothing is missing and nothing is said twice: the pause lies between two samples.
        sound = await asyncio.to_thread(system.sound_of, STORY)
        assert share_heard(sound, call.heard.pcm, RATE, part_s=0.25) > 0.9

    assert system.seen(caller, EventKind.PROMPT_PAUSED)
    assert system.seen(caller, EventKind.IGNORED)[0].data["why"] == "backchannel"
    assert not system.seen(caller, EventKind.HEARD)
    assert not system.seen(caller, EventKind.PROMPT_STOPPED, by="speech")


async def test_the_echo_of_our_own_prompt_does_not_stop_it(system: System) -> None:
    caller = "+15550602"

    async with dialled(system, caller, "talk") as call:
        call.stream.echo = Echo(delay_s=0.12, gain_db=-12)
        await told_the_story(system, caller, call)
        story = system.seen(caller, EventKind.PROMPT, text=STORY)[0].data["utterance"]
        await system.sees(caller, EventKind.PROMPT_FINISHED, utterance=story)

    assert not system.seen(caller, EventKind.PROMPT_STOPPED, by="speech")
    assert not system.seen(caller, EventKind.HEARD)


@pytest.mark.parametrize(("caller", "method"), [("+15550603", "rfc4733"), ("+15550604", "info")])
async def test_a_key_stops_the_prompt_at_once(system: System, caller: str, method: str) -> None:
    async with dialled(system, caller, "talk") as call:
        await told_the_story(system, caller, call)
        if method == "info":
            await call.press_by_info("2")  # the same key by both ways would count once
        else:
            call.press("1")
        await system.sees(caller, EventKind.PROMPT_STOPPED, by="key")
        await system.sees(caller, EventKind.PROMPT, text="Which one?", count=2)
        await call.hears_prompt()
        sound = await asyncio.to_thread(system.sound_of, STORY)
        assert share_heard(sound, call.heard.pcm, RATE) < 0.5

    assert [event.data["digit"] for event in system.seen(caller, EventKind.KEY, method=method)]


# ------------------------------------------------------------------ understood everywhere


@pytest.mark.parametrize(
    ("caller", "kinds"),
    [
        ("+15550605", {"2": "digits", "3": "order", "4": "date"}),
        ("+15550606", {"5": "sure", "6": "drink", "7": "free"}),
    ],
)
async def test_a_person_is_asked_for_at_every_kind_of_question(
    system: System, speak: Speak, caller: str, kinds: dict[str, str]
) -> None:
    agent = speak("Can I speak to a person?")

    async with dialled(system, caller, "talk") as call:
        for count, (key, step) in enumerate(kinds.items(), start=1):
            await system.sees(caller, EventKind.STEP, step="which", count=count)
            await call.hears_speech()
            call.press(key)
            await system.sees(caller, EventKind.STEP, step=step)
            await system.sees(caller, EventKind.PROMPT, count=2 * count)
            await call.say_all(agent)
            await system.sees(caller, EventKind.STEP, step="person", count=count)


async def test_repeat_go_back_and_start_over(system: System, speak: Speak) -> None:
    caller = "+15550607"

    async def say(call: PhoneCall, words: str) -> None:
        await call.hears_prompt(pause_s=0.5)
        await call.say_all(speak(words))

    async with dialled(system, caller, "talk") as call:
        await system.sees(caller, EventKind.PROMPT, text="Which one?")
        call.press("2")
        await system.sees(caller, EventKind.STEP, step="digits")
        await say(call, "Repeat that, please.")
        await system.sees(caller, EventKind.PROMPT, text="Digits, please.", count=2)
        await say(call, "Go back.")
        await system.sees(caller, EventKind.STEP, step="which", count=2)
        await call.hears_speech()
        call.press("5")
        await system.sees(caller, EventKind.STEP, step="sure")
        await say(call, "Start over.")
        await system.sees(caller, EventKind.STEP, step="which", count=3)

    commands = [event.data.get("command") for event in system.seen(caller, EventKind.UNDERSTOOD)]
    assert [command for command in commands if command] == ["repeat", "back", "start_over"]


# ------------------------------------------------------------------ being answered


def test_a_caller_is_answered_only_when_the_session_is_ready(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15550101"
    lookups = system.engine.services.lookups
    ready, facts = threading.Event(), lookups.caller_facts

    def slow(number: str) -> object:
        assert ready.wait(10)
        return facts(number)

    monkeypatch.setattr(lookups, "caller_facts", slow)

    async def talk() -> None:
        async with await Softphone.open() as phone:
            call = await phone.call(system.uri(), caller=caller)
            with pytest.raises(CallFailed):
                await call.answered(0.5)
            assert call.provisional[-1] == 180
            ready.set()
            await call.answered()
            await system.sees(caller, EventKind.PROMPT)
        await system.sees(caller, EventKind.ENDED)

    asyncio.run(talk())

    assert system.said(caller)[0].startswith("Hello James.")


def test_a_caller_whose_language_nobody_speaks_here_is_served_in_another(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    caller = "+15550102"  # the record says Mandarin

    async def talk() -> None:
        async with dialled(system, caller) as call:
            await system.sees(caller, EventKind.PROMPT, utterance=1)
            call.press("8")  # asks for Mandarin
            await system.sees(caller, EventKind.STEP, step="to_chinese")
            await system.sees(
                caller, EventKind.PROMPT, text="Sorry, I can't speak that language here."
            )

    asyncio.run(talk())

    assert system.said(caller)[0].endswith("This call is recorded.")
    assert system.record(caller).language == "en"
    assert "no voice here speaks the caller's language, zh" in caplog.text


def test_giving_up_while_it_rings_leaves_a_closed_record(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15550608"
    ready = threading.Event()
    monkeypatch.setattr(
        system.engine.services.lookups,
        "caller_facts",
        lambda _number: {"known": not ready.wait(10)},
    )

    async def talk() -> None:
        async with await Softphone.open() as phone:
            call = await phone.call(system.uri(), caller=caller)
            async with asyncio.timeout(300):
                while not call.provisional:  # noqa: ASYNC110  the phone has no events
                    await asyncio.sleep(0.01)
            await call.hang_up()
            assert call.ended is not None
            assert call.ended.code == 487
            ready.set()
        await system.sees(caller, EventKind.ENDED, cause="cancelled")
        await system.at_rest()

    asyncio.run(talk())

    record = system.record(caller)
    assert (record.cause, record.answered_at, record.recording_path) == ("cancelled", None, "")


def test_the_fifth_caller_hears_busy_until_one_has_gone(system: System) -> None:
    callers = [f"+1555061{number}" for number in range(4)]

    async def talk() -> None:
        async with await Softphone.open() as phone:
            calls = [await phone.call(system.uri("talk"), caller=caller) for caller in callers]
            for call in calls:
                await call.answered()
            with pytest.raises(CallFailed) as failure:
                await (await phone.call(system.uri("talk"), caller="+15550614")).answered()
            assert failure.value.status == 486
            await calls[0].hang_up()
            await system.sees(callers[0], EventKind.ENDED)
            after = await phone.call(system.uri("talk"), caller="+15550615")
            await after.answered()
        await system.at_rest()

    asyncio.run(talk())


async def test_no_time_runs_while_the_caller_holds(system: System) -> None:
    caller = "+15550616"

    async with dialled(system, caller, "ladder") as call:
        await system.sees(caller, EventKind.PROMPT_FINISHED)
        await call.hold()
        await system.sees(caller, EventKind.HELD, on=True)
        before = len(system.seen(caller, EventKind.NO_INPUT))
        await asyncio.sleep(2.5)  # it has the patience of one second
        assert len(system.seen(caller, EventKind.NO_INPUT)) == before
        await call.resume()
        await system.sees(caller, EventKind.HELD, on=False)
        await system.sees(caller, EventKind.NO_INPUT, count=before + 1)
        await call.hears_speech()
