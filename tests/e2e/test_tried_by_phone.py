"""`voxdesk flow try FLOW --sip`: somebody who edits a flow talks with it by a softphone."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fixtures.system import copy_config, environment

from voxdesk.testing.softphone import Softphone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
READY_WITHIN_S = 120
ENDS_WITHIN_S = 30


@asynccontextmanager
async def tried(folder: Path, flow: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as it is typed, on data of its own."""
    config = copy_config(folder)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "voxdesk.app.cli", "flow", "try", flow, "--sip",
        env={
            **os.environ,
            **environment(folder, config),
            "VOXDESK_CONFIG": str(config / "voxdesk.yaml"),
            "COLUMNS": "140",
            "OMP_NUM_THREADS": "1",
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def printed(process: asyncio.subprocess.Process, wanted: str) -> str:
    """What it prints until a line has this in it; that line."""
    assert process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(READY_WITHIN_S):
        while line := (await process.stdout.readline()).decode():
            said.append(line)
            if re.search(wanted, line):
                return line
    raise AssertionError("".join(said))


def test_a_flow_answers_a_softphone_and_the_call_is_shown_as_it_goes(tmp_path: Path) -> None:
    async def talk() -> int | None:
        async with tried(tmp_path, "talk") as process, await Softphone.open() as phone:
            port = re.findall(r"sip:[^ ;]*:(\d+)", await printed(process, "sip:"))[0]
            call = await phone.call(f"sip:anything@127.0.0.1:{port}", caller="+15550990")
            await call.answered()
            await call.hears_speech(since_s=call.answered_s)
            await printed(process, "Which one")
            call.press("9")
            await call.wait_ended(ENDS_WITHIN_S)
            await printed(process, "ended")
            process.send_signal(signal.SIGINT)
            return await asyncio.wait_for(process.wait(), ENDS_WITHIN_S)

    assert asyncio.run(talk()) == 0
