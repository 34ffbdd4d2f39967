"""`voxdesk serve` and the commands beside it, with calls on the line."""
# ruff: noqa: RUF001  Chinese punctuation is meant

import asyncio
import contextlib
import json
import random
import socket
import time

import psutil
import pytest
import soundfile
from fixtures.call_records import CallRecord, calling
from fixtures.served import Served
from fixtures.system import Speak

from recordings.library import Wholeness
from tests.chaos.system_attacks import nonsense
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import CallFailed, Softphone, answer_after

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
KEPT_TO_THE_LAST_S = 1.5


async def test_a_call_is_followed_listed_shown_and_explained(served: Served, speak: Speak) -> None:
    caller = "+15550901"

    async with calling(served, caller, "shop") as (call, line):
        await line.shows(EventKind.PROMPT, utterance=2)
        assert line.call is not None
        call_id = line.call.id
        following = await served.begin("calls", "follow", call_id)
        await call.say_all(speak("What are your opening hours?"))
        await line.shows(EventKind.STEP, step="more")
        code, live = await served.voxdesk("calls", "list", "--live")
        assert code == 0
        assert caller in live
        assert "in progress" in live
    await line.shows(EventKind.ENDED)
    followed, _ = await asyncio.wait_for(following.communicate(), 20)
    assert following.returncode == 0
    outputs = await asyncio.gather(
        served.voxdesk("calls", "list", "--caller", caller),
        served.voxdesk("calls", "show", call_id),
        served.voxdesk("calls", "show", call_id, "--json"),
        served.voxdesk("explain", call_id),
        served.voxdesk("calls", "recording", call_id[:8]),
        served.voxdesk("calls", "show", "nothing-like-it"),
    )
    assert [code for code, _ in outputs] == [0, 0, 0, 0, 0, 2]
    listed, shown, as_json, explained, recording, unknown = [text for _, text in outputs]
    assert "caller hung up" in listed
    for conversation in (followed.decode(), shown):
        assert "Harbor Shop" in conversation
        assert "hours" in conversation
        assert "ended: caller hung up" in conversation
    kinds = [json.loads(text)["kind"] for text in as_json.splitlines()]
    assert kinds[0] == "incoming"
    assert kinds[-1] == "ended"
    assert "decoding" in explained
    assert " ms" in explained
    assert ".wav" in recording
    assert "voxdesk calls list" in unknown
    assert "Traceback" not in unknown


async def test_the_command_line_calls_somebody_and_runs_a_flow(served: Served) -> None:
    async with await Softphone.open(user="anna", on_invite=answer_after(0.2)) as anna:
        code, output = await served.voxdesk("dial", anna.uri, "--flow", "talk")
        assert code == 0, output
        assert "voxdesk calls follow" in output
        line = CallRecord(served, "anna")
        await line.shows(EventKind.PROMPT, text="Which one?")
        assert "calls in progress" in (await served.voxdesk("status"))[1]
        call = anna.calls[-1]
        await call.hears_speech(since_s=call.answered_s)
        call.press("9")
        await call.wait_ended(15)
        await line.shows(EventKind.ENDED, cause="hung_up")
        assert line.call is not None
        assert (line.call.direction, line.call.flow_name) == ("outbound", "talk")
        for arguments, told in (
            (("dial", anna.uri, "--flow", "tlak"), "talk"),
            (("dial", "Anna at home"), "sip:"),
        ):
            code, output = await served.voxdesk(*arguments)
            assert code == 1, output
            assert told in output


async def test_a_mandarin_caller_is_served_in_mandarin_by_keys(served: Served) -> None:
    caller = "+15550102"

    async with calling(served, caller, "shop") as (call, line):
        await line.shows(EventKind.PROMPT, utterance=1)
        await call.hears_speech()
        call.press("1")
        await line.shows(EventKind.STEP, step="number")
        await line.shows(EventKind.PROMPT, text="请说出或输入您的订单号。")
        call.press("8080#")
        await line.shows(EventKind.STEP, step="more")
        await line.shows(EventKind.PROMPT, text="还需要别的帮助吗？")
        call.press("9")
        await call.wait_ended(20)
    await line.shows(EventKind.ENDED, cause="hung_up")
    assert line.call is not None
    assert line.call.language == "zh"
    said = [each.data["text"] for each in line.events(EventKind.PROMPT)]
    assert said[0].startswith("丽，您好。")
    assert any(text.startswith("订单8 0 8 0已经发货，由DHL配送") for text in said), said
    assert said[-1] == "感谢您的来电，再见。"
    assert not line.events(EventKind.ERROR)


