"""The engine dies, or makes room for the next one, in the middle of calls: they go on."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import soundfile
from fixtures.call_records import WITHIN_S, calling
from fixtures.served import Served
from fixtures.system import Speak

from recordings.library import Wholeness
from telephony.queue.state import AgentId, SignedIn
from telephony.queue.store import AgentProfile, QueueStore
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.clock import SystemClock
from voxdesk.testing.softphone import Softphone, answer_after

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A program whose calls wait longer for their engine: the machine may be busy."""
    running = Served(tmp_path_factory.mktemp("served"))
    running.env["VOXDESK_SIP__ENGINE_TIMEOUT_S"] = "50"
    try:
        running.start()
        yield running
    finally:
        running.close()


def kill_engine(served: Served) -> None:
    served.engine().kill()


def restart_by_command(served: Served) -> None:
    os.kill(served.engine().pid, signal.SIGHUP)


@pytest.mark.parametrize(
    ("lose", "caller"), [(kill_engine, "+1555091"), (restart_by_command, "+1555094")]
)
def test_calls_go_on_with_the_next_engine(
    served: Served, speak: Speak, lose: Callable[[Served], None], caller: str
) -> None:
    """One listens, one has keyed half a number, one has just been asked."""

    async def talk() -> None:
        async with AsyncExitStack() as stack:
            names = [f"{caller}{n}" for n in range(3)]
            calls = [
                await stack.enter_async_context(calling(served, name, "talk")) for name in names
            ]
            (asked, asked_log), (keyed, keyed_log), (told, told_log) = calls
            for _, log in calls:
                await log.shows(EventKind.PROMPT, text="Which one?")
            keyed.press("2")
            await keyed_log.shows(EventKind.PROMPT, text="Digits, please.")
            told.press("1")
            await told_log.shows(EventKind.STEP, step="story")
            before = served.engine().pid
            lines = served.lines()

            await asyncio.to_thread(lose, served)

            for _, log in calls:
                gap = await log.shows(EventKind.RECORDING, state="gap")
                assert 0.0 <= gap.data["seconds"] < WITHIN_S
            assert served.engine().pid != before
            assert served.lines() == lines, "the same lines"
            for call, _ in calls:
                assert call.ended is None
            await keyed_log.shows(EventKind.PROMPT, count=2, text="Digits, please.")
            keyed.press("4711")
            await keyed_log.shows(EventKind.SLOT, slot="digits", value="4711")
            await asked_log.shows(EventKind.PROMPT, count=2, text="Which one?")
            await asked.quiet()
            await asked.say_all(speak("An order, please."))
            await asked_log.shows(EventKind.STEP, step="order")
            told.press("2")
            await told_log.shows(EventKind.STEP, step="which", count=2)
            for call, _ in calls:
                await call.hang_up()
        for _, log in calls:
            await log.shows(EventKind.ENDED, cause="caller_hung_up")
            record = log.call
            assert record is not None
            started = log.events(EventKind.RECORDING, state="started")
            assert len(started) == 1, "one recording"
            library = served.library
            assert library.info(record.recording_path).wholeness is Wholeness.WHOLE
            with library.open(record.recording_path) as file:
                stereo, rate = soundfile.read(file, dtype="int16")
            stopped = log.events(EventKind.RECORDING, state="stopped")[0].data["seconds"]
            assert abs(len(stereo) / rate - stopped) < 0.1
            gap = log.events(EventKind.RECORDING, state="gap")[0]
            assert abs(stereo[gap.audio_ms * 16 :, 1]).max() > 1000, "it goes on after the gap"
            # A machine that is busy may be too slow to speak; nothing else goes wrong.
            assert all(e.data["where"] == "speech" for e in log.events(EventKind.ERROR))

    asyncio.run(talk())


def test_a_caller_and_an_agent_hear_each_other_again(served: Served, speak: Speak) -> None:
    async def talk() -> None:
        async with await Softphone.open(user="sam", on_invite=answer_after(0.2)) as desk:
            store, now = QueueStore(served.database), SystemClock().now()
            store.put_agent(AgentProfile(AgentId("sam"), "Sam", desk.uri, ()), now)
            store.run([SignedIn(AgentId("sam"))], now)
            async with calling(served, "+15550920", "shop") as (caller, log):
                await caller.hears_speech()
                caller.press("0")
                await log.shows(EventKind.BRIDGED)
                agent = desk.calls[-1]

                await asyncio.to_thread(kill_engine, served)

                await log.shows(EventKind.RECORDING, state="gap")
                for speaker, hearer in ((agent, caller), (caller, agent)):
                    await hearer.quiet(timeout_s=WITHIN_S)
                    since_s = time.monotonic()
                    speaker.say(speak("Hello, can you hear me?"))
                    await hearer.hears_speech(since_s=since_s)
                await agent.hang_up()
                await log.shows(EventKind.TRANSFER, outcome="connected", agent="sam")
                await log.shows(EventKind.STEP, step="bye")
            await log.shows(EventKind.ENDED)
            deadline_s = time.monotonic() + 20
            while (sam := store.state().agents[AgentId("sam")]).call_id is not None:
                assert time.monotonic() < deadline_s, f"the agent is still {sam.status}"
                await asyncio.sleep(0.1)

    asyncio.run(talk())


def test_a_call_goes_on_in_the_version_that_it_began_with(served: Served) -> None:
    """Though another one is live by then, and the copies on this machine's disk are lost."""
    caller = "+15550930"
    draft = Path(served.env["VOXDESK_CONFIG_DIR"]) / "flows" / "talk.yaml"
    before = draft.read_text()

    async def publish(text: str) -> None:
        draft.write_text(text)
        said_who = ("--reason", "Clearer.", "--author", "ann", "--yes")
        code, output = await served.voxdesk("flow", "publish", "talk", *said_who)
        assert code == 0, output
        assert "It is live: the next call hears it" in output

    async def talk() -> None:
        await publish(before.replace("Digits, please.", "Some digits, please."))
        async with calling(served, caller, "talk") as (call, log):
            await log.shows(EventKind.PROMPT, text="Which one?")
            call.press("2")
            await log.shows(EventKind.PROMPT, text="Some digits, please.")
            await publish(before)
            await asyncio.to_thread(shutil.rmtree, served.state_dir / "flows")

            await asyncio.to_thread(kill_engine, served)

            await log.shows(EventKind.PROMPT, count=2, text="Some digits, please.")
            call.press("4711")
            await log.shows(EventKind.SLOT, slot="digits", value="4711")
            await call.hang_up()
        await log.shows(EventKind.ENDED, cause="caller_hung_up")
        code, output = await served.voxdesk("flow", "history", "talk")
        assert code == 0, output
        assert "2 (live)" in output

    asyncio.run(talk())
