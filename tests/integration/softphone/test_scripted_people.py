"""The people of the demonstration, over real SIP with the packaged SIP stack, as processes."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator

import numpy as np
import pytest

from voxdesk.kernel.audio import Pcm
from voxdesk.testing.softphone import PhoneCall, Softphone

# A minute is enough, but for a machine that does much else: both people load a voice.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

RATE = 8000


def sound(seconds: float) -> Pcm:
    rng = np.random.default_rng(1)
    return (rng.normal(size=round(seconds * RATE)) * 3000).astype(np.int16)


@contextlib.asynccontextmanager
async def person(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"voxdesk.testing.{module}",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def finish(process: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    out, error = await asyncio.wait_for(process.communicate(), 50)
    return process.returncode, out.decode(), error.decode()


def test_the_agent_rings_listens_greets_answers_and_stays() -> None:
    async def scenario() -> None:
        async with (
            await Softphone.open() as phone,
            person("scripted_agent", "--ring", "0.5", "--wait", "30") as agent,
        ):
            assert agent.stdout is not None
            first = (await asyncio.wait_for(agent.stdout.readline(), 30)).decode()
            call = await phone.call(first.partition("listening")[2].split()[-1])
            await call.answered(60)
            assert 180 in call.provisional
            assert call.answered_s - call.invited_s > 0.4
            await call.say_all(sound(1.0))  # the whispered line
            await call.hears_prompt(10.0)
            await call.say_all(sound(1.0))
            await call.hears_prompt(10.0)
            await call.hang_up()
            code, out, error = await finish(agent)
            assert (code, error) == (0, "")
            assert out.count("says") == 2

    asyncio.run(scenario())


def test_the_caller_interrupts_answers_and_says_what_it_waited_for_in_vain() -> None:
    keys: list[str] = []

    async def machine(call: PhoneCall) -> None:
        await call.answer()
        prompt = call.say(sound(15.0))
        await call.hears_speech(20.0)  # the interruption
        prompt.stop()
        await call.quiet(0.7)
        await call.say_all(sound(1.0))  # which order?
        await call.hears_speech(10.0)
        await call.quiet(1.0)
        await call.say_all(sound(1.0))  # anything else?
        keys.append(await call.wait_key(1, 10.0))
        await call.hang_up()

    async def scenario() -> None:
        async with (
            await Softphone.open(on_invite=machine) as phone,
            person("scripted_caller", "--to", phone.uri, "--json") as caller,
        ):
            code, out, error = await finish(caller)
            actions = [json.loads(line)["action"] for line in out.splitlines()]
            assert keys == ["3"]
            assert actions[:2] == ["dials", "is connected,"]
            assert "interrupts" in actions
            assert "noticed silence" in actions
            assert code == 1
            assert "the call ended" in error

    asyncio.run(scenario())


def test_the_caller_never_dials_another_machine() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voxdesk.testing.scripted_caller", "--to", "sip:a@192.0.2.1"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert "not on this machine" in done.stderr