def test_killed_in_a_call_it_keeps_the_recording_and_closes_the_call_at_the_next_start(
    served: Served,
) -> None:
    caller = "+15550902"

    async def talk() -> None:
        async with calling(served, caller, "shop") as (call, line):
            await line.shows(EventKind.RECORDING, state="started")
            answered_s = time.monotonic()
            await line.shows(EventKind.PROMPT_FINISHED, utterance=1)
            lasted_s = time.monotonic() - answered_s
            children = await asyncio.to_thread(served.kill)
            await call.wait_ended(30)
        assert line.call is not None
        with served.library.open(line.call.recording_path) as file:
            stereo, rate = soundfile.read(file, dtype="int16")
        assert rate == 16_000
        assert len(stereo) / rate > lasted_s - KEPT_TO_THE_LAST_S
        assert abs(stereo[:, 1]).max() > 1000, "what was said is in it"
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, timeout=40)
        assert not alive, "no line outlives its engine for long"
        code, output = await served.voxdesk("status")
        assert (code, "voxdesk serve" in output) == (1, True)
        assert line.call.ended_at is None

        await asyncio.to_thread(served.start)
        await line.shows(EventKind.ENDED, reason="engine_died")
        assert line.call.cause == "error"
        info = served.library.info(line.call.recording_path)
        assert info.sealed
        assert info.wholeness is not Wholeness.UNFINISHED
        async with calling(served, "+15550903", "shop") as (_, after):
            await after.shows(EventKind.PROMPT)

    asyncio.run(talk())


def test_told_to_stop_it_lets_calls_finish_and_refuses_new_ones_until_told_again(
    served: Served,
) -> None:
    finishing, lasting = "+15550904", "+15550905"

    async def talk() -> None:
        async with (
            await Softphone.open() as phone,
            calling(served, lasting, "talk") as (call, line),
            calling(served, finishing, "talk") as (other, finished),
        ):
            await line.shows(EventKind.PROMPT)
            uri = served.uri("talk")
            served.ask_to_stop()
            async with asyncio.timeout(10):
                while not served.status().get("draining"):  # noqa: ASYNC110  it says nothing
                    await asyncio.sleep(0.05)
            refused = await phone.call(uri, caller="+15550906")
            with pytest.raises(CallFailed) as failure:
                await refused.answered()
            assert failure.value.status == 503
            assert refused.final is not None
            assert int(refused.final.get("Retry-After", "0")) > 0
            assert "new calls are refused" in (await served.voxdesk("status"))[1]
            call.press("5")
            await line.shows(EventKind.STEP, step="sure")
            await other.hang_up()
            await finished.shows(EventKind.ENDED, cause="caller_hung_up")
            assert await asyncio.to_thread(served.stop) == 0  # the second signal
            with contextlib.suppress(AssertionError):
                await call.wait_ended(10)
            assert call.ended is not None
        assert line.call is not None
        assert line.call.cause == "shutdown"

    asyncio.run(talk())
    assert "stopping; 2 calls in progress, at most 120 s" in served.said
    assert "stopping; told to stop now; 1 call is ended" in served.said
    assert "Traceback" not in served.said


async def test_nonsense_on_the_local_sockets_is_answered_or_dropped(served: Served) -> None:
    dice = random.Random(4)  # noqa: S311  repeatable
    run = served.state_dir / "run"
    before = served.said.count("Traceback")

    for name in ("lines.sock", "engine.sock"):
        assert (run / name).stat().st_mode & 0o777 == 0o600
        kept = []
        for _ in range(60):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(2.0)
            with contextlib.suppress(OSError):
                connection.connect(str(run / name))
                connection.sendall(nonsense(dice))
            kept.append(connection)
        for connection in kept:
            connection.close()

    code, said = await served.voxdesk("calls", "list")
    assert code == 0, said
    assert served.status()["addresses"]
    assert served.said.count("Traceback") == before, served.said[-3000:]
